package dev.fovea.models.picture;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.trace.Recorder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What each module of one run does itself, and whose results it reads. */
final class Work implements Recorder {
    /** One operation in words, for example {@code 3×3 conv 64 /2}; {@code main} for those that make a layer what it is. */
    record Step(String words, Kind kind, boolean main) {}

    /** What a step is at heart, for its colour. */
    enum Kind {
        CONVOLUTION,
        ATTENTION,
        LINEAR,
        POOLING,
        OTHER
    }

    private final Map<String, List<Step>> steps = new LinkedHashMap<>();
    private final Map<String, Set<String>> reads = new HashMap<>();
    private final Deque<String> running = new ArrayDeque<>();
    // By identity: a closed handle stays a key, so that no later tensor can be taken for it.
    private final IdentityHashMap<Tensor, String> writers = new IdentityHashMap<>();

    /** The paths of the modules that computed, in the order in which they began. */
    List<String> order() {
        return List.copyOf(steps.keySet());
    }

    /** What a module did itself, without those below it. */
    List<Step> steps(String path) {
        return steps.getOrDefault(path, List.of());
    }

    /** Whether a module reads nothing that was made inside {@code parent}, so that it stands beside its siblings. */
    boolean readsOnlyFromOutside(String path, String parent) {
        var from = reads.getOrDefault(path, Set.of());
        return !from.isEmpty() && from.stream().noneMatch(writer -> isInside(writer, parent));
    }

    private static boolean isInside(String path, String parent) {
        return parent.isEmpty() || path.equals(parent) || path.startsWith(parent + ".");
    }

    void input(Tensor picture) {
        writers.put(picture, "(input)");
    }

    @Override
    public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
        String here = running.isEmpty() ? "" : running.peek();
        for (var input : inputs) {
            String writer = input == null ? null : writers.get(input);
            if (writer != null) {
                for (String module : running) {
                    if (!isInside(writer, module)) {
                        reads.computeIfAbsent(module, key -> new HashSet<>()).add(writer);
                    }
                }
            }
        }
        outputs.forEach(output -> writers.put(output, here));
        var step = step(name, inputs, attributes.toMap(), outputs);
        if (step != null) {
            steps.computeIfAbsent(here, key -> new ArrayList<>()).add(step);
        }
    }

    @Override
    public void enter(String moduleName) {
        steps.computeIfAbsent(moduleName, key -> new ArrayList<>());
        running.push(moduleName);
    }

    @Override
    public void leave() {
        running.pop();
    }

    private static Step step(String name, List<Tensor> in, Map<String, Object> attributes, List<Tensor> out) {
        return switch (name) {
            case "conv1d", "conv2d", "conv3d" -> new Step(convolution(in, attributes), Kind.CONVOLUTION, true);
            case "conv_transpose2d" -> new Step("up-convolution " + in.get(1).dim(1), Kind.CONVOLUTION, true);
            case "linear" -> new Step("linear " + in.get(1).dim(0), Kind.LINEAR, true);
            case "scaled_dot_product_attention" -> new Step("attention", Kind.ATTENTION, true);
            case "max_pool2d", "max_pool2d_with_indices" ->
                new Step(window(attributes.get("kernel")) + " max pool" + stride(attributes), Kind.POOLING, true);
            case "avg_pool2d" ->
                new Step(window(attributes.get("kernel")) + " average pool" + stride(attributes), Kind.POOLING, true);
            case "adaptive_avg_pool2d" -> new Step("average pool" + to(out.get(0)), Kind.POOLING, true);
            case "adaptive_max_pool2d" -> new Step("max pool" + to(out.get(0)), Kind.POOLING, true);
            case "batch_norm", "layer_norm", "group_norm", "instance_norm" ->
                new Step(name.replace('_', ' '), Kind.OTHER, false);
            case "softmax" -> new Step("softmax", Kind.OTHER, false);
            default -> null;
        };
    }

    private static String convolution(List<Tensor> in, Map<String, Object> attributes) {
        var weight = in.get(1);
        long groups = in.get(0).dim(1) / weight.dim(1);
        var words = new StringBuilder();
        for (int d = 2; d < weight.rank(); d++) {
            words.append(d == 2 ? "" : "×").append(weight.dim(d));
        }
        words.append(groups > 1 && weight.dim(1) == 1 ? " depthwise " : " conv ")
                .append(weight.dim(0));
        if (groups > 1 && weight.dim(1) > 1) {
            words.append(" in ").append(groups).append(" groups");
        }
        return words + stride(attributes);
    }

    private static String window(Object kernel) {
        return kernel instanceof long[] k && k.length == 2 ? k[0] + "×" + k[1] : "";
    }

    private static String stride(Map<String, Object> attributes) {
        return attributes.get("stride") instanceof long[] s && s.length > 0 && s[0] > 1 ? " /" + s[0] : "";
    }

    private static String to(Tensor out) {
        return out.dim(-1) == 1 && out.dim(-2) == 1 ? "" : " to " + out.dim(-2) + "×" + out.dim(-1);
    }

    /** A shape without its batch, for people. */
    static String words(Shape shape) {
        var text = new StringBuilder();
        for (int d = 1; d < shape.rank(); d++) {
            text.append(d == 1 ? "" : " × ").append(shape.dim(d));
        }
        return text.toString();
    }
}
