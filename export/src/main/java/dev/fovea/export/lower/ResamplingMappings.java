package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Resizing, sampling between pixels, windows as columns, and trading channels for pixels. */
final class ResamplingMappings {
    private ResamplingMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("interpolate", Mapping.one(ResamplingMappings::interpolate));
        table.put("grid_sample", Mapping.one(ResamplingMappings::gridSample));
        table.put("affine_grid", Mapping.one(ResamplingMappings::affineGrid));
        table.put("unfold", Mapping.one(ResamplingMappings::unfold));
        table.put("fold", Mapping.one(ResamplingMappings::fold));
        table.put(
                "pixel_shuffle",
                Mapping.one(c ->
                        c.emit("DepthToSpace", Call.with("blocksize", c.integer("factor"), "mode", "CRD"), c.in(0))));
        table.put("pixel_unshuffle", Mapping.one(ResamplingMappings::pixelUnshuffle));
        return table;
    }

    private static String interpolate(Call c) {
        String mode = c.text("mode");
        if (mode.equals("area")) {
            throw c.refuse("area has no mapping; use adaptiveAvgPool2d");
        }
        boolean corners = c.flag("align_corners");
        boolean antialias = c.flag("antialias");
        var attributes = new HashMap<String, Object>();
        switch (mode) {
            case "nearest" -> {
                attributes.put("mode", "nearest");
                attributes.put("coordinate_transformation_mode", "asymmetric");
                attributes.put("nearest_mode", "floor");
            }
            case "nearest_exact" -> {
                attributes.put("mode", "nearest");
                attributes.put("coordinate_transformation_mode", "half_pixel");
                attributes.put("nearest_mode", "round_prefer_ceil");
            }
            default -> {
                attributes.put("mode", mode.equals("bicubic") ? "cubic" : "linear");
                attributes.put("coordinate_transformation_mode", corners ? "align_corners" : "half_pixel");
                // Keys' parameter: libtorch takes another one where it smooths.
                attributes.put("cubic_coeff_a", antialias ? -0.5 : -0.75);
            }
        }
        if (antialias) {
            c.needOpset(18);
            attributes.put("antialias", 1L);
            attributes.put("exclude_outside", 1L);
        }
        if (c.given("scale")) {
            double[] scale = c.numbers("scale");
            var all = new double[c.rank(0)];
            java.util.Arrays.fill(all, 1);
            System.arraycopy(scale, 0, all, all.length - scale.length, scale.length);
            return c.emit("Resize", attributes, c.in(0), "", c.constant("scales", Constant.row(DType.FLOAT32, all)));
        }
        var target = new ArrayList<>(c.inLengths(0).subList(0, 2));
        target.addAll(c.lengths("size"));
        return c.emit("Resize", attributes, c.in(0), "", "", c.row(target));
    }

    private static String gridSample(Call c) {
        String mode = c.text("mode");
        boolean named = c.opset() >= 20; // the modes were renamed
        if (named) {
            mode = mode.equals("bilinear") ? "linear" : mode.equals("bicubic") ? "cubic" : mode;
        }
        var attributes = Call.with(
                "mode", mode, "padding_mode", c.text("padding_mode"), "align_corners", c.flag("align_corners") ? 1 : 0);
        return c.emit("GridSample", attributes, c.in(0), c.in(1));
    }

    /** A grid of places that does not move, moved by each matrix. */
    private static String affineGrid(Call c) {
        long height = c.outShape(0).dim(1);
        long width = c.outShape(0).dim(2);
        if (!Length.isConstant(c.outLengths(0).get(1).seen())) {
            throw c.refuse("needs maps of one size; export for one size of picture");
        }
        boolean corners = c.flag("align_corners");
        var places = new float[(int) (height * width * 3)];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = (int) (y * width + x) * 3;
                places[at] = place(x, width, corners);
                places[at + 1] = place(y, height, corners);
                places[at + 2] = 1;
            }
        }
        String grid = c.constant("places", Constant.of(places, height * width, 3));
        String moved = c.emit("MatMul", grid, c.transpose(c.in(0), 0, 2, 1)); // [N, h w, 2]
        var flat = new ArrayList<>(c.outLengths(0));
        return c.reshape(moved, List.of(flat.get(0)), flat);
    }

    private static float place(int i, long n, boolean corners) {
        if (corners) {
            return n == 1 ? 0 : 2f * i / (n - 1) - 1;
        }
        return (2f * i + 1) / n - 1;
    }

    /** A grouped convolution whose kernels copy one place of the window each. */
    private static String unfold(Call c) {
        long[] kernel = c.integers("kernel");
        long channels = c.fixedLength(0, 1);
        String kernels = c.constant("places", Constant.of(windowKernels(channels, kernel[0], kernel[1])));
        var attributes = Call.with(
                "kernel_shape",
                kernel,
                "strides",
                c.integers("stride"),
                "pads",
                ConvolutionMappings.rims(c.integers("padding")),
                "dilations",
                c.integers("dilation"),
                "group",
                channels);
        return c.reshape(c.emit("Conv", attributes, c.in(0), kernels), 0, channels * kernel[0] * kernel[1], -1);
    }

    /** The transposed convolution of {@link #unfold}: each column's places are added to the map. */
    private static String fold(Call c) {
        long[] kernel = c.integers("kernel");
        long[] stride = c.integers("stride");
        long[] padding = c.integers("padding");
        long[] dilation = c.integers("dilation");
        long[] size = c.integers("size");
        long channels = c.outShape(0).dim(1);
        var windows = new long[2];
        var rest = new long[2];
        for (int i = 0; i < 2; i++) {
            long room = size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
            windows[i] = room / stride[i] + 1;
            rest[i] = room % stride[i];
        }
        String kernels = c.constant("places", Constant.of(windowKernels(channels, kernel[0], kernel[1])));
        String maps = c.reshape(c.in(0), 0, channels * kernel[0] * kernel[1], windows[0], windows[1]);
        var attributes = Call.with(
                "kernel_shape",
                kernel,
                "strides",
                stride,
                "pads",
                ConvolutionMappings.rims(padding),
                "output_padding",
                rest,
                "dilations",
                dilation,
                "group",
                channels);
        return c.emit("ConvTranspose", attributes, maps, kernels);
    }

    private static String pixelUnshuffle(Call c) {
        long factor = c.integer("factor");
        int rank = c.rank(0);
        if (rank != 4) {
            throw c.refuse("only maps [N, C, H, W] have a mapping, got " + c.shape(0));
        }
        var in = c.inLengths(0);
        var out = c.outLengths(0);
        var block = Length.fixed(factor, in.get(0).seen().length);
        var apart = List.of(in.get(0), in.get(1), out.get(2), block, out.get(3), block);
        String blocks = c.transpose(c.reshape(c.in(0), in, apart), 0, 1, 3, 5, 2, 4);
        return c.reshape(blocks, List.of(in.get(0)), out);
    }

    /** The one-hot kernels by which a grouped convolution copies each place of a window into a channel of its own. */
    private static Tensor windowKernels(long channels, long height, long width) {
        long places = height * width;
        return Tensor.eye(places, DType.FLOAT32, Device.CPU)
                .reshape(places, 1, height, width)
                .repeat(channels, 1, 1, 1);
    }
}
