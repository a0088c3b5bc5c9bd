package dev.fovea.export.lower;

import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Views, order of dimensions, padding and conversion. */
final class ShapeMappings {
    private ShapeMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        for (String same : List.of("contiguous", "channels_last", "clone", "detach", "to_device")) {
            table.put(same, Mapping.one(c -> c.in(0)));
        }
        table.put("cast", Mapping.one(ShapeMappings::cast));
        for (String reshaping : List.of("reshape", "unflatten", "flatten")) {
            table.put(reshaping, Mapping.one(ShapeMappings::toResult));
        }
        table.put("permute", Mapping.one(c -> c.transpose(c.in(0), order(c))));
        table.put("transpose", Mapping.one(ShapeMappings::transpose));
        table.put("movedim", Mapping.one(ShapeMappings::moveDim));
        table.put("squeeze", Mapping.one(ShapeMappings::squeeze));
        table.put("unsqueeze", Mapping.one(c -> c.unsqueeze(c.in(0), c.axis("dim", c.outRank(0)))));
        table.put("expand", Mapping.one(c -> c.emit("Expand", c.in(0), c.row(expanded(c)))));
        table.put("repeat", Mapping.one(ShapeMappings::repeat));
        table.put("repeat_interleave", Mapping.one(ShapeMappings::repeatInterleave));
        table.put("narrow", Mapping.one(ShapeMappings::narrow));
        table.put("slice", Mapping.one(ShapeMappings::slice));
        table.put("select", Mapping.one(ShapeMappings::select));
        table.put("flip", Mapping.one(ShapeMappings::flip));
        table.put("roll", Mapping.one(ShapeMappings::roll));
        table.put("tril", Mapping.one(c -> triangle(c, 0)));
        table.put("triu", Mapping.one(c -> triangle(c, 1)));
        table.put("pad", Mapping.one(ShapeMappings::pad));
        return table;
    }

    private static String cast(Call c) {
        return c.cast(c.in(0), c.type(0), c.elementType("dtype"));
    }

    private static String toResult(Call c) {
        return c.reshape(c.in(0), c.inLengths(0), c.outLengths(0));
    }

    private static long[] order(Call c) {
        return Arrays.stream(c.integers("dims"))
                .map(d -> Call.axis(d, c.rank(0)))
                .toArray();
    }

    private static String transpose(Call c) {
        int rank = c.rank(0);
        if (rank < 2) {
            return c.in(0);
        }
        var order = IntStream.range(0, rank).asLongStream().toArray();
        int a = c.axis("dim0", rank);
        int b = c.axis("dim1", rank);
        order[a] = b;
        order[b] = a;
        return c.transpose(c.in(0), order);
    }

    private static String moveDim(Call c) {
        int rank = c.rank(0);
        int from = c.axis("source", rank);
        int to = c.axis("destination", rank);
        var order = new ArrayList<Long>();
        IntStream.range(0, rank).filter(d -> d != from).forEach(d -> order.add((long) d));
        order.add(to, (long) from);
        return c.transpose(c.in(0), order.stream().mapToLong(n -> n).toArray());
    }

    private static String squeeze(Call c) {
        if (c.given("dim")) {
            int axis = c.axis("dim", c.rank(0));
            return c.rank(0) > c.outRank(0) ? c.squeeze(c.in(0), axis) : c.in(0);
        }
        long[] ones = IntStream.range(0, c.rank(0))
                .filter(d -> c.shape(0).dim(d) == 1 && c.isFixed(0, d))
                .asLongStream()
                .toArray();
        return ones.length == 0 ? c.in(0) : c.squeeze(c.in(0), ones);
    }

    /** Lengths for Expand, where 1 leaves a length as it is. */
    private static List<Length> expanded(Call c) {
        var asked = c.lengths("shape");
        var lengths = new ArrayList<Length>();
        for (var length : asked) {
            lengths.add(length.base() == -1 ? Length.fixed(1, length.seen().length) : length);
        }
        return lengths;
    }

    private static String repeat(Call c) {
        var times = c.lengths("repeats");
        String x = c.in(0);
        int added = times.size() - c.rank(0);
        if (added > 0) {
            x = c.unsqueeze(x, IntStream.range(0, added).asLongStream().toArray());
        }
        return c.emit("Tile", x, c.row(times));
    }

    private static String repeatInterleave(Call c) {
        int axis = c.axis("dim", c.rank(0));
        String apart = c.unsqueeze(c.in(0), axis + 1);
        var times = new ArrayList<Length>();
        int recordings = c.inLengths(0).get(axis).seen().length;
        for (int d = 0; d <= c.rank(0); d++) {
            times.add(Length.fixed(d == axis + 1 ? c.integer("repeats") : 1, recordings));
        }
        var between = new ArrayList<>(c.inLengths(0));
        between.add(axis + 1, times.get(axis + 1));
        return c.reshape(c.emit("Expand", apart, c.row(times)), between, c.outLengths(0));
    }

    private static String narrow(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var start = c.length("start");
        var length = c.length("length");
        if (start.isFixed() && length.isFixed()) {
            long from = start.base() < 0 ? start.base() + c.fixedLength(0, axis) : start.base();
            return c.slice(c.in(0), axis, from, from + length.base(), 1);
        }
        String from = c.length(start);
        return c.emit("Slice", c.in(0), from, c.emit("Add", from, c.length(length)), c.row(axis));
    }

    private static String slice(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var start = c.length("start");
        var end = c.length("end");
        return c.emit("Slice", c.in(0), c.length(start), c.length(end), c.row(axis), c.row(c.integer("step")));
    }

    private static String select(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var index = c.length("index");
        String at = index.isFixed() ? c.scalar((double) index.base(), DType.INT64) : c.squeeze(c.length(index), 0);
        return c.emit("Gather", Call.with("axis", axis), c.in(0), at);
    }

    private static String flip(Call c) {
        long[] axes = Arrays.stream(c.axes("dims", c.rank(0))).asLongStream().toArray();
        long[] minus = fill(axes.length, -1);
        return c.emit(
                "Slice", c.in(0), c.row(minus), c.row(fill(axes.length, Long.MIN_VALUE)), c.row(axes), c.row(minus));
    }

    private static long[] fill(int n, long value) {
        var row = new long[n];
        Arrays.fill(row, value);
        return row;
    }

    private static String roll(Call c) {
        var shifts = c.lengths("shifts");
        long[] dims = c.integers("dims");
        String x = c.in(0);
        for (int i = 0; i < dims.length; i++) {
            int axis = Call.axis(dims[i], c.rank(0));
            // The last entries come first. A negative start counts from the end, whatever the length is.
            String cut;
            if (shifts.get(i).isFixed()) {
                long shift = shifts.get(i).base();
                if (c.isFixed(0, axis)) {
                    shift = Math.floorMod(shift, c.shape(0).dim(axis));
                }
                if (shift == 0) {
                    continue;
                }
                cut = c.row(-shift);
            } else {
                cut = c.emit("Neg", c.length(shifts.get(i)));
            }
            String back = c.emit("Slice", x, cut, c.row(Long.MAX_VALUE), c.row(axis));
            String front = c.emit("Slice", x, c.row(0), cut, c.row(axis));
            x = c.emit("Concat", Call.with("axis", axis), back, front);
        }
        return x;
    }

    private static String triangle(Call c, long upper) {
        return c.emit(
                "Trilu", Call.with("upper", upper), c.in(0), c.scalar((double) c.integer("diagonal"), DType.INT64));
    }

    private static String pad(Call c) {
        var widths = c.lengths("pad");
        int rank = c.rank(0);
        int recordings = widths.get(0).seen().length;
        var before = new ArrayList<Length>();
        var after = new ArrayList<Length>();
        for (int d = 0; d < rank; d++) {
            int pair = 2 * (rank - 1 - d);
            boolean rim = pair < widths.size();
            before.add(rim ? widths.get(pair) : Length.fixed(0, recordings));
            after.add(rim ? widths.get(pair + 1) : Length.fixed(0, recordings));
        }
        before.addAll(after);
        String mode = c.text("mode");
        if (mode.equals("circular")) {
            return circular(c, before);
        }
        if (mode.equals("constant")) {
            var type = c.outType(0);
            return c.emit("Pad", Call.with("mode", mode), c.in(0), c.row(before), c.scalar(c.number("value"), type));
        }
        String named = mode.equals("replicate") ? "edge" : mode;
        return c.emit("Pad", Call.with("mode", named), c.in(0), c.row(before));
    }

    /** The last entries before the first ones, and the other way round. */
    private static String circular(Call c, List<Length> widths) {
        int rank = c.rank(0);
        String x = c.in(0);
        for (int axis = 0; axis < rank; axis++) {
            long left = widths.get(axis).base();
            long right = widths.get(axis + rank).base();
            if (left < 0 || right < 0 || !widths.get(axis).isFixed()) {
                throw c.refuse("circular rims that cut or that follow the size of the input have no mapping");
            }
            var parts = new ArrayList<String>();
            if (left > 0) {
                parts.add(c.slice(x, axis, -left, Long.MAX_VALUE, 1));
            }
            parts.add(x);
            if (right > 0) {
                parts.add(c.slice(x, axis, 0, right, 1));
            }
            x = parts.size() == 1 ? x : c.emit("Concat", Call.with("axis", axis), parts.toArray(String[]::new));
        }
        return x;
    }
}
