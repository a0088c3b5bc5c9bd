package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Making tensors whose size follows the input, and joining several. What does not follow the input is a constant long before. */
final class CreationMappings {
    private CreationMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("zeros", Mapping.one(c -> filled(c, 0)));
        table.put("full", Mapping.one(c -> filled(c, c.number("value"))));
        table.put("arange", Mapping.one(CreationMappings::arange));
        table.put("linspace", Mapping.one(CreationMappings::linspace));
        table.put("eye", Mapping.one(CreationMappings::eye));
        table.put("cat", Mapping.one(c -> c.emit("Concat", Call.with("axis", c.axis("dim", c.outRank(0))), inputs(c))));
        table.put("stack", Mapping.one(CreationMappings::stack));
        table.put("einsum", Mapping.one(c -> c.emit("Einsum", Call.with("equation", c.text("equation")), inputs(c))));
        table.put("meshgrid", CreationMappings::meshgrid);
        return table;
    }

    /** Tensors without elements may have any rank in the facade; they add nothing. */
    private static String[] inputs(Call c) {
        var names = new ArrayList<String>();
        for (int i = 0; i < c.inputs(); i++) {
            if (c.shape(i).numel() > 0) {
                names.add(c.in(i, c.outType(0)));
            }
        }
        return names.toArray(String[]::new);
    }

    private static String filled(Call c, double value) {
        var type = c.elementType("dtype");
        var attributes = Call.with("value", Constant.row(type, value));
        return c.emit("ConstantOfShape", attributes, c.row(c.lengths("shape")));
    }

    private static String arange(Call c) {
        var type = c.elementType("dtype");
        double start = c.number("start");
        double step = c.number("step");
        // The end follows from how many numbers there are.
        String count = c.cast(c.squeeze(c.length(c.outLengths(0).get(0)), 0), DType.INT64, type);
        String end = c.emit("Add", c.scalar(start, type), c.emit("Mul", count, c.scalar(step, type)));
        return c.emit("Range", c.scalar(start, type), end, c.scalar(step, type));
    }

    private static String linspace(Call c) {
        var type = c.elementType("dtype");
        double start = c.number("start");
        double end = c.number("end");
        String count = c.squeeze(c.length(c.outLengths(0).get(0)), 0);
        String places =
                c.cast(c.emit("Range", c.scalar(0, DType.INT64), count, c.scalar(1, DType.INT64)), DType.INT64, type);
        String gaps = c.cast(c.emit("Sub", count, c.scalar(1, DType.INT64)), DType.INT64, type);
        String way = c.emit("Div", c.emit("Mul", places, c.scalar(end - start, type)), gaps);
        return c.emit("Add", way, c.scalar(start, type));
    }

    private static String eye(Call c) {
        var n = c.outLengths(0).get(0);
        String zeros =
                c.emit("ConstantOfShape", Call.with("value", Constant.row(DType.FLOAT32, 0)), c.row(List.of(n, n)));
        return c.cast(c.emit("EyeLike", zeros), DType.FLOAT32, c.elementType("dtype"));
    }

    private static String stack(Call c) {
        int axis = c.axis("dim", c.outRank(0));
        var parts = new String[c.inputs()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = c.unsqueeze(c.in(i, c.outType(0)), axis);
        }
        return c.emit("Concat", Call.with("axis", axis), parts);
    }

    private static void meshgrid(Call c) {
        int n = c.inputs();
        for (int i = 0; i < n; i++) {
            var dims = new long[n];
            java.util.Arrays.fill(dims, 1);
            dims[i] = -1;
            c.result(i, c.emit("Expand", c.reshape(c.in(i), dims), c.row(c.outLengths(i))));
        }
    }
}
