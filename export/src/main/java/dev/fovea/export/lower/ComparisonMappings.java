package dev.fovea.export.lower;

import static java.util.Map.entry;

import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Comparisons, logic and choice. */
final class ComparisonMappings {
    private ComparisonMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        Map.ofEntries(
                        entry("eq", "Equal"),
                        entry("lt", "Less"),
                        entry("le", "LessOrEqual"),
                        entry("gt", "Greater"),
                        entry("ge", "GreaterOrEqual"))
                .forEach((name, op) -> table.put(name, Mapping.one(c -> compare(c, op))));
        table.put("ne", Mapping.one(c -> c.emit("Not", compare(c, "Equal"))));
        Map.ofEntries(entry("logical_and", "And"), entry("logical_or", "Or"), entry("logical_xor", "Xor"))
                .forEach((name, op) ->
                        table.put(name, Mapping.one(c -> c.emit(op, c.in(0, DType.BOOL), c.in(1, DType.BOOL)))));
        table.put("logical_not", Mapping.one(c -> c.emit("Not", c.in(0, DType.BOOL))));
        table.put("isnan", Mapping.one(c -> c.emit("IsNaN", c.in(0))));
        table.put("isinf", Mapping.one(c -> c.emit("IsInf", c.in(0))));
        table.put(
                "isfinite",
                Mapping.one(c -> c.emit("Not", c.emit("Or", c.emit("IsNaN", c.in(0)), c.emit("IsInf", c.in(0))))));
        table.put(
                "where",
                Mapping.one(c -> c.emit("Where", c.in(0, DType.BOOL), c.in(1, c.outType(0)), c.in(2, c.outType(0)))));
        table.put(
                "masked_fill",
                Mapping.one(c -> c.emit(
                        "Where",
                        c.in(1, DType.BOOL),
                        c.scalar(c.number("value"), c.outType(0)),
                        c.in(0, c.outType(0)))));
        return table;
    }

    private static String compare(Call c, String op) {
        var type = c.type(0);
        if (c.has(1)) {
            var other = c.type(1);
            if (type != other) {
                type = wider(type, other);
            }
        } else if (!type.isFloating() && c.number("value") != Math.rint(c.number("value"))) {
            type = DType.FLOAT64;
        }
        if (type == DType.BOOL) {
            type = DType.INT32; // only equality compares truth values
        }
        return c.emit(op, c.in(0, type), c.has(1) ? c.in(1, type) : c.scalar(c.number("value"), type));
    }

    private static DType wider(DType a, DType b) {
        if (a.isFloating() != b.isFloating()) {
            return a.isFloating() ? a : b;
        }
        return a.bytes() >= b.bytes() ? a : b;
    }
}
