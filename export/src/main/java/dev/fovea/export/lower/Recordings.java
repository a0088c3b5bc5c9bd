package dev.fovea.export.lower;

import dev.fovea.nn.Module;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.trace.Trace;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The same run recorded on inputs of different sizes, side by side: what differs between them follows the size of the input, what does not is
 * fixed. Holds native memory until it is closed.
 */
public final class Recordings implements AutoCloseable {
    /** Operations whose result is not a function of their inputs. */
    private static final Set<String> RANDOM = Set.of(
            "rand",
            "randn",
            "normal",
            "uniform",
            "bernoulli",
            "randint",
            "randperm",
            "multinomial",
            "dropout",
            "dropout2d");

    private final List<Trace> traces = new ArrayList<>();
    private final List<Integer> inputs = new ArrayList<>();
    private final List<Integer> outputs = new ArrayList<>();
    private final Map<Integer, String> states = new HashMap<>();
    private boolean[] fixed = {};

    private Recordings() {}

    /**
     * Records what {@code run} makes of samples, without gradients.
     *
     * @param network whose parameters get their names in the graph
     * @param samples one list of inputs for each recording
     * @param run from inputs to outputs
     */
    public static Recordings of(Module network, List<List<Tensor>> samples, Function<List<Tensor>, List<Tensor>> run) {
        var recordings = new Recordings();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            for (var sample : samples) {
                recordings.record(sample, run);
            }
            recordings.requireSameStructure();
            network.allStates().forEach((key, state) -> recordings
                    .base()
                    .find(state.value())
                    .ifPresent(n -> recordings.states.putIfAbsent(n, key)));
            recordings.findFixed();
            return recordings;
        } catch (RuntimeException | Error e) {
            recordings.close();
            throw e;
        }
    }

    private void record(List<Tensor> sample, Function<List<Tensor>, List<Tensor>> run) {
        boolean first = traces.isEmpty();
        var results = new ArrayList<Tensor>();
        Trace trace;
        try {
            trace = Trace.of(() -> results.addAll(run.apply(sample)));
        } catch (IllegalArgumentException e) {
            if (first) {
                throw e;
            }
            throw new CannotExportException("the network does not take inputs of another size, such as "
                    + sample.get(0).shape() + ": " + e.getMessage());
        }
        traces.add(trace);
        // Asked in every recording, so that an input that nobody reads gets its number in all of them.
        var in = sample.stream().map(trace::number).toList();
        var out = results.stream().map(trace::number).toList();
        if (first) {
            inputs.addAll(in);
            outputs.addAll(out);
        }
    }

    private void requireSameStructure() {
        for (var other : traces.subList(1, traces.size())) {
            if (!base().sameStructure(other)) {
                throw new CannotExportException("the network does different operations for " + inputShape(base())
                        + " and for " + inputShape(other)
                        + "; export it for one size of picture (without --dynamic-size)");
            }
        }
    }

    private Shape inputShape(Trace trace) {
        return trace.values().get(inputs.get(0)).shape();
    }

    /** The first recording. */
    Trace base() {
        return traces.get(0);
    }

    int count() {
        return traces.size();
    }

    /** The numbers of the inputs' values. */
    public List<Integer> inputs() {
        return List.copyOf(inputs);
    }

    /** The numbers of the outputs' values. */
    public List<Integer> outputs() {
        return List.copyOf(outputs);
    }

    /** The key of the parameter or buffer that a value is, or null. */
    String state(int value) {
        return states.get(value);
    }

    /** A value's length along a dimension in each recording. */
    long[] lengths(int value, int dim) {
        return traces.stream()
                .mapToLong(t -> t.values().get(value).shape().dim(dim))
                .toArray();
    }

    /** A parameter of a node's operation in each recording. */
    List<Object> attribute(int node, String name) {
        return traces.stream()
                .map(t -> t.nodes().get(node).attributes().get(name).orElse(null))
                .toList();
    }

    /** Whether a value is the same in all recordings and does not depend on the inputs. */
    boolean isFixed(int value) {
        return fixed[value];
    }

    private void findFixed() {
        var values = base().values();
        fixed = new boolean[values.size()];
        for (var v : values) {
            if (v.isExternal() && !inputs.contains(v.number())) {
                fixed[v.number()] = states.containsKey(v.number()) || isSameConstant(v.number());
            }
        }
        var nodes = base().nodes();
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            boolean known = !RANDOM.contains(node.operation())
                    && node.inputs().stream().allMatch(n -> n < 0 || fixed[n])
                    && sameAttributes(i);
            for (int output : node.outputs()) {
                fixed[output] = known && base().tensor(output).isPresent();
            }
        }
    }

    private boolean isSameConstant(int number) {
        var first = base().external(number);
        return traces.stream().skip(1).allMatch(t -> t.external(number).contentEquals(first));
    }

    private boolean sameAttributes(int node) {
        var first = base().nodes().get(node).attributes();
        return traces.stream().allMatch(t -> t.nodes().get(node).attributes().equals(first));
    }

    /** The dimensions of a value that are not the same in all recordings. */
    List<Length.Axis> freeAxes(int value) {
        int rank = base().values().get(value).shape().rank();
        return IntStream.range(0, rank)
                .filter(d -> !Length.isConstant(lengths(value, d)))
                .mapToObj(d -> new Length.Axis(value, d))
                .toList();
    }

    @Override
    public void close() {
        traces.forEach(Trace::close);
    }
}
