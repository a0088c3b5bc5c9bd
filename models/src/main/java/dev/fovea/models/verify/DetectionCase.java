package dev.fovea.models.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.Init;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What golden files of detectors have beyond those of classifiers: pictures of several sizes, objects, and other arguments. */
record DetectionCase(GoldenFile file, JsonNode json) {
    /** Arguments that choose nothing about the network: weights come from the fill. */
    private static final Set<String> WITHOUT_EFFECT =
            Set.of("weights", "weights_backbone", "pretrained", "pretrained_backbone", "progress", "_skip_resize");

    /** As many samples as there can be, so that training leaves nothing to chance. */
    private static final int ALL = 1 << 20;

    private static final int MOST_SIDE = 1 << 14;

    /** The objects in one picture, in its own pixels. */
    record Objects(List<Double> boxes, List<Long> labels) {}

    /** Whether a file describes its input in the form that is understood here: pictures of their own sizes. */
    static boolean isKnown(GoldenFile file) {
        return file.json().path("inputs").isObject();
    }

    // --- the network -----------------------------------------------------------------------------------------------

    /** The reference's arguments as our options. */
    ModelSpec spec(Architecture<Detector<?>> architecture) {
        var options = new LinkedHashMap<String, Object>();
        file.arguments().forEach((name, value) -> {
            if (value != null && !WITHOUT_EFFECT.contains(name)) {
                put(architecture, name, value, options);
            }
        });
        if (options.get("classes") instanceof Number columns) {
            options.put("classes", columns.intValue() + firstClass(architecture));
        }
        if (json.path("train_step").path("mode").asText("").contains("samplers take every candidate")) {
            for (String stage : List.of("rpn_", "box_")) {
                if (has(architecture, stage + "batch_size_per_image")) {
                    options.put(stage + "batch_size_per_image", ALL);
                    options.put(stage + "positive_fraction", 0.5);
                }
            }
        }
        return new ModelSpec(architecture.name(), options);
    }

    private static boolean has(Architecture<Detector<?>> architecture, String option) {
        return architecture.options().stream().map(Option::name).anyMatch(option::equals);
    }

    private static void put(
            Architecture<Detector<?>> architecture, String name, Object value, Map<String, Object> options) {
        if (value instanceof Map<?, ?> parts) {
            // For example anchor_generator: {"sizes": …, "aspect_ratios": …}.
            parts.forEach((part, inner) -> put(architecture, partName(String.valueOf(part)), inner, options));
        } else if (name.equals("num_classes")) {
            options.put("classes", value);
        } else if (name.equals("norm_layer")) {
            options.put("norm", String.valueOf(value).contains("Frozen") ? "frozen" : "batch");
        } else if (name.equals("min_size") && value instanceof List<?> sizes && !sizes.isEmpty()) {
            options.put(name, sizes.get(sizes.size() - 1)); // the others are for training
        } else if (!has(architecture, name) && has(architecture, "rpn_" + name)) {
            options.put("rpn_" + name, value);
        } else {
            options.put(name, value);
        }
    }

    private static String partName(String part) {
        return part.equals("sizes") ? "anchor_sizes" : part;
    }

    /** What the reference's class 0 is here: only the network itself knows. */
    private static int firstClass(Architecture<Detector<?>> architecture) {
        try (var off = Init.off();
                var network = Models.detect(architecture.name(), Map.of())) {
            return network.firstClass();
        }
    }

    // --- pictures and objects --------------------------------------------------------------------------------------

    /** The pictures {@code [3, H, W]} that the reference was given, in its order; none if the file describes its input otherwise. */
    List<Tensor> images() throws IOException {
        var images = new ArrayList<Tensor>();
        for (var input : json.path("inputs").properties()) {
            var shape = TensorSummary.shape(input.getValue());
            if (shape.rank() != 3 || shape.dim(0) != 3 || shape.dim(1) > MOST_SIDE || shape.dim(2) > MOST_SIDE) {
                throw new IOException(input.getKey() + ": a picture is [3, H, W], got " + shape);
            }
            images.add(file.fill().input(input.getKey(), shape.toArray()));
        }
        return images;
    }

    static Size size(Tensor image) {
        return new Size((int) image.dim(1), (int) image.dim(2));
    }

    /** The objects of {@code train_step}, one entry for each picture. */
    List<Objects> objects() {
        var all = new ArrayList<Objects>();
        for (var target : json.path("train_step").path("targets")) {
            var boxes = new ArrayList<Double>();
            target.path("boxes").forEach(row -> row.forEach(v -> boxes.add(v.asDouble())));
            var labels = new ArrayList<Long>();
            target.path("labels").forEach(v -> labels.add(v.asLong()));
            all.add(new Objects(boxes, labels));
        }
        return all;
    }

    /** The losses by name. */
    Map<String, Double> losses() {
        return numbers(json.path("train_step").path("losses"));
    }

    /** The lengths of gradients by key. */
    Map<String, Double> gradients() {
        return numbers(json.path("train_step").path("grad_l2"));
    }

    /** The reference's own rounding of a loss or a gradient. */
    double trainNoise(String part, String name) {
        return json.path("train_step")
                .path("float32_noise")
                .path(part)
                .path(name)
                .asDouble(0);
    }

    private static Map<String, Double> numbers(JsonNode node) {
        var map = new LinkedHashMap<String, Double>();
        node.properties().forEach(e -> map.put(e.getKey(), e.getValue().asDouble(Double.NaN)));
        return map;
    }
}
