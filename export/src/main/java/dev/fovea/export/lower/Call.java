package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.trace.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** One recorded operation as its mapping sees it: inputs, parameters, and the graph to put nodes into. */
final class Call {
    private final Lowering lowering;
    private final Trace.Node node;
    private final int place;

    Call(Lowering lowering, Trace.Node node, int place) {
        this.lowering = lowering;
        this.node = node;
        this.place = place;
    }

    // --- what was called -------------------------------------------------------------------------------------------

    String module() {
        return node.module();
    }

    CannotExportException refuse(String reason) {
        return CannotExportException.at(node.module(), node.operation(), reason);
    }

    int opset() {
        return lowering.graph().opset();
    }

    /** Refuses the operation where the graph's operators are too old for it. */
    void needOpset(int least) {
        if (opset() < least) {
            throw refuse("needs version " + least + " of ONNX's operators, the graph has " + opset() + "; use --opset "
                    + least);
        }
    }

    int inputs() {
        return node.inputs().size();
    }

    int outputs() {
        return node.outputs().size();
    }

    boolean has(int input) {
        return input < node.inputs().size() && node.inputs().get(input) >= 0;
    }

    private Trace.Value value(int input) {
        return lowering.recordings().base().values().get(node.inputs().get(input));
    }

    private Trace.Value outputValue(int output) {
        return lowering.recordings().base().values().get(node.outputs().get(output));
    }

    /** The graph's name for an input. */
    String in(int input) {
        return lowering.name(node.inputs().get(input), node.module());
    }

    Shape shape(int input) {
        return value(input).shape();
    }

    int rank(int input) {
        return shape(input).rank();
    }

    DType type(int input) {
        return value(input).type();
    }

    Shape outShape(int output) {
        return outputValue(output).shape();
    }

    int outRank(int output) {
        return outShape(output).rank();
    }

    DType outType(int output) {
        return outputValue(output).type();
    }

    /** The numbers of an input that does not depend on the graph's inputs; part of the scope around this call. */
    Optional<Tensor> known(int input) {
        int number = node.inputs().get(input);
        return lowering.recordings().isFixed(number)
                ? lowering.recordings().base().tensor(number)
                : Optional.empty();
    }

    /** {@link #known} that must be there. */
    Tensor known(int input, String what) {
        return known(input).orElseThrow(() -> refuse(what + " depends on the input of the network"));
    }

    // --- parameters ------------------------------------------------------------------------------------------------

    private Object attribute(String name) {
        var seen = lowering.recordings().attribute(place, name);
        if (seen.stream().anyMatch(v -> !Objects.deepEquals(v, seen.get(0)))) {
            throw refuse("its " + name + " changes with the size of the input; export for one size of picture");
        }
        return seen.get(0);
    }

    /** Fractional numbers. */
    double[] numbers(String name) {
        return (double[]) attribute(name);
    }

    boolean given(String name) {
        return node.attributes().get(name).isPresent();
    }

    long integer(String name) {
        return (Long) attribute(name);
    }

    double number(String name) {
        return ((Number) attribute(name)).doubleValue();
    }

    double number(String name, double standard) {
        return given(name) ? number(name) : standard;
    }

    boolean flag(String name) {
        return (Boolean) attribute(name);
    }

    String text(String name) {
        return (String) attribute(name);
    }

    long[] integers(String name) {
        return (long[]) attribute(name);
    }

    DType elementType(String name) {
        return (DType) attribute(name);
    }

    /** A place counted from the front, for a dimension of an input. */
    int axis(String name, int rank) {
        return axis(integer(name), rank);
    }

    static int axis(long dim, int rank) {
        return (int) (dim < 0 ? dim + Math.max(1, rank) : dim);
    }

    /** Dimensions counted from the front; all of them where none is given. */
    int[] axes(String name, int rank) {
        long[] dims = given(name) ? integers(name) : new long[0];
        return dims.length == 0
                ? java.util.stream.IntStream.range(0, rank).toArray()
                : Arrays.stream(dims).mapToInt(d -> axis(d, rank)).toArray();
    }

    /** A whole number that may follow the size of the input. */
    Length length(String name) {
        return explain(lowering.recordings().attribute(place, name).stream()
                .mapToLong(v -> (Long) v)
                .toArray());
    }

    /** Whole numbers that may follow the size of the input. */
    List<Length> lengths(String name) {
        var seen = lowering.recordings().attribute(place, name);
        int n = ((long[]) seen.get(0)).length;
        var all = new ArrayList<Length>();
        for (int i = 0; i < n; i++) {
            int at = i;
            all.add(explain(seen.stream().mapToLong(v -> ((long[]) v)[at]).toArray()));
        }
        return all;
    }

    private Length explain(long[] seen) {
        int before = node.outputs().get(0);
        return lowering.lengths().explain(seen, node.inputs(), before).orElse(new Length(seen, List.of(), 1, 1));
    }

    /** The lengths of an input. */
    List<Length> inLengths(int input) {
        return lengthsOf(node.inputs().get(input));
    }

    /** The lengths of a result, as far as they follow from the inputs. */
    List<Length> outLengths(int output) {
        var all = new ArrayList<Length>();
        for (int d = 0; d < outRank(output); d++) {
            all.add(explain(lowering.recordings().lengths(node.outputs().get(output), d)));
        }
        return all;
    }

    private List<Length> lengthsOf(int number) {
        var all = new ArrayList<Length>();
        for (int d = 0;
                d < lowering.recordings().base().values().get(number).shape().rank();
                d++) {
            long[] seen = lowering.recordings().lengths(number, d);
            all.add(
                    Length.isConstant(seen)
                            ? Length.fixed(seen[0], seen.length)
                            : new Length(seen, List.of(new Length.Axis(number, d)), 1, 1));
        }
        return all;
    }

    /** Whether an input's length along a dimension is the same whatever the size of the network's input. */
    boolean isFixed(int input, int dim) {
        return Length.isConstant(lowering.recordings().lengths(node.inputs().get(input), dim));
    }

    /** An input's length along a dimension, which must not change with the size of the network's input. */
    long fixedLength(int input, int dim) {
        if (!isFixed(input, dim)) {
            throw refuse("needs maps of one size, but their length " + dim
                    + " follows the size of the input; export for one size of picture");
        }
        return shape(input).dim(dim);
    }

    // --- making the graph ------------------------------------------------------------------------------------------

    /** Says which value of the graph a result is. */
    void result(int output, String name) {
        lowering.bind(node.outputs().get(output), name);
    }

    private String freshName(String op) {
        return lowering.graph().freshName((node.module().isEmpty() ? "" : node.module() + "/") + op);
    }

    /** Adds a node with one result and gives its name. */
    String emit(String op, Map<String, Object> attributes, String... inputs) {
        return emitMany(op, 1, attributes, inputs).get(0);
    }

    String emit(String op, String... inputs) {
        return emit(op, Map.of(), inputs);
    }

    /** Adds a node with several results and gives their names. */
    List<String> emitMany(String op, int count, Map<String, Object> attributes, String... inputs) {
        var names = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            names.add(freshName(op));
        }
        lowering.graph().nodes().add(GraphNode.of(op, List.of(inputs), names, attributes, node.module()));
        return names;
    }

    /** Names and values of a node's attributes in turn. */
    static Map<String, Object> with(Object... pairs) {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            Object value = pairs[i + 1];
            map.put((String) pairs[i], value instanceof Integer n ? Long.valueOf(n) : value);
        }
        return map;
    }

    /** A constant under a name of this module. */
    String constant(String wish, Constant constant) {
        return lowering.graph().add((node.module().isEmpty() ? "" : node.module() + ".") + wish, constant);
    }

    /** A form of a known input made once for all its users, for example a weight transposed. */
    String derived(int input, String suffix, java.util.function.UnaryOperator<Tensor> form) {
        int number = node.inputs().get(input);
        return lowering.shared("derived " + number + suffix, () -> {
            String state = lowering.recordings().state(number);
            String wish = (state != null ? state : node.module() + ".constant") + suffix;
            return lowering.graph()
                    .add(wish, Constant.of(form.apply(known(input).orElseThrow())));
        });
    }

    /** One row of int64 numbers. */
    String row(long... values) {
        return lowering.shared(
                "row " + Arrays.toString(values), () -> lowering.graph().add("shape", Constant.row(values)));
    }

    /** A number without dimensions. */
    String scalar(double value, DType type) {
        return lowering.shared(
                "scalar " + value + type, () -> lowering.graph().add("scalar", Constant.scalar(value, type)));
    }

    /** The value in another type; itself if it has that type. */
    String cast(String value, DType from, DType to) {
        return from == to ? value : emit("Cast", with("to", OnnxFile.code(to)), value);
    }

    /** An input in a type. */
    String in(int input, DType as) {
        return cast(in(input), type(input), as);
    }

    /** Lengths as a row of int64, computed in the graph as far as they are free. */
    String row(List<Length> lengths) {
        if (lengths.stream().allMatch(Length::isFixed)) {
            return row(lengths.stream().mapToLong(Length::base).toArray());
        }
        var parts = lengths.stream().map(this::length).toArray(String[]::new);
        return parts.length == 1 ? parts[0] : emit("Concat", with("axis", 0), parts);
    }

    /** One length as a row of one int64. */
    String length(Length length) {
        if (length.isFixed()) {
            return row(length.base());
        }
        if (!length.isKnown()) {
            throw refuse("a length was " + Arrays.toString(length.seen())
                    + " for inputs of different sizes, which follows no length that is known there; export for one size"
                    + " of picture");
        }
        String key = "length " + length.factors() + length.times() + "/" + length.over();
        return lowering.shared(key, () -> {
            String product = null;
            for (var axis : length.factors()) {
                String own = emit(
                        "Shape",
                        with("start", axis.dim(), "end", axis.dim() + 1),
                        lowering.name(axis.value(), node.module()));
                product = product == null ? own : emit("Mul", product, own);
            }
            product = length.times() == 1 ? product : emit("Mul", product, row(length.times()));
            return length.over() == 1 ? product : emit("Div", product, row(length.over()));
        });
    }

    /** A value in another shape. */
    String reshape(String value, List<Length> from, List<Length> to) {
        var dims = new long[to.size()];
        int open = -1;
        for (int i = 0; i < dims.length; i++) {
            var length = to.get(i);
            if (length.isFixed()) {
                dims[i] = length.base();
            } else if (i < from.size() && from.get(i).sameAs(length)) {
                dims[i] = 0; // as it was
            } else if (open < 0) {
                open = i;
                dims[i] = -1;
            } else {
                return emit("Reshape", value, row(to));
            }
        }
        return emit("Reshape", value, row(dims));
    }

    /** A value in another shape whose lengths are known numbers; -1 and 0 as in ONNX's Reshape. */
    String reshape(String value, long... dims) {
        return emit("Reshape", value, row(dims));
    }

    String unsqueeze(String value, long... axes) {
        return emit("Unsqueeze", value, row(axes));
    }

    String squeeze(String value, long... axes) {
        return emit("Squeeze", value, row(axes));
    }

    String transpose(String value, long... order) {
        return emit("Transpose", with("perm", order), value);
    }

    /** The entries {@code [start, end)} of a dimension. */
    String slice(String value, int axis, long start, long end, long step) {
        return emit("Slice", value, row(start), row(end), row(axis), row(step));
    }

    /** A reduction over dimensions; its form depends on the version of the operators. */
    String reduce(String op, String value, int[] axes, boolean keepDims) {
        long[] dims = Arrays.stream(axes).asLongStream().toArray();
        long keep = keepDims ? 1 : 0;
        if (opset() >= 18 || op.equals("ReduceSum")) {
            return emit(op, with("keepdims", keep), value, row(dims));
        }
        return emit(op, with("axes", dims, "keepdims", keep), value);
    }
}
