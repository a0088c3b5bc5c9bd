package dev.fovea.export.lower;

import static java.util.Map.entry;

import java.util.HashMap;
import java.util.Map;

/** Activations. */
final class ActivationMappings {
    private ActivationMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        Map.ofEntries(
                        entry("relu", "Relu"),
                        entry("sigmoid", "Sigmoid"),
                        entry("tanh", "Tanh"),
                        entry("hardswish", "HardSwish"),
                        entry("selu", "Selu"))
                .forEach((name, op) -> table.put(name, Mapping.one(c -> c.emit(op, c.in(0)))));
        table.put("silu", Mapping.one(c -> c.emit("Mul", c.in(0), c.emit("Sigmoid", c.in(0)))));
        table.put(
                "hardsigmoid",
                Mapping.one(c -> c.emit("HardSigmoid", Call.with("alpha", 1.0 / 6, "beta", 0.5), c.in(0))));
        table.put("softplus", Mapping.one(ActivationMappings::softplus));
        table.put("log_sigmoid", Mapping.one(c -> c.emit("Neg", c.emit("Softplus", c.emit("Neg", c.in(0))))));
        table.put("mish", Mapping.one(c -> c.emit("Mul", c.in(0), c.emit("Tanh", c.emit("Softplus", c.in(0))))));
        table.put("clamp", Mapping.one(ActivationMappings::clamp));
        table.put("prelu", Mapping.one(ActivationMappings::prelu));
        table.put("leaky_relu", Mapping.one(c -> c.emit("LeakyRelu", Call.with("alpha", c.number("slope")), c.in(0))));
        table.put("elu", Mapping.one(c -> c.emit("Elu", Call.with("alpha", c.number("alpha")), c.in(0))));
        table.put("celu", Mapping.one(c -> c.emit("Celu", Call.with("alpha", c.number("alpha")), c.in(0))));
        table.put("gelu", Mapping.one(ActivationMappings::gelu));
        table.put("glu", Mapping.one(ActivationMappings::glu));
        table.put("logit", Mapping.one(ActivationMappings::logit));
        return table;
    }

    private static String softplus(Call c) {
        double beta = c.number("beta", 1);
        double threshold = c.number("threshold", 20);
        var type = c.outType(0);
        String scaled = beta == 1 ? c.in(0) : c.emit("Mul", c.in(0), c.scalar(beta, type));
        String soft = c.emit("Softplus", scaled);
        soft = beta == 1 ? soft : c.emit("Div", soft, c.scalar(beta, type));
        // Beyond 20 the function and its argument are the same float.
        return threshold >= 20 && beta == 1
                ? soft
                : c.emit("Where", c.emit("Greater", scaled, c.scalar(threshold, type)), c.in(0), soft);
    }

    private static String clamp(Call c) {
        var type = c.outType(0);
        String low = c.given("min") ? c.scalar(c.number("min"), type) : "";
        String high = c.given("max") ? c.scalar(c.number("max"), type) : "";
        return high.isEmpty() ? c.emit("Clip", c.in(0, type), low) : c.emit("Clip", c.in(0, type), low, high);
    }

    /** Slopes belong to dimension 1; ONNX lines them up with the last one. */
    private static String prelu(Call c) {
        int rank = c.rank(0);
        if (c.shape(1).numel() == 1 || rank <= 2) {
            return c.emit("PRelu", c.in(0), c.in(1));
        }
        var dims = new long[rank - 1];
        java.util.Arrays.fill(dims, 1);
        dims[0] = c.shape(1).numel();
        String slopes = c.known(1).isPresent()
                ? c.derived(1, ".per_channel" + rank, t -> t.reshape(dims))
                : c.reshape(c.in(1), dims);
        return c.emit("PRelu", c.in(0), slopes);
    }

    private static String gelu(Call c) {
        boolean tanh = c.text("approximate").equals("tanh");
        if (c.opset() >= 20) {
            return c.emit("Gelu", Call.with("approximate", tanh ? "tanh" : "none"), c.in(0));
        }
        var type = c.outType(0);
        String x = c.in(0);
        String one = c.scalar(1, type);
        if (tanh) {
            String cube = c.emit("Mul", c.emit("Mul", x, x), x);
            String inner = c.emit("Add", x, c.emit("Mul", cube, c.scalar(0.044715, type)));
            String t = c.emit("Tanh", c.emit("Mul", inner, c.scalar(Math.sqrt(2 / Math.PI), type)));
            return c.emit("Mul", c.emit("Mul", x, c.emit("Add", t, one)), c.scalar(0.5, type));
        }
        // The order in which engines look for the pattern.
        String erf = c.emit("Erf", c.emit("Div", x, c.scalar(Math.sqrt(2), type)));
        return c.emit("Mul", c.emit("Mul", x, c.emit("Add", erf, one)), c.scalar(0.5, type));
    }

    private static String glu(Call c) {
        int axis = c.axis("dim", c.rank(0));
        long half = c.fixedLength(0, axis) / 2;
        var halves = c.emitMany("Split", 2, Call.with("axis", axis), c.in(0), c.row(half, half));
        return c.emit("Mul", halves.get(0), c.emit("Sigmoid", halves.get(1)));
    }

    private static String logit(Call c) {
        double eps = c.number("eps");
        var type = c.outType(0);
        String p = c.emit("Clip", c.in(0, type), c.scalar(eps, type), c.scalar(1 - eps, type));
        return c.emit("Log", c.emit("Div", p, c.emit("Sub", c.scalar(1, type), p)));
    }
}
