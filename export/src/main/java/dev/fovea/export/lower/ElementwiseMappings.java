package dev.fovea.export.lower;

import static java.util.Map.entry;

import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.Map;

/** Arithmetic and functions, element by element. */
final class ElementwiseMappings {
    private ElementwiseMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        Map.ofEntries(
                        entry("neg", "Neg"),
                        entry("abs", "Abs"),
                        entry("sign", "Sign"),
                        entry("floor", "Floor"),
                        entry("ceil", "Ceil"),
                        entry("round", "Round"))
                .forEach((name, op) -> table.put(name, Mapping.one(c -> c.emit(op, c.in(0)))));
        Map.ofEntries(
                        entry("exp", "Exp"),
                        entry("log", "Log"),
                        entry("sqrt", "Sqrt"),
                        entry("reciprocal", "Reciprocal"),
                        entry("sin", "Sin"),
                        entry("cos", "Cos"),
                        entry("tan", "Tan"),
                        entry("asin", "Asin"),
                        entry("acos", "Acos"),
                        entry("atan", "Atan"),
                        entry("erf", "Erf"))
                .forEach((name, op) -> table.put(name, Mapping.one(c -> c.emit(op, floating(c)))));
        table.put("add", Mapping.one(c -> arithmetic(c, "Add")));
        table.put("sub", Mapping.one(c -> arithmetic(c, "Sub")));
        table.put("mul", Mapping.one(c -> arithmetic(c, "Mul")));
        table.put("div", Mapping.one(c -> arithmetic(c, "Div")));
        table.put("maximum", Mapping.one(c -> arithmetic(c, "Max")));
        table.put("minimum", Mapping.one(c -> arithmetic(c, "Min")));
        table.put("pow", Mapping.one(ElementwiseMappings::pow));
        table.put("remainder", Mapping.one(c -> remainder(c, left(c), right(c))));
        table.put("floor_divide", Mapping.one(ElementwiseMappings::floorDivide));
        table.put("square", Mapping.one(c -> c.emit("Mul", c.in(0), c.in(0))));
        table.put("rsqrt", Mapping.one(c -> c.emit("Reciprocal", c.emit("Sqrt", floating(c)))));
        table.put("log1p", Mapping.one(c -> c.emit("Log", c.emit("Add", floating(c), one(c)))));
        table.put("expm1", Mapping.one(c -> c.emit("Sub", c.emit("Exp", floating(c)), one(c))));
        table.put(
                "log2",
                Mapping.one(c -> c.emit("Mul", c.emit("Log", floating(c)), c.scalar(1 / Math.log(2), c.outType(0)))));
        table.put("trunc", Mapping.one(ElementwiseMappings::trunc));
        table.put("atan2", Mapping.one(ElementwiseMappings::atan2));
        table.put("lerp", Mapping.one(ElementwiseMappings::lerp));
        return table;
    }

    private static String floating(Call c) {
        return c.in(0, c.outType(0));
    }

    private static String one(Call c) {
        return c.scalar(1, c.outType(0));
    }

    /** The first operand in the result's type. */
    private static String left(Call c) {
        return c.in(0, c.outType(0));
    }

    /** The second operand, a tensor or a number, in the result's type. */
    private static String right(Call c) {
        return c.has(1) ? c.in(1, c.outType(0)) : c.scalar(c.number("value"), c.outType(0));
    }

    private static String arithmetic(Call c, String op) {
        return c.emit(op, left(c), right(c));
    }

    private static String pow(Call c) {
        if (!c.has(1) && c.number("value") == 2) {
            return c.emit("Mul", left(c), left(c));
        }
        return !c.has(1) && c.number("value") == 0.5 ? c.emit("Sqrt", left(c)) : arithmetic(c, "Pow");
    }

    /** With the divisor's sign. */
    private static String remainder(Call c, String a, String b) {
        if (!c.outType(0).isFloating()) {
            return c.emit("Mod", a, b);
        }
        return c.emit("Sub", a, c.emit("Mul", c.emit("Floor", c.emit("Div", a, b)), b));
    }

    private static String floorDivide(Call c) {
        String a = left(c);
        String b = right(c);
        if (c.outType(0).isFloating()) {
            return c.emit("Floor", c.emit("Div", a, b));
        }
        // Division of integers cuts towards 0; less the remainder with the divisor's sign it comes out even.
        return c.emit("Div", c.emit("Sub", a, c.emit("Mod", a, b)), b);
    }

    private static String trunc(Call c) {
        return c.emit("Mul", c.emit("Sign", c.in(0)), c.emit("Floor", c.emit("Abs", c.in(0))));
    }

    /** From the arc tangent of the ratio, moved into the right quadrant. */
    private static String atan2(Call c) {
        var type = c.outType(0);
        String y = c.in(0, type);
        String x = c.in(1, type);
        String zero = c.scalar(0, type);
        String isLeft = c.emit("Less", x, zero);
        String isUpper = c.emit("GreaterOrEqual", y, zero);
        String half = c.emit("Where", isUpper, c.scalar(Math.PI, type), c.scalar(-Math.PI, type));
        String onAxis = c.emit("Mul", c.emit("Sign", y), c.scalar(Math.PI / 2, type));
        String isAxis = c.emit("Equal", x, zero);
        String safe = c.emit("Where", isAxis, c.scalar(1, type), x);
        String ratio = c.emit("Atan", c.emit("Div", y, safe));
        String moved = c.emit("Add", ratio, c.emit("Where", isLeft, half, zero));
        return c.emit("Where", isAxis, onAxis, moved);
    }

    private static String lerp(Call c) {
        DType type = c.outType(0);
        String weight = c.has(2) ? c.in(2, type) : c.scalar(c.number("weight"), type);
        String way = c.emit("Sub", c.in(1, type), c.in(0, type));
        return c.emit("Add", c.in(0, type), c.emit("Mul", way, weight));
    }
}
