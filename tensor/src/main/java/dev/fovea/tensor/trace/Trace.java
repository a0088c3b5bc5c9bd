package dev.fovea.tensor.trace;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

/** A run written down: the operations in order, with numbered values. The raw material of an exported graph. */
public final class Trace implements Recorder {
    /**
     * One operation.
     *
     * @param module the module it ran in, for example {@code layer1.0.conv1}, empty outside modules
     * @param inputs numbers of values; -1 where an optional input is absent
     */
    public record Node(
            String module, String operation, List<Integer> inputs, Attributes attributes, List<Integer> outputs) {}

    private final List<Node> nodes = new ArrayList<>();
    // Handles are kept by identity and kept reachable, so that no two values can share a number.
    private final IdentityHashMap<Tensor, Integer> values = new IdentityHashMap<>();
    private final Deque<String> modules = new ArrayDeque<>();

    /** Writes down what {@code work} does in this thread. */
    public static Trace of(Runnable work) {
        var trace = new Trace();
        try (var recording = Recording.start(trace)) {
            work.run();
        }
        return trace;
    }

    /** The operations in the order they ran. */
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** The number of a value; values that no operation made (inputs, parameters) get one when they are first seen. */
    public int number(Tensor tensor) {
        return values.computeIfAbsent(tensor, t -> values.size());
    }

    @Override
    public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
        var in = inputs.stream().map(t -> t == null ? -1 : number(t)).toList();
        var out = outputs.stream().map(this::number).toList();
        nodes.add(new Node(modules.isEmpty() ? "" : modules.peek(), name, in, attributes, out));
    }

    @Override
    public void enter(String moduleName) {
        modules.push(moduleName);
    }

    @Override
    public void leave() {
        modules.pop();
    }
}
