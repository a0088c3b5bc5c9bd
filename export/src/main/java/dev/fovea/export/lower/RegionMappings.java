package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.DType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Boxes that suppress each other, and regions pooled from maps. */
final class RegionMappings {
    private RegionMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("suppress", Mapping.one(RegionMappings::suppress));
        table.put("pyramid_roi_align", Mapping.one(RegionMappings::pyramidRoiAlign));
        return table;
    }

    /** Groups become ONNX's classes: a box has its score in its own group's row and less than any threshold in the others. */
    private static String suppress(Call c) {
        long groups = c.integer("groups");
        String rows =
                c.constant("groups", Constant.row(LongStream.range(0, groups).toArray()));
        String own = c.emit("Equal", c.unsqueeze(c.in(2), 1), c.reshape(rows, 1, groups, 1)); // [N, G, K]
        String scores = c.emit("Where", own, c.unsqueeze(c.in(1, DType.FLOAT32), 1), c.scalar(-1, DType.FLOAT32));
        String chosen = c.emit(
                "NonMaxSuppression",
                c.in(0, DType.FLOAT32),
                scores,
                c.length(c.inLengths(1).get(1)),
                c.constant("iou", Constant.row(DType.FLOAT32, c.number("iou"))),
                c.constant("least_score", Constant.row(DType.FLOAT32, c.number("least_score")))); // [S, 3]
        String places = c.emit("Gather", Call.with("axis", 1), chosen, c.row(0, 2)); // picture and box
        String count = c.emit("Slice", c.emit("Shape", chosen), c.row(0), c.row(1));
        String ones = c.emit("ConstantOfShape", Call.with("value", Constant.row(DType.FLOAT32, 1)), count);
        String none =
                c.emit("ConstantOfShape", Call.with("value", Constant.row(DType.FLOAT32, 0)), c.row(c.inLengths(1)));
        return c.cast(c.emit("ScatterND", none, places, ones), DType.FLOAT32, DType.BOOL);
    }

    /** Regions go to the map that fits their size, are pooled map by map, and are put back into their order. */
    private static String pyramidRoiAlign(Call c) {
        int boxes = c.inputs() - 1;
        double[] scales = c.numbers("scales");
        var each = c.inLengths(boxes).subList(0, 2);
        String flat = c.reshape(c.in(boxes), -1, 4);
        String pictures =
                c.reshape(c.emit("Expand", c.unsqueeze(counted(c, c.length(each.get(0))), 1), c.row(each)), -1);
        String levels = scales.length == 1 ? null : levels(c, flat, scales);
        var pooled = new String[scales.length];
        var wheres = new String[scales.length];
        for (int level = 0; level < scales.length; level++) {
            if (levels == null) {
                return align(c, c.in(level), flat, pictures, scales[level]);
            }
            String here = c.emit("Equal", levels, c.scalar(level, DType.INT64));
            wheres[level] = c.squeeze(c.emit("NonZero", here), 0);
            pooled[level] = align(
                    c,
                    c.in(level),
                    c.emit("Gather", flat, wheres[level]),
                    c.emit("Gather", pictures, wheres[level]),
                    scales[level]);
        }
        String order = c.emit("Concat", Call.with("axis", 0), wheres);
        String back = c.emit("ScatterElements", order, order, counted(c, c.emit("Shape", order)));
        return c.emit("Gather", c.emit("Concat", Call.with("axis", 0), pooled), back);
    }

    /** 0, 1, 2, ... as many as a row of one number says. */
    private static String counted(Call c, String count) {
        return c.emit("Range", c.scalar(0, DType.INT64), c.squeeze(count, 0), c.scalar(1, DType.INT64));
    }

    private static String align(Call c, String map, String boxes, String pictures, double scale) {
        var attributes = Call.with(
                "mode",
                "avg",
                "output_height",
                c.integer("height"),
                "output_width",
                c.integer("width"),
                "sampling_ratio",
                c.integer("samples"),
                "spatial_scale",
                scale,
                "coordinate_transformation_mode",
                "output_half_pixel");
        return c.emit("RoiAlign", attributes, map, boxes, pictures);
    }

    /** The place of the map for each box {@code [R, 4]}: {@code [R]} int64 (Lin et al. 2017, equation 1). */
    private static String levels(Call c, String boxes, double[] scales) {
        var sides = List.of(side(c, boxes, 0), side(c, boxes, 1));
        String side = c.emit("Sqrt", c.emit("Mul", sides.get(0), sides.get(1)));
        String ratio = c.emit("Div", side, number(c, c.number("canonical_size")));
        String octaves = c.emit("Div", c.emit("Log", ratio), number(c, Math.log(2)));
        String level = c.emit("Floor", c.emit("Add", octaves, number(c, c.integer("canonical_level") + 1e-6)));
        double finest = -Math.log(scales[0]) / Math.log(2);
        double coarsest = -Math.log(scales[scales.length - 1]) / Math.log(2);
        String inside = c.emit("Clip", level, number(c, Math.rint(finest)), number(c, Math.rint(coarsest)));
        return c.cast(c.emit("Sub", inside, number(c, Math.rint(finest))), DType.FLOAT32, DType.INT64);
    }

    private static String number(Call c, double value) {
        return c.scalar(value, DType.FLOAT32);
    }

    private static String side(Call c, String boxes, long axis) {
        String far = c.emit("Gather", Call.with("axis", 1), boxes, c.scalar(axis + 2.0, DType.INT64));
        String near = c.emit("Gather", Call.with("axis", 1), boxes, c.scalar((double) axis, DType.INT64));
        return c.emit("Sub", far, near);
    }
}
