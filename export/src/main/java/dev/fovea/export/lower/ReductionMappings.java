package dev.fovea.export.lower;

import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Sums, means, extremes, norms and softmax. */
final class ReductionMappings {
    private ReductionMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("sum", Mapping.one(c -> reduce(c, "ReduceSum")));
        table.put("mean", Mapping.one(c -> reduce(c, "ReduceMean")));
        table.put("prod", Mapping.one(c -> reduce(c, "ReduceProd")));
        table.put("amax", Mapping.one(c -> reduce(c, "ReduceMax")));
        table.put("amin", Mapping.one(c -> reduce(c, "ReduceMin")));
        table.put("logsumexp", Mapping.one(c -> reduce(c, "ReduceLogSumExp")));
        table.put("var", Mapping.one(ReductionMappings::variance));
        table.put("std", Mapping.one(c -> c.emit("Sqrt", variance(c))));
        table.put("norm", Mapping.one(ReductionMappings::norm));
        table.put("all", Mapping.one(c -> truth(c, "ReduceMin")));
        table.put("any", Mapping.one(c -> truth(c, "ReduceMax")));
        table.put("count_nonzero", Mapping.one(ReductionMappings::countNonzero));
        table.put("cumsum", Mapping.one(ReductionMappings::cumulative));
        table.put("softmax", Mapping.one(c -> c.emit("Softmax", alongDim(c), c.in(0, c.outType(0)))));
        table.put("log_softmax", Mapping.one(c -> c.emit("LogSoftmax", alongDim(c), c.in(0, c.outType(0)))));
        return table;
    }

    private static Map<String, Object> alongDim(Call c) {
        return Call.with("axis", c.axis("dim", c.rank(0)));
    }

    private static int[] axes(Call c) {
        return c.axes("dims", c.rank(0));
    }

    private static boolean keeps(Call c) {
        return c.given("keepdim") && c.flag("keepdim");
    }

    private static String reduce(Call c, String op) {
        String x = c.in(0, c.outType(0));
        boolean pool = op.equals("ReduceMean")
                && c.rank(0) == 4
                && java.util.Arrays.equals(axes(c), new int[] {2, 3})
                && c.outType(0) == DType.FLOAT32;
        if (pool) {
            // The same numbers, and engines keep blocked layouts through it.
            String pooled = c.emit("GlobalAveragePool", x);
            return keeps(c) ? pooled : c.emit("Flatten", Call.with("axis", 1), pooled);
        }
        return c.rank(0) == 0 ? x : c.reduce(op, x, axes(c), keeps(c));
    }

    private static String variance(Call c) {
        var type = c.outType(0);
        int[] axes = axes(c);
        String mean = c.reduce("ReduceMean", c.in(0), axes, true);
        String off = c.emit("Sub", c.in(0), mean);
        String squares = c.emit("Mul", off, off);
        double correction = c.number("correction");
        if (correction == 0) {
            return c.reduce("ReduceMean", squares, axes, keeps(c));
        }
        long n = 1;
        for (int axis : axes) {
            n *= c.fixedLength(0, axis);
        }
        return c.emit("Div", c.reduce("ReduceSum", squares, axes, keeps(c)), c.scalar(n - correction, type));
    }

    private static String norm(Call c) {
        double p = c.number("p");
        var type = c.outType(0);
        int[] axes = axes(c);
        if (p == 2) {
            return c.reduce("ReduceL2", c.in(0), axes, keeps(c));
        } else if (p == 1) {
            return c.reduce("ReduceL1", c.in(0), axes, keeps(c));
        }
        String magnitudes = c.emit("Abs", c.in(0));
        if (Double.isInfinite(p)) {
            return c.reduce(p > 0 ? "ReduceMax" : "ReduceMin", magnitudes, axes, keeps(c));
        } else if (p == 0) {
            throw c.refuse("norms of p = 0 have no mapping; count elements with ne(0).sum()");
        }
        String sum = c.reduce("ReduceSum", c.emit("Pow", magnitudes, c.scalar(p, type)), axes, keeps(c));
        return c.emit("Pow", sum, c.scalar(1 / p, type));
    }

    private static String truth(Call c, String op) {
        String numbers = c.cast(c.in(0, DType.BOOL), DType.BOOL, DType.INT32);
        return c.cast(c.reduce(op, numbers, axes(c), keeps(c)), DType.INT32, DType.BOOL);
    }

    private static String countNonzero(Call c) {
        String ones = c.cast(c.in(0, DType.BOOL), DType.BOOL, DType.INT64);
        return c.reduce("ReduceSum", ones, axes(c), false);
    }

    private static String cumulative(Call c) {
        return c.emit("CumSum", c.in(0, c.outType(0)), c.scalar(c.axis("dim", c.rank(0)), DType.INT64));
    }
}
