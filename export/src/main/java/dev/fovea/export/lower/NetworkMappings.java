package dev.fovea.export.lower;

import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** What layers are made of: products, attention, distances. */
final class NetworkMappings {
    private NetworkMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("matmul", Mapping.one(c -> c.emit("MatMul", c.in(0, c.outType(0)), c.in(1, c.outType(0)))));
        table.put("linear", Mapping.one(NetworkMappings::linear));
        table.put("embedding", Mapping.one(c -> c.emit("Gather", Call.with("axis", 0), c.in(0), c.in(1))));
        table.put("scaled_dot_product_attention", Mapping.one(NetworkMappings::attention));
        table.put("cdist", Mapping.one(NetworkMappings::distances));
        table.put("cosine_similarity", Mapping.one(NetworkMappings::cosine));
        return table;
    }

    /** Rows by Gemm, which adds the bias itself; anything else by MatMul with the weight transposed beforehand. */
    private static String linear(Call c) {
        if (c.rank(0) == 2 && c.rank(1) == 2 && c.outType(0).isFloating()) {
            var attributes = Call.with("transB", 1);
            return c.has(2)
                    ? c.emit("Gemm", attributes, c.in(0), c.in(1), c.in(2))
                    : c.emit("Gemm", attributes, c.in(0), c.in(1));
        }
        if (c.rank(1) != 2) {
            throw c.refuse("a weight of " + c.shape(1) + " has no mapping; use [out, in]");
        }
        String weight = c.known(1).isPresent()
                ? c.derived(1, ".T", t -> t.transpose(0, 1).contiguous())
                : c.transpose(c.in(1), 1, 0);
        String product = c.emit("MatMul", c.in(0), weight);
        return c.has(2) ? c.emit("Add", product, c.in(2)) : product;
    }

    private static String attention(Call c) {
        if (c.number("dropout") > 0) {
            throw c.refuse("drops weights at random; put the network into evaluation mode with eval()");
        }
        var type = c.outType(0);
        int rank = c.rank(0);
        double scale = c.number("scale", 1 / Math.sqrt((double) c.fixedLength(0, rank - 1)));
        var order = new long[rank];
        java.util.Arrays.setAll(order, i -> i);
        order[rank - 1] = rank - 2L;
        order[rank - 2] = rank - 1L;
        String scores = c.emit("MatMul", c.in(0), c.transpose(c.in(1), order));
        scores = c.emit("Mul", scores, c.scalar(scale, type));
        if (c.has(3)) {
            scores = c.type(3) == DType.BOOL
                    ? c.emit("Where", c.in(3), scores, c.scalar(Double.NEGATIVE_INFINITY, type))
                    : c.emit("Add", scores, c.in(3));
        }
        if (c.flag("causal")) {
            scores = c.emit("Add", scores, causal(c, rank));
        }
        String weights = c.emit("Softmax", Call.with("axis", -1), scores);
        return c.emit("MatMul", weights, c.in(2));
    }

    /** Minus infinity where a key comes after the query. */
    private static String causal(Call c, int rank) {
        var lengths =
                java.util.List.of(c.inLengths(0).get(rank - 2), c.inLengths(1).get(rank - 2));
        String never = c.emit("Expand", c.scalar(Double.NEGATIVE_INFINITY, c.outType(0)), c.row(lengths));
        return c.emit("Trilu", Call.with("upper", 1), never, c.scalar(1, DType.INT64));
    }

    private static String distances(Call c) {
        int rank = c.rank(0);
        double p = c.number("p");
        var type = c.outType(0);
        String off = c.emit("Sub", c.unsqueeze(c.in(0), rank - 1), c.unsqueeze(c.in(1), rank - 2));
        int[] last = {c.outRank(0)};
        if (p == 2) {
            return c.reduce("ReduceL2", off, last, false);
        } else if (p == 1) {
            return c.reduce("ReduceL1", off, last, false);
        }
        String magnitudes = c.emit("Abs", off);
        if (Double.isInfinite(p)) {
            return c.reduce("ReduceMax", magnitudes, last, false);
        } else if (p == 0) {
            throw c.refuse("distances of p = 0 have no mapping");
        }
        String sum = c.reduce("ReduceSum", c.emit("Pow", magnitudes, c.scalar(p, type)), last, false);
        return c.emit("Pow", sum, c.scalar(1 / p, type));
    }

    private static String cosine(Call c) {
        var type = c.outType(0);
        int rank = Math.max(c.rank(0), c.rank(1));
        int[] axis = {c.axis("dim", rank)};
        // A tensor of fewer dimensions is lined up with the last ones.
        int[] first = {axis[0] - rank + c.rank(0)};
        int[] second = {axis[0] - rank + c.rank(1)};
        if (first[0] < 0 || second[0] < 0) {
            throw c.refuse("the dimension must be one of both tensors, got " + c.shape(0) + " and " + c.shape(1));
        }
        String dot = c.reduce("ReduceSum", c.emit("Mul", c.in(0), c.in(1)), axis, false);
        String a = c.reduce("ReduceL2", c.in(0), first, false);
        String b = c.reduce("ReduceL2", c.in(1), second, false);
        String eps = c.scalar(c.number("eps"), type);
        return c.emit("Div", dot, c.emit("Mul", c.emit("Max", a, eps), c.emit("Max", b, eps)));
    }
}
