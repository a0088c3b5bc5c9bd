package dev.fovea.models.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Numbers that a reference implementation wrote for one network: how it was built and filled, its state dict's keys, its outputs, those
 * of inner modules, and one step of training.
 *
 * @param model the file's own name for the network
 * @param reference repository, version and function that wrote the file
 * @param arguments what the reference's constructor was called with
 * @param parameterCount all parameters, without buffers
 * @param inputShape {@code [N, C, H, W]}; empty if the file describes its inputs in another way
 * @param json the whole file, for what only some kinds of networks have
 * @param noise the reference's own rounding for each output, in its standard deviations
 */
record GoldenFile(
        Path path,
        String model,
        String reference,
        Map<String, Object> arguments,
        GoldenFill fill,
        long parameterCount,
        Optional<Shape> inputShape,
        Map<String, TensorSummary> outputs,
        Map<String, Double> noise,
        Map<String, TensorSummary> taps,
        Optional<TrainStep> trainStep,
        List<Key> keys,
        JsonNode json) {
    private static final long LARGEST_FILE = 64L << 20;
    private static final long LARGEST_INPUT = 1L << 27;
    private static final int MOST_KEYS = 100_000;
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    private static final Pattern FUNCTION =
            Pattern.compile("(?:torchvision\\.models\\.|timm\\.create_model[ ('\"]+)([A-Za-z0-9_.]+)");

    /** Where the reference keeps its detectors. */
    private static final String DETECTION = "detection.";

    /** Arguments that choose no part of the architecture: the values come from the fill. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("weights", "pretrained", "progress", "init_weights");

    /** Arguments that have another name here. */
    private static final Map<String, String> OPTION_NAMES = Map.of("num_classes", "classes", "in_chans", "in_channels");

    /** One entry of a state dict. */
    record Key(String name, Shape shape, String type) {
        @Override
        public String toString() {
            return name + " " + shape + (type.equals("float32") ? "" : " " + type);
        }
    }

    /**
     * One step of training.
     *
     * @param mode what the reference did with normalisation and dropout
     * @param learningRate of the step of plain gradient descent, NaN if the file has none
     * @param lossAfter the loss after that step
     * @param statistics running statistics after the step, by key
     */
    record TrainStep(
            String mode,
            String lossFunction,
            List<Long> target,
            double loss,
            Optional<TensorSummary> logits,
            Map<String, Double> gradientLengths,
            Map<String, List<Double>> firstGradients,
            Map<String, TensorSummary> statistics,
            double learningRate,
            double lossAfter,
            Map<String, Double> noise) {}

    /** Reads a file; empty if it is JSON but describes no network. */
    static Optional<GoldenFile> read(Path path) throws IOException {
        long size = Files.size(path);
        if (size > LARGEST_FILE) {
            throw new IOException(
                    path + ": " + size + " bytes are more than the " + LARGEST_FILE + " that a golden file may have");
        }
        try {
            var root = JSON.readTree(Files.readAllBytes(path));
            if (root == null
                    || !root.path("model").isTextual()
                    || !root.path("keys").isArray()) {
                return Optional.empty();
            }
            return Optional.of(of(path, root));
        } catch (JsonProcessingException e) {
            throw new IOException(path + ": not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException | IllegalArgumentException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private static GoldenFile of(Path path, JsonNode root) throws IOException {
        Optional<Shape> input =
                root.has("input_shape") ? Optional.of(TensorSummary.shape(root.path("input_shape"))) : Optional.empty();
        if (input.isPresent() && input.get().numel() > LARGEST_INPUT) {
            throw new IOException("an input of shape " + input.get() + " has more than " + LARGEST_INPUT + " values");
        }
        return new GoldenFile(
                path,
                root.path("model").textValue(),
                root.path("reference").asText(""),
                root.path("args").isObject()
                        ? JSON.convertValue(root.path("args"), new TypeReference<LinkedHashMap<String, Object>>() {})
                        : Map.of(),
                new GoldenFill(root.path("salt").asText(""), root.path("gain").asDouble(1)),
                root.path("param_count").asLong(),
                input,
                summaries(root.path("output")),
                numbers(root.path("float32_noise"), ""),
                summaries(root.path("taps")),
                root.path("train_step").isObject() ? Optional.of(trainStep(root.path("train_step"))) : Optional.empty(),
                keys(root.path("keys")),
                root);
    }

    private static TrainStep trainStep(JsonNode node) throws IOException {
        double rate = Double.NaN;
        double after = Double.NaN;
        for (var field : node.properties()) {
            if (field.getKey().startsWith("loss_after_sgd_lr")) {
                rate = Double.parseDouble(field.getKey().substring("loss_after_sgd_lr".length()));
                after = field.getValue().asDouble(Double.NaN);
            }
        }
        var target = new ArrayList<Long>();
        node.path("target").forEach(t -> target.add(t.asLong()));
        var firstGradients = new LinkedHashMap<String, List<Double>>();
        for (var field : node.path("grad_first").properties()) {
            var values = new ArrayList<Double>();
            field.getValue().forEach(v -> values.add(v.asDouble(Double.NaN)));
            firstGradients.put(field.getKey(), values);
        }
        return new TrainStep(
                node.path("mode").asText(""),
                node.path("loss_fn").asText(""),
                target,
                node.path("loss").asDouble(Double.NaN),
                node.has("logits") ? Optional.of(TensorSummary.of(node.path("logits"))) : Optional.empty(),
                numbers(node.path("grad_l2"), ""),
                firstGradients,
                summaries(node.path("bn_after_one_step")),
                rate,
                after,
                numbers(node.path("float32_noise"), ""));
    }

    private static Map<String, TensorSummary> summaries(JsonNode node) throws IOException {
        var map = new LinkedHashMap<String, TensorSummary>();
        for (var field : node.properties()) {
            if (field.getValue().isObject()) {
                map.put(field.getKey(), TensorSummary.of(field.getValue()));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    /** Numbers by name; those of nested objects as {@code outer.inner}. */
    private static Map<String, Double> numbers(JsonNode node, String prefix) {
        var map = new LinkedHashMap<String, Double>();
        for (var field : node.properties()) {
            if (field.getValue().isObject()) {
                map.putAll(numbers(field.getValue(), prefix + field.getKey() + "."));
            } else if (field.getValue().isNumber()) {
                map.put(prefix + field.getKey(), field.getValue().doubleValue());
            }
        }
        return map;
    }

    private static List<Key> keys(JsonNode node) throws IOException {
        if (node.size() > MOST_KEYS) {
            throw new IOException("a state dict of " + node.size() + " keys is more than " + MOST_KEYS);
        }
        var keys = new ArrayList<Key>();
        for (var entry : node) {
            if (entry.size() < 2 || !entry.get(0).isTextual()) {
                throw new IOException("an entry of 'keys' is [name, shape] or [name, shape, type], got " + entry);
            }
            keys.add(new Key(
                    entry.get(0).textValue(),
                    TensorSummary.shape(entry.get(1)),
                    entry.size() > 2 ? entry.get(2).asText() : "float32"));
        }
        return List.copyOf(keys);
    }

    // --- our network for it ----------------------------------------------------------------------------------------

    /** The registry's network of the reference's function or, if that is not named, of the file's own name. */
    Optional<Architecture<Backbone>> architecture() {
        var matcher = FUNCTION.matcher(reference.strip());
        if (matcher.find()) {
            String wanted = plain(matcher.group(1));
            return Models.classifiers().stream()
                    .filter(a -> plain(a.name()).equals(wanted))
                    .findFirst();
        }
        return reference.contains("torchvision.models.") || reference.contains("timm.create_model")
                ? Optional.empty()
                : Models.find(model);
    }

    /** The registry's detector of the reference's function or, if that is not named, of the file's own name. */
    Optional<Architecture<Detector<?>>> detector() {
        var matcher = FUNCTION.matcher(reference.strip());
        if (matcher.find()) {
            String function = matcher.group(1);
            return function.startsWith(DETECTION)
                    ? Models.findDetector(function.substring(DETECTION.length()))
                    : Optional.empty();
        }
        return Models.findDetector(model);
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "");
    }

    /** The reference's arguments as our options. */
    ModelSpec spec(Architecture<Backbone> architecture) {
        var options = new LinkedHashMap<String, Object>();
        arguments.forEach((name, value) -> {
            if (name.equals("input_size") && value instanceof List<?> dims && dims.size() == 3) {
                options.put("in_channels", dims.get(0));
                options.put("image_size", dims.get(1));
                options.put("image_width", dims.get(2));
            } else if (value != null && !WITHOUT_EFFECT.contains(name)) {
                options.put(OPTION_NAMES.getOrDefault(name, name), value);
            }
        });
        return new ModelSpec(architecture.name(), options);
    }
}
