package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Normalisation by the statistics of batch, layer, group or instance. */
final class NormalisationMappings {
    private NormalisationMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("batch_norm", Mapping.one(NormalisationMappings::batchNorm));
        table.put("layer_norm", Mapping.one(NormalisationMappings::layerNorm));
        table.put("group_norm", Mapping.one(NormalisationMappings::groupNorm));
        table.put("instance_norm", Mapping.one(NormalisationMappings::instanceNorm));
        table.put("rms_norm", Mapping.one(NormalisationMappings::rmsNorm));
        return table;
    }

    private static String filled(Call c, String wish, long count, float value) {
        var values = new float[(int) count];
        Arrays.fill(values, value);
        return c.constant(wish, Constant.of(values, count));
    }

    private static String orOnes(Call c, int input, long count) {
        return c.has(input) ? c.in(input) : filled(c, "ones", count, 1);
    }

    private static String orZeros(Call c, int input, long count) {
        return c.has(input) ? c.in(input) : filled(c, "zeros", count, 0);
    }

    private static String batchNorm(Call c) {
        if (c.flag("training") || !c.has(3)) {
            throw c.refuse("normalises by the batch; put the network into evaluation mode with eval()");
        }
        long channels = c.fixedLength(0, 1);
        return c.emit(
                "BatchNormalization",
                Call.with("epsilon", c.number("eps")),
                c.in(0),
                orOnes(c, 1, channels),
                orZeros(c, 2, channels),
                c.in(3),
                c.in(4));
    }

    private static String layerNorm(Call c) {
        long[] shape = c.integers("shape");
        int axis = c.rank(0) - shape.length;
        long count = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        String weight = c.has(1) ? c.in(1) : c.constant("ones", ones(count, shape));
        var attributes = Call.with("axis", axis, "epsilon", c.number("eps"));
        return c.has(2)
                ? c.emit("LayerNormalization", attributes, c.in(0), weight, c.in(2))
                : c.emit("LayerNormalization", attributes, c.in(0), weight);
    }

    private static Constant ones(long count, long... shape) {
        var values = new float[(int) count];
        Arrays.fill(values, 1);
        return Constant.of(values, shape);
    }

    /** Groups become channels of a longer map, which are normalised one by one. */
    private static String groupNorm(Call c) {
        long groups = c.integer("groups");
        long channels = c.fixedLength(0, 1);
        String apart = c.reshape(c.in(0), 0, groups, -1);
        String normal = c.emit(
                "InstanceNormalization",
                Call.with("epsilon", c.number("eps")),
                apart,
                filled(c, "ones", groups, 1),
                filled(c, "zeros", groups, 0));
        var together = c.inLengths(0);
        String x = c.reshape(normal, List.of(together.get(0)), together);
        x = c.has(1) ? c.emit("Mul", x, perChannel(c, 1, channels)) : x;
        return c.has(2) ? c.emit("Add", x, perChannel(c, 2, channels)) : x;
    }

    /** A row for the channels in the shape that lines up with {@code [N, C, ...]}. */
    private static String perChannel(Call c, int input, long channels) {
        var dims = new long[c.rank(0) - 1];
        Arrays.fill(dims, 1);
        dims[0] = channels;
        return c.known(input).isPresent()
                ? c.derived(input, ".per_channel" + dims.length, t -> t.reshape(dims))
                : c.reshape(c.in(input), dims);
    }

    private static String instanceNorm(Call c) {
        long channels = c.fixedLength(0, 1);
        return c.emit(
                "InstanceNormalization",
                Call.with("epsilon", c.number("eps")),
                c.in(0),
                orOnes(c, 1, channels),
                orZeros(c, 2, channels));
    }

    private static String rmsNorm(Call c) {
        int count = c.integers("shape").length;
        int rank = c.rank(0);
        int[] axes = IntStream.range(rank - count, rank).toArray();
        String squares = c.emit("Mul", c.in(0), c.in(0));
        String mean = c.reduce("ReduceMean", squares, axes, true);
        String root = c.emit("Sqrt", c.emit("Add", mean, c.scalar(c.number("eps"), c.outType(0))));
        String x = c.emit("Div", c.in(0), root);
        return c.has(1) ? c.emit("Mul", x, c.in(1)) : x;
    }
}
