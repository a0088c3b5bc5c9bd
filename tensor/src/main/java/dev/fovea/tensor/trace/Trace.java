package dev.fovea.tensor.trace;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A run written down: the operations in order, with numbered values. The raw material of an exported graph.
 *
 * <p>Each value is made by one node, or is external: an input, a parameter, or a constant copied from Java. Numbers are given in the
 * order in which values are first seen, so that two runs of one network on inputs of different sizes have the same numbers, and what
 * differs between them ({@link #sameStructure}, shapes, attributes) follows the size of the input.
 *
 * <p>Values are told apart by the tensor behind a handle. In-place operations start a new value; using a value whose memory was
 * written to in a way that was not written down is refused. A trace holds the external tensors until it is closed.
 */
public final class Trace implements Recorder, AutoCloseable {
    /** The name of the operation that copies numbers from Java; its output is an external value. */
    public static final String CONSTANT = "constant";

    /**
     * One operation.
     *
     * @param module the path of the innermost module it ran in, for example {@code layer1.0.conv1}, empty outside modules
     * @param inputs numbers of values; -1 where an optional input is absent
     * @param outputs numbers of values
     */
    public record Node(
            String module, String operation, List<Integer> inputs, Attributes attributes, List<Integer> outputs) {}

    /**
     * What is known of a value.
     *
     * @param producer the place of the node that made it in {@link #nodes}, or -1 for an external value
     */
    public record Value(int number, Shape shape, DType type, int producer) {
        /** Whether this is an input, a parameter or a constant. */
        public boolean isExternal() {
            return producer < 0;
        }
    }

    private record Seen(int number, long version) {}

    private record Held(Tensor tensor, long version) {}

    private final List<Node> nodes = new ArrayList<>();
    private final List<Value> values = new ArrayList<>();
    private final Map<Integer, Tensor> externals = new HashMap<>();
    // Handles keep the tensors alive, so that none can take another's identity while the run goes on.
    private final Map<Integer, Held> computed = new HashMap<>();
    private final Map<Long, Seen> seen = new HashMap<>();
    private final Deque<String> modules = new ArrayDeque<>();

    /** Writes down what {@code work} does in this thread. */
    public static Trace of(Runnable work) {
        var trace = new Trace();
        try (var recording = Recording.start(trace)) {
            work.run();
        } catch (RuntimeException | Error e) {
            trace.close();
            throw e;
        }
        return trace;
    }

    /** The operations in the order they ran. */
    public List<Node> nodes() {
        return List.copyOf(nodes);
    }

    /** All values, by number. */
    public List<Value> values() {
        return List.copyOf(values);
    }

    /** The number of the value that a tensor (by whichever handle) holds now, if it took part in the run. */
    public OptionalInt find(Tensor tensor) {
        var s = seen.get(Recording.identity(tensor));
        return s == null ? OptionalInt.empty() : OptionalInt.of(s.number());
    }

    /** The number of the value that a tensor holds now; one that the run has not seen becomes an external value. */
    public int number(Tensor tensor) {
        long id = Recording.identity(tensor);
        long version = Recording.version(tensor);
        var known = seen.get(id);
        if (known == null) {
            var held = Recording.hold(tensor);
            var value = define(held, -1);
            externals.put(value.number(), held);
            return value.number();
        }
        if (known.version() != version) {
            throw new IllegalStateException("value " + known.number() + " " + tensor.shape()
                    + " was written to in place after it was recorded, in a way that a graph cannot show;"
                    + " use the operation that makes a new tensor instead");
        }
        return known.number();
    }

    /** The tensor behind an external value, open until this trace is closed. */
    public Tensor external(int number) {
        return Objects.requireNonNull(externals.get(number), () -> "value " + number + " is not external");
    }

    /**
     * The tensor behind any value, open until this trace is closed; empty where an operation in place has overwritten it since.
     */
    public Optional<Tensor> tensor(int number) {
        var held = computed.get(number);
        if (held == null) {
            return Optional.of(external(number));
        }
        boolean unchanged = Recording.version(held.tensor()) == held.version();
        return unchanged ? Optional.of(held.tensor()) : Optional.empty();
    }

    /** Whether another run did the same operations, in the same modules, on the same values; sizes may differ. */
    public boolean sameStructure(Trace other) {
        if (nodes.size() != other.nodes.size() || values.size() != other.values.size()) {
            return false;
        }
        for (int i = 0; i < nodes.size(); i++) {
            var a = nodes.get(i);
            var b = other.nodes.get(i);
            boolean same = a.module().equals(b.module())
                    && a.operation().equals(b.operation())
                    && a.inputs().equals(b.inputs())
                    && a.outputs().equals(b.outputs());
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private Value define(Tensor tensor, int producer) {
        var value = new Value(values.size(), tensor.shape(), tensor.dtype(), producer);
        values.add(value);
        seen.put(Recording.identity(tensor), new Seen(value.number(), Recording.version(tensor)));
        return value;
    }

    @Override
    public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
        if (name.equals(CONSTANT)) {
            outputs.forEach(this::number);
            return;
        }
        var in = new ArrayList<Integer>();
        for (var input : inputs) {
            in.add(input == null ? -1 : numberBefore(input, outputs));
        }
        var out = new ArrayList<Integer>();
        for (var output : outputs) {
            var held = Recording.hold(output);
            var value = define(held, nodes.size());
            computed.put(value.number(), new Held(held, Recording.version(held)));
            out.add(value.number());
        }
        var module = modules.isEmpty() ? "" : modules.peek();
        nodes.add(new Node(module, name, List.copyOf(in), attributes.copy(), List.copyOf(out)));
    }

    /** The number of an input; that of an in-place operation has been written to by this very operation. */
    private int numberBefore(Tensor input, List<Tensor> outputs) {
        long id = Recording.identity(input);
        boolean inPlace = outputs.stream().anyMatch(o -> Recording.identity(o) == id);
        var known = seen.get(id);
        return inPlace && known != null ? known.number() : number(input);
    }

    @Override
    public void enter(String moduleName) {
        modules.push(moduleName);
    }

    @Override
    public void leave() {
        modules.pop();
    }

    /** Frees the tensors that are held here; numbers, shapes and nodes stay. */
    @Override
    public void close() {
        computed.values().forEach(h -> h.tensor().close());
        computed.clear();
        externals.values().forEach(Tensor::close);
        externals.clear();
        seen.clear();
    }
}
