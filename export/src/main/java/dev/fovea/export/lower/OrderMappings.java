package dev.fovea.export.lower;

import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Extremes with their places, sorting, and what follows from order. */
final class OrderMappings {
    private OrderMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("max", c -> extreme(c, "ReduceMax", "ArgMax"));
        table.put("min", c -> extreme(c, "ReduceMin", "ArgMin"));
        table.put("argmax", Mapping.one(c -> place(c, "ArgMax")));
        table.put("argmin", Mapping.one(c -> place(c, "ArgMin")));
        table.put("topk", OrderMappings::topk);
        table.put("sort", c -> {
            var sorted = sorted(c, c.in(0), c.flag("descending"));
            c.result(0, sorted.get(0));
            c.result(1, sorted.get(1));
        });
        table.put("argsort", Mapping.one(c -> sorted(c, c.in(0), c.flag("descending"))
                .get(1)));
        table.put("median", OrderMappings::median);
        table.put("quantile", Mapping.one(OrderMappings::quantile));
        table.put("searchsorted", Mapping.one(OrderMappings::searchSorted));
        return table;
    }

    private static int axis(Call c) {
        return c.axes("dims", c.rank(0))[0];
    }

    private static String place(Call c, String op) {
        return c.emit(op, Call.with("axis", axis(c), "keepdims", c.flag("keepdim") ? 1 : 0), c.in(0));
    }

    private static void extreme(Call c, String reduce, String place) {
        c.result(0, c.reduce(reduce, c.in(0), new int[] {axis(c)}, c.flag("keepdim")));
        c.result(1, place(c, place));
    }

    private static void topk(Call c) {
        var attributes = Call.with("axis", c.axis("dim", c.rank(0)), "largest", c.flag("largest") ? 1 : 0, "sorted", 1);
        var found = c.emitMany("TopK", 2, attributes, c.in(0), c.length(c.length("k")));
        c.result(0, found.get(0));
        c.result(1, found.get(1));
    }

    /** All elements by TopK, which puts the earlier of equal elements first. */
    private static java.util.List<String> sorted(Call c, String x, boolean descending) {
        int axis = c.axis("dim", c.rank(0));
        var attributes = Call.with("axis", axis, "largest", descending ? 1 : 0, "sorted", 1);
        return c.emitMany("TopK", 2, attributes, x, c.length(c.inLengths(0).get(axis)));
    }

    private static void median(Call c) {
        int axis = axis(c);
        long n = c.fixedLength(0, axis);
        var attributes = Call.with("axis", axis, "largest", 0, "sorted", 1);
        var sorted = c.emitMany("TopK", 2, attributes, c.in(0), c.row(n));
        for (int i = 0; i < 2; i++) {
            String middle = c.slice(sorted.get(i), axis, (n - 1) / 2, (n - 1) / 2 + 1, 1);
            c.result(i, c.flag("keepdim") ? middle : c.squeeze(middle, axis));
        }
    }

    private static String quantile(Call c) {
        int axis = c.axis("dim", c.rank(0));
        long n = c.fixedLength(0, axis);
        var attributes = Call.with("axis", axis, "largest", 0, "sorted", 1);
        String sorted = c.emitMany("TopK", 2, attributes, c.in(0), c.row(n)).get(0);
        double at = c.number("q") * (n - 1);
        long below = (long) Math.floor(at);
        long above = Math.min(n - 1, below + 1);
        String low = c.slice(sorted, axis, below, below + 1, 1);
        String high = c.slice(sorted, axis, above, above + 1, 1);
        String way = c.emit("Mul", c.emit("Sub", high, low), c.scalar(at - below, c.outType(0)));
        String result = c.emit("Add", low, way);
        return c.flag("keepdim") ? result : c.squeeze(result, axis);
    }

    /** How many elements of the row come before each value. */
    private static String searchSorted(Call c) {
        if (c.rank(0) != 1) {
            throw c.refuse("only one ordered row has a mapping, got " + c.shape(0));
        }
        String values = c.unsqueeze(c.in(1), -1);
        String before = c.emit(c.flag("right") ? "LessOrEqual" : "Less", c.in(0, c.type(1)), values);
        String counted = c.cast(before, DType.BOOL, DType.INT64);
        return c.reduce("ReduceSum", counted, new int[] {c.rank(1)}, false);
    }
}
