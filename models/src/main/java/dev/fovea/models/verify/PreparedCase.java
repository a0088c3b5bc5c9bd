package dev.fovea.models.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.Selection;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A golden file of a detector whose input was prepared before: YOLOX, DETR and its kin. */
record PreparedCase(GoldenFile file, JsonNode json) {
    private static final int MOST_SIDE = 4096;
    private static final int MOST_OBJECTS = 10_000;
    private static final Pattern PICTURE = Pattern.compile("\\(3,\\s*(\\d{1,4}),\\s*(\\d{1,4})\\)");
    private static final Pattern THRESHOLDS =
            Pattern.compile("score >= (0?\\.\\d{1,9}|[01]),.{0,80}?IoU (0?\\.\\d{1,9}|[01])");

    /** Beginnings of names of files, and the networks they are forms of; the first that fits counts. */
    private static final Map<String, String> FAMILIES = families();

    /** What references call options, and what they are called here; what is called as here is missing. */
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("num_classes", "classes"),
            Map.entry("nc", "classes"),
            Map.entry("num_labels", "classes"),
            Map.entry("dw", "depthwise"),
            Map.entry("d_model", "hidden_dim"),
            Map.entry("decoder_layers", "layers"),
            Map.entry("hidden_expansion", "expansion"),
            Map.entry("decoder_attention_heads", "nhead"),
            Map.entry("decoder_ffn_dim", "ffn"));

    private static Map<String, String> families() {
        var map = new LinkedHashMap<String, String>();
        map.put("yolox", "yolox_s");
        map.put("rtdetrv2", "rtdetrv2_r18vd");
        map.put("rtdetr", "rtdetr_r18vd");
        map.put("deformable_detr", "deformable_detr_r50");
        map.put("detr", "detr_resnet50");
        return map;
    }

    /** The network of a file, if it is one of these. */
    static Optional<Architecture<Detector<?>>> architecture(GoldenFile file) {
        return FAMILIES.entrySet().stream()
                .filter(e -> file.model().startsWith(e.getKey()))
                .findFirst()
                .map(e -> Models.findDetector(file.model()).orElseGet(() -> Models.detector(e.getValue())));
    }

    /** The reference's arguments as our options. */
    ModelSpec spec(Architecture<Detector<?>> architecture) {
        var options = new LinkedHashMap<String, Object>();
        file.arguments().forEach((name, value) -> {
            String own = NAMES.getOrDefault(name, name);
            if (name.equals("backbone_config") && value instanceof Map<?, ?> backbone) {
                options.put("depth", depth(backbone));
            } else if (value != null
                    && (!isHub()
                            || architecture.options().stream()
                                    .anyMatch(o -> o.name().equals(own)))) {
                options.put(own, value);
            }
        });
        if (architecture.name().startsWith("detr")
                && !json.path("train_step").path("losses").has("loss_ce_0")) {
            options.put("aux_loss", false);
        }
        if (architecture.options().stream().anyMatch(o -> o.name().equals("dropout"))) {
            options.put("dropout", 0.0); // inside attention too, as in the reference's steps of training
        }
        return new ModelSpec(architecture.name(), options);
    }

    private static int depth(Map<?, ?> backbone) {
        boolean basic = "basic".equals(backbone.get("layer_type"));
        String depths = String.valueOf(backbone.get("depths"));
        return switch (depths) {
            case "[2, 2, 2, 2]" -> 18;
            case "[3, 4, 6, 3]" -> basic ? 34 : 50;
            case "[3, 4, 23, 3]" -> 101;
            default -> throw new IllegalArgumentException("no backbone here has blocks " + depths);
        };
    }

    /** Whether the file has the names of the model hub. */
    boolean isHub() {
        return file.model().contains("hub_layout") || file.arguments().containsKey("backbone_config");
    }

    // --- pictures and objects --------------------------------------------------------------------------------------

    /** The pictures that the reference was given, padded with zeros to a common size. */
    Pictures pictures() throws IOException {
        var shapes = new LinkedHashMap<String, long[]>();
        for (var input : json.path("inputs").properties()) {
            shapes.put(input.getKey(), TensorSummary.shape(input.getValue()).toArray());
        }
        String note = json.path("input_note").asText("");
        if (shapes.isEmpty() && note.contains("input.0")) {
            // of two sets of shapes the one in brackets belongs to files with a salt
            int bracket = note.indexOf('[');
            boolean salted = !file.fill().salt().isEmpty() && bracket >= 0;
            var matcher =
                    PICTURE.matcher(bracket < 0 ? note : salted ? note.substring(bracket) : note.substring(0, bracket));
            while (matcher.find()) {
                shapes.put(
                        "input." + shapes.size(),
                        new long[] {3, Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))});
            }
        }
        if (shapes.isEmpty()) {
            var shape = file.inputShape()
                    .orElseThrow(() -> new IOException("the file says nothing of the pictures the network was run on"));
            return Pictures.of(file.fill().input("input", shape.toArray()));
        }
        return padded(shapes);
    }

    private Pictures padded(Map<String, long[]> shapes) throws IOException {
        long height = 0;
        long width = 0;
        var sizes = new ArrayList<Size>();
        for (var shape : shapes.values()) {
            if (shape.length != 3 || shape[0] != 3 || Math.max(shape[1], shape[2]) > MOST_SIDE) {
                throw new IOException("a picture is [3, H, W] with sides up to " + MOST_SIDE);
            }
            sizes.add(new Size((int) shape[1], (int) shape[2]));
            height = Math.max(height, shape[1]);
            width = Math.max(width, shape[2]);
        }
        var all = new ArrayList<Tensor>();
        for (var entry : shapes.entrySet()) {
            var shape = entry.getValue();
            all.add(file.fill().input(entry.getKey(), shape).pad(0, width - shape[2], 0, height - shape[1]));
        }
        return new Pictures(Tensor.stack(all, 0), sizes);
    }

    /** The objects that a step of training was given, one entry for each picture; empty if there are none. */
    List<BoxTargets> objects(JsonNode step, Pictures pictures) throws IOException {
        var all = new ArrayList<BoxTargets>();
        for (var picture : step.path("labels")) {
            var boxes = new ArrayList<double[]>();
            var labels = new ArrayList<Long>();
            for (var row : picture) {
                if (row.path(3).asDouble() > 0) {
                    labels.add(row.path(0).asLong());
                    boxes.add(new double[] {
                        row.path(1).asDouble(),
                        row.path(2).asDouble(),
                        row.path(3).asDouble(),
                        row.path(4).asDouble()
                    });
                }
            }
            all.add(targets(boxes, labels, 1, 1));
        }
        for (var target : step.path("targets").isArray() ? step.path("targets") : json.path("none")) {
            var size = pictures.sizes().get(all.size());
            var rows = target.has("boxes") ? target.path("boxes") : target.path("boxes_cxcywh_relative");
            var boxes = new ArrayList<double[]>();
            var labels = new ArrayList<Long>();
            rows.forEach(row -> boxes.add(new double[] {
                row.path(0).asDouble(),
                row.path(1).asDouble(),
                row.path(2).asDouble(),
                row.path(3).asDouble()
            }));
            target.path("labels").forEach(label -> labels.add(label.asLong()));
            all.add(targets(boxes, labels, size.width(), size.height()));
        }
        return all;
    }

    private static BoxTargets targets(List<double[]> boxes, List<Long> labels, double width, double height)
            throws IOException {
        int n = labels.size();
        if (boxes.size() != n || n > MOST_OBJECTS) {
            throw new IOException("a picture has " + boxes.size() + " boxes and " + n + " labels");
        }
        var corners = new float[4 * n];
        for (int i = 0; i < n; i++) {
            var b = boxes.get(i);
            corners[4 * i] = (float) ((b[0] - b[2] / 2) * width);
            corners[4 * i + 1] = (float) ((b[1] - b[3] / 2) * height);
            corners[4 * i + 2] = (float) ((b[0] + b[2] / 2) * width);
            corners[4 * i + 3] = (float) ((b[1] + b[3] / 2) * height);
        }
        var classes = labels.stream().mapToLong(Long::longValue).toArray();
        return new BoxTargets(Tensor.of(corners, n, 4), Tensor.of(classes, n));
    }

    // --- steps of training and boxes -------------------------------------------------------------------------------

    /** The steps of training that the file has, by name; a single one has the empty name. */
    Map<String, JsonNode> steps() {
        var step = json.path("train_step");
        var steps = new LinkedHashMap<String, JsonNode>();
        if (step.has("losses")) {
            steps.put("", step);
        } else {
            step.properties().stream()
                    .filter(e -> e.getValue().has("losses"))
                    .forEach(e -> steps.put(e.getKey(), e.getValue()));
        }
        return steps;
    }

    /** The thresholds by which the reference chose boxes, or the network's own. */
    Selection selection(Selection standard) {
        var matcher = THRESHOLDS.matcher(json.path("detections_note").asText(""));
        return matcher.find()
                ? standard.withLeastScore(Math.nextDown((float) Double.parseDouble(matcher.group(1))))
                        .withIou(Double.parseDouble(matcher.group(2)))
                : standard;
    }
}
