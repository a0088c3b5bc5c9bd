package dev.fovea.export.lower;

import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Choosing elements by their places, cutting into pieces, and counting values. */
final class IndexMappings {
    private IndexMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("index_select", Mapping.one(c -> c.emit("Gather", axis(c), c.in(0), c.in(1))));
        table.put("gather", Mapping.one(c -> c.emit("GatherElements", axis(c), c.in(0), c.in(1))));
        table.put("take_along_dim", Mapping.one(IndexMappings::takeAlongDim));
        table.put("scatter", Mapping.one(c -> c.emit("ScatterElements", axis(c), c.in(0), c.in(1), source(c))));
        table.put("scatter_add", Mapping.one(c -> scatterAdd(c, c.in(1), source(c))));
        table.put("index_add", Mapping.one(IndexMappings::indexAdd));
        table.put("index", Mapping.one(IndexMappings::index));
        table.put("nonzero", Mapping.one(c -> c.transpose(c.emit("NonZero", c.in(0, comparable(c))), 1, 0)));
        table.put("masked_select", Mapping.one(IndexMappings::maskedSelect));
        table.put("split", c -> pieces(c, c.lengths("lengths")));
        table.put("chunk", IndexMappings::chunk);
        table.put("unbind", IndexMappings::unbind);
        table.put("one_hot", Mapping.one(IndexMappings::oneHot));
        table.put("diagonal", Mapping.one(IndexMappings::diagonal));
        table.put("unique", Mapping.one(c -> c.emitMany("Unique", 1, Call.with("sorted", 1), c.in(0))
                .get(0)));
        table.put("unique_with_counts", IndexMappings::uniqueWithCounts);
        return table;
    }

    private static DType comparable(Call c) {
        return c.type(0) == DType.BOOL ? DType.INT32 : c.type(0);
    }

    private static Map<String, Object> axis(Call c) {
        return Call.with("axis", c.axis("dim", c.rank(0)));
    }

    /** The shapes of values and places are made equal everywhere but along the dimension itself. */
    private static String takeAlongDim(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var from = new ArrayList<>(c.outLengths(0));
        from.set(axis, c.inLengths(0).get(axis));
        var places = new ArrayList<>(c.outLengths(0));
        places.set(axis, c.inLengths(1).get(axis));
        return c.emit("GatherElements", axis(c), fit(c, 0, from), fit(c, 1, places));
    }

    private static String fit(Call c, int input, List<Length> lengths) {
        var own = c.inLengths(input);
        boolean fits = true;
        for (int d = 0; d < own.size(); d++) {
            fits &= own.get(d).sameAs(lengths.get(d));
        }
        return fits ? c.in(input) : c.emit("Expand", c.in(input), c.row(lengths));
    }

    /** The source cut to the shape of the places, beyond which the facade does not look. */
    private static String source(Call c) {
        String source = c.in(2);
        for (int d = 0; d < c.rank(1); d++) {
            var length = c.inLengths(1).get(d);
            if (!length.sameAs(c.inLengths(2).get(d))) {
                source = c.emit("Slice", source, c.row(0), c.length(length), c.row(d));
            }
        }
        return source;
    }

    private static String scatterAdd(Call c, String places, String source) {
        var attributes = Call.with("axis", c.axis("dim", c.rank(0)), "reduction", "add");
        return c.emit("ScatterElements", attributes, c.in(0), places, source);
    }

    private static String indexAdd(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var dims = new long[c.rank(0)];
        Arrays.fill(dims, 1);
        dims[axis] = -1;
        String places = c.emit("Expand", c.reshape(c.in(1), dims), c.row(c.inLengths(2)));
        return scatterAdd(c, places, c.in(2));
    }

    private static String index(Call c) {
        var given = new ArrayList<Integer>();
        for (int i = 1; i < c.inputs(); i++) {
            if (c.has(i)) {
                given.add(i);
            }
        }
        if (given.stream().anyMatch(i -> c.type(i) == DType.BOOL || c.type(i) == DType.UINT8)) {
            if (given.size() == 1 && given.get(0) == 1) {
                // A mask over the leading dimensions: the places of its true elements.
                String places = c.transpose(c.emit("NonZero", c.in(1, DType.BOOL)), 1, 0);
                return c.emit("GatherND", c.in(0), places);
            }
            throw c.refuse("masks together with other indices have no mapping; use maskedSelect");
        }
        if (given.size() == 1) {
            return c.emit("Gather", Call.with("axis", given.get(0) - 1), c.in(0), c.in(given.get(0)));
        }
        if (given.get(0) != 1 || given.get(given.size() - 1) != given.size()) {
            throw c.refuse("several index tensors must stand for the first dimensions; permute before");
        }
        int rank = given.stream().mapToInt(c::rank).max().orElseThrow();
        var lengths = c.outLengths(0).subList(0, rank);
        var parts = given.stream()
                .map(i -> c.unsqueeze(c.emit("Expand", c.in(i, DType.INT64), c.row(lengths)), -1))
                .toArray(String[]::new);
        return c.emit("GatherND", c.in(0), c.emit("Concat", Call.with("axis", -1), parts));
    }

    private static String maskedSelect(Call c) {
        var shape = c.rank(0) >= c.rank(1) ? c.inLengths(0) : c.inLengths(1);
        String mask = c.emit("Expand", c.in(1, DType.BOOL), c.row(shape));
        String values = c.emit("Expand", c.in(0), c.row(shape));
        return c.emit("Compress", c.reshape(values, -1), c.reshape(mask, -1));
    }

    private static void pieces(Call c, List<Length> lengths) {
        var names = c.emitMany("Split", c.outputs(), axis(c), c.in(0), c.row(lengths));
        for (int i = 0; i < names.size(); i++) {
            c.result(i, names.get(i));
        }
    }

    private static void chunk(Call c) {
        int axis = c.axis("dim", c.rank(0));
        var lengths = new ArrayList<Length>();
        for (int i = 0; i < c.outputs(); i++) {
            lengths.add(c.outLengths(i).get(axis));
        }
        pieces(c, lengths);
    }

    private static void unbind(Call c) {
        int axis = c.axis("dim", c.rank(0));
        c.fixedLength(0, axis);
        long[] ones = LongStream.generate(() -> 1).limit(c.outputs()).toArray();
        var names = c.emitMany("Split", c.outputs(), Call.with("axis", axis), c.in(0), c.row(ones));
        for (int i = 0; i < names.size(); i++) {
            c.result(i, c.squeeze(names.get(i), axis));
        }
    }

    private static String oneHot(Call c) {
        String values = c.constant("off_on", dev.fovea.export.graph.Constant.row(0, 1));
        long classes = c.outShape(0).dim(-1);
        return c.emit("OneHot", Call.with("axis", -1), c.in(0), c.scalar((double) classes, DType.INT64), values);
    }

    /** Every (columns + 1)-th element of the flattened matrix. */
    private static String diagonal(Call c) {
        int rank = c.rank(0);
        long rows = c.fixedLength(0, rank - 2);
        long columns = c.fixedLength(0, rank - 1);
        var flat = new ArrayList<>(c.inLengths(0).subList(0, rank - 2));
        flat.add(Length.fixed(rows * columns, c.inLengths(0).get(0).seen().length));
        String places = c.row(LongStream.range(0, Math.min(rows, columns))
                .map(i -> i * (columns + 1))
                .toArray());
        return c.emit("Gather", Call.with("axis", rank - 2), c.reshape(c.in(0), c.inLengths(0), flat), places);
    }

    private static void uniqueWithCounts(Call c) {
        var all = c.emitMany("Unique", 4, Call.with("sorted", 1), c.in(0));
        c.result(0, all.get(0));
        c.result(1, c.reshape(all.get(2), List.of(), c.inLengths(0)));
        c.result(2, all.get(3));
    }
}
