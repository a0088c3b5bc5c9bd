package dev.fovea.export.lower;

import dev.fovea.export.lower.MappingsTest.Case;
import dev.fovea.nn.detect.PyramidRoiAlign;
import dev.fovea.nn.detect.Suppression;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Every operation in use, in its different forms; inputs are {@code [N, ...]} with a free N. */
final class MappingCases {
    private final List<Case> cases = new ArrayList<>();
    private int opset = 20;
    private DType type = DType.FLOAT32;

    private void op(String name, String what, Function<Tensor, Tensor> run, long... shape) {
        many(name, what, x -> List.of(run.apply(x)), shape);
    }

    private void op(String name, Function<Tensor, Tensor> run, long... shape) {
        op(name, "", run, shape);
    }

    private void many(String name, String what, Function<Tensor, List<Tensor>> run, long... shape) {
        cases.add(new Case(
                name, what, run, opset, type, LongStream.of(shape).boxed().toList()));
    }

    /** The same numbers whenever they are asked for. */
    private static Tensor noise(long... shape) {
        var random = new Random(77);
        var values = new float[(int) dev.fovea.tensor.Shape.of(shape).numel()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }

    private static long[] of(long... values) {
        return values;
    }

    List<Case> all() {
        elementwise();
        comparisons();
        activations();
        reductions();
        order();
        shapes();
        indices();
        convolutions();
        pooling();
        resampling();
        normalisation();
        networks();
        creation();
        regions();
        opset = 17;
        older();
        return cases;
    }

    /** Boxes {@code [N, K, 4]} in a frame of 64 pixels from noise {@code [N, K, 4]}. */
    private static Tensor boxes(Tensor x) {
        var near = x.narrow(2, 0, 2).sigmoid().mul(40);
        return Tensor.cat(List.of(near, near.add(x.narrow(2, 2, 2).sigmoid().mul(24))), 2);
    }

    private void regions() {
        op(
                "suppress",
                "within groups",
                x -> {
                    var boxes = boxes(x);
                    var scores = x.select(2, 0).sigmoid();
                    var groups =
                            x.select(2, 1).mul(10).to(DType.INT64).remainder(3).to(DType.INT64);
                    return Suppression.kept(boxes, scores, groups, 3, 0.3, 0.2);
                },
                40,
                4);
        op(
                "suppress",
                "nothing good enough",
                x -> Suppression.kept(
                        boxes(x),
                        x.select(2, 0).sigmoid(),
                        x.select(2, 0).to(DType.INT64).mul(0),
                        1,
                        0.5,
                        1),
                6,
                4);
        op(
                "pyramid_roi_align",
                x -> {
                    var map = x.squeeze(1).mul(noise(5, 1, 1)).add(noise(5, 16, 16));
                    var maps = List.of(map, map.adaptiveAvgPool2d(8, 8), map.adaptiveAvgPool2d(4, 4));
                    var boxes = boxes(x.flatten(1, 4).reshape(x.dim(0), -1, 4).narrow(1, 0, 9));
                    return new PyramidRoiAlign(3, 2, 2, 16, 3).poolAll(maps, boxes, 64);
                },
                1,
                1,
                16,
                16);
        op(
                "pyramid_roi_align",
                "one map",
                x -> {
                    var map = x.squeeze(1).mul(noise(5, 1, 1)).add(noise(5, 16, 16));
                    var boxes = boxes(x.flatten(1, 4).reshape(x.dim(0), -1, 4).narrow(1, 0, 9));
                    return PyramidRoiAlign.of(2, 2, 2).poolAll(List.of(map), boxes, 64);
                },
                1,
                1,
                16,
                16);
    }

    private void elementwise() {
        op("neg", Tensor::neg, 4);
        op("abs", Tensor::abs, 4);
        op("sign", Tensor::sign, 4);
        op("floor", Tensor::floor, 4);
        op("ceil", Tensor::ceil, 4);
        op("round", x -> x.mul(2).round(), 40);
        op("exp", Tensor::exp, 4);
        op("log", x -> x.abs().log(), 4);
        op("sqrt", x -> x.abs().sqrt(), 4);
        op("reciprocal", x -> x.abs().add(0.5).reciprocal(), 4);
        op("sin", Tensor::sin, 4);
        op("cos", Tensor::cos, 4);
        op("tan", x -> x.mul(0.3).tan(), 4);
        op("asin", x -> x.mul(0.2).asin(), 4);
        op("acos", x -> x.mul(0.2).acos(), 4);
        op("atan", Tensor::atan, 4);
        op("erf", Tensor::erf, 4);
        op("add", "a row", x -> x.add(noise(4)), 4);
        op("add", "integers and floats", x -> x.to(DType.INT64).add(x), 4);
        op("add", "a number to integers", x -> x.to(DType.INT64).add(2), 4);
        op("sub", x -> x.sub(3).sub(noise(1, 4)), 4);
        op("mul", x -> x.mul(x).mul(0.5), 4);
        op("div", x -> x.div(3).div(x.abs().add(1)), 4);
        op("div", "integers", x -> x.mul(5).to(DType.INT64).div(2), 4);
        op("maximum", x -> x.maximum(noise(4)), 4);
        op("minimum", x -> x.minimum(noise(4)), 4);
        op("pow", x -> x.pow(2).add(x.abs().pow(1.7)).add(x.abs().pow(0.5)), 4);
        op("pow", "of a tensor", x -> x.abs().pow(noise(4)), 4);
        op("remainder", x -> x.mul(5).remainder(1.5), 8);
        op("remainder", "integers", x -> x.mul(9).to(DType.INT64).remainder(4), 8);
        op("remainder", "by a tensor", x -> x.mul(5).remainder(noise(8)), 8);
        op("floor_divide", x -> x.mul(9).floorDivide(2), 8);
        op("floor_divide", "integers", x -> x.mul(9).to(DType.INT64).floorDivide(4), 8);
        op("square", Tensor::square, 4);
        op("rsqrt", x -> x.abs().add(0.1).rsqrt(), 4);
        op("log1p", x -> x.abs().log1p(), 4);
        op("expm1", Tensor::expm1, 4);
        op("log2", x -> x.abs().log2(), 4);
        op("trunc", x -> x.mul(3).trunc(), 8);
        op("atan2", x -> x.atan2(noise(8)), 8);
        op("atan2", "on the axes", x -> x.sign().atan2(x.mul(0)), 8);
        op("lerp", x -> x.lerp(noise(4), 0.3), 4);
        op("lerp", "by a tensor", x -> x.lerp(noise(4), noise(4)), 4);
    }

    private void comparisons() {
        op("eq", x -> x.round().eq(0), 20);
        op("eq", "truth values", x -> x.gt(0).eq(x.lt(1)), 20);
        op("ne", x -> x.round().ne(x.round().mul(x.sign())), 20);
        op("lt", x -> x.lt(noise(4)), 4);
        op("le", x -> x.le(0.1), 4);
        op("gt", x -> x.to(DType.INT64).gt(0.5), 20);
        op("ge", x -> x.ge(x.mul(2)), 4);
        op("logical_and", x -> x.gt(0).logicalAnd(x.lt(1)), 20);
        op("logical_or", x -> x.gt(1).logicalOr(x.lt(0)), 20);
        op("logical_xor", x -> x.gt(1).logicalXor(x.lt(1.5)), 20);
        op("logical_not", x -> x.gt(0).logicalNot(), 20);
        op("isnan", x -> x.sqrt().isnan(), 20);
        op("isinf", x -> x.relu().log().isinf(), 20);
        op("isfinite", x -> x.relu().log().isfinite(), 20);
        op("where", x -> x.where(x.gt(0), noise(4)), 4);
        op("masked_fill", x -> x.maskedFill(x.gt(0), -7), 4);
    }

    private void activations() {
        op("relu", Tensor::relu, 8);
        op("sigmoid", Tensor::sigmoid, 8);
        op("tanh", Tensor::tanh, 8);
        op("hardswish", x -> x.mul(3).hardswish(), 8);
        op("hardsigmoid", x -> x.mul(3).hardsigmoid(), 8);
        op("selu", Tensor::selu, 8);
        op("silu", Tensor::silu, 8);
        op("softplus", x -> x.mul(9).softplus(), 8);
        op("softplus", "steeper", x -> x.mul(3).softplus(2, 3), 8);
        op("log_sigmoid", x -> x.mul(9).logSigmoid(), 8);
        op("mish", Tensor::mish, 8);
        op("clamp", x -> x.clamp(-0.5, 0.7), 8);
        op("clamp", "one side", x -> x.clampMin(-0.5).clampMax(0.6), 8);
        op("clamp", "relu6", x -> x.mul(5).relu6(), 8);
        op("prelu", "one slope", x -> x.prelu(Tensor.of(new float[] {0.2f}, 1)), 3, 4, 4);
        op("prelu", "per channel", x -> x.prelu(noise(3)), 3, 4, 4);
        op("leaky_relu", x -> x.leakyRelu(0.1), 8);
        op("elu", x -> x.elu(0.7), 8);
        op("celu", x -> x.celu(0.7), 8);
        op("gelu", Tensor::gelu, 8);
        op("gelu", "tanh", Tensor::geluTanh, 8);
        op("glu", x -> x.glu(-1), 3, 8);
        op("logit", x -> x.sigmoid().logit(1e-3), 8);
    }

    private void reductions() {
        op("sum", Tensor::sum, 3, 4);
        op("sum", "of dimensions", x -> x.sum(true, 1, -1), 3, 4);
        op("mean", "of the batch", x -> x.mean(false, 0), 3, 4);
        op("mean", "of maps", x -> x.mean(false, 2, 3), 3, 4, 4);
        op("mean", "of maps, kept", x -> x.mean(true, 2, 3), 3, 4, 4);
        op("prod", x -> x.prod(1, false), 3, 4);
        op("amax", x -> x.amax(true, 1), 3, 4);
        op("amax", "of all", x -> x.max(), 3, 4);
        op("amin", x -> x.amin(false, -1), 3, 4);
        op("logsumexp", x -> x.logsumexp(false, 1), 3, 4);
        op("var", x -> x.var(1, false, 1), 8);
        op("var", "uncorrected", x -> x.var(0, true, 2), 3, 4);
        op("std", x -> x.std(1, true, 1), 8);
        op("norm", x -> x.norm(2, false, 1), 8);
        op("norm", "p = 1", x -> x.norm(1, true, 1), 8);
        op("norm", "p = 3", x -> x.norm(3, true, 1), 8);
        op("norm", "the largest", x -> x.norm(Double.POSITIVE_INFINITY, true, 1), 8);
        op("all", x -> x.gt(-1).all(1, false), 4);
        op("any", x -> x.gt(1).any(1, true), 4);
        op("any", "of all", x -> x.gt(1).any(), 4);
        op("count_nonzero", x -> x.relu().countNonzero(1), 8);
        op("cumsum", x -> x.cumsum(1), 8);
        op("softmax", x -> x.softmax(1), 3, 4);
        op("log_softmax", x -> x.logSoftmax(-1), 3, 4);
    }

    private void order() {
        many("max", "", x -> List.of(x.max(1, true).values(), x.max(1, true).indices()), 8);
        many("min", "", x -> List.of(x.min(-1, false).values(), x.min(-1, false).indices()), 3, 8);
        op("argmax", x -> x.argmax(1, false), 8);
        op("argmin", x -> x.argmin(1, true), 8);
        many(
                "topk",
                "",
                x -> List.of(x.topk(3, 1, true).values(), x.topk(3, 1, true).indices()),
                8);
        many("topk", "smallest", x -> List.of(x.topk(2, 1, false).values()), 8);
        many("sort", "", x -> List.of(x.sort(1, true).values(), x.sort(1, true).indices()), 8);
        many(
                "sort",
                "of the batch, equal elements",
                x -> List.of(x.round().sort(0, false).indices()),
                8);
        op("argsort", x -> x.argsort(1, false), 8);
        many(
                "median",
                "",
                x -> List.of(x.median(1, false).values(), x.median(1, true).indices()),
                8);
        op("quantile", x -> x.quantile(0.3, 1, false), 8);
        op("quantile", "the last", x -> x.quantile(1, 1, true), 8);
        op("searchsorted", x -> noise(9).sort(0, false).values().searchSorted(x, false), 5);
        op("searchsorted", "right", x -> Tensor.of(new float[] {-1, 0, 0, 1}, 4).searchSorted(x.round(), true), 5);
    }

    private void shapes() {
        for (String same : List.of("contiguous", "channels_last", "clone", "detach")) {
            op(
                    same,
                    "",
                    x -> switch (same) {
                        case "contiguous" -> x.permute(0, 2, 3, 1).contiguous();
                        case "channels_last" -> x.channelsLast();
                        case "clone" -> x.copy();
                        default -> x.detach();
                    },
                    3,
                    4,
                    5);
        }
        op("cast", x -> x.to(DType.INT64).to(DType.FLOAT32), 8);
        op("reshape", x -> x.reshape(x.dim(0), 12), 3, 4);
        op("reshape", "batch and something else", x -> x.reshape(x.dim(0) * 3, 4), 3, 4);
        op("reshape", "two free lengths", x -> x.reshape(2, x.dim(0), 3, -1).reshape(x.dim(0), 2, 3, 2), 3, 4);
        op("unflatten", x -> x.unflatten(1, 3, -1), 12);
        op("flatten", x -> x.flatten(0, 1), 3, 4);
        op("permute", x -> x.permute(2, 0, -2), 3, 4);
        op("transpose", x -> x.transpose(0, -1), 3, 4);
        op("movedim", x -> x.moveDim(0, 2), 3, 4);
        op("squeeze", x -> x.squeeze(1).squeeze(1), 1, 4);
        op("squeeze", "all", x -> x.squeeze(), 1, 4, 1);
        op("unsqueeze", x -> x.unsqueeze(-1).unsqueeze(0), 4);
        op("expand", x -> noise(1, 3).expand(x.dim(0), -1).add(x), 3);
        op("repeat", x -> x.repeat(2, 1, 3), 4);
        op("repeat_interleave", x -> x.repeatInterleave(3, 1), 3, 4);
        op("repeat_interleave", "the batch", x -> x.repeatInterleave(2, 0), 3);
        op("narrow", x -> x.narrow(1, 1, 2), 4);
        op("narrow", "the batch but one", x -> x.narrow(0, 0, x.dim(0)), 4);
        op("slice", x -> x.slice(1, -3, Long.MAX_VALUE, 2), 6);
        op("select", x -> x.select(1, 2), 4);
        op("select", "from the end", x -> x.select(-1, -1), 4);
        op("flip", x -> x.flip(1, -1), 3, 4);
        op("roll", x -> x.roll(of(1, -2), 1, 2), 3, 4);
        op("roll", "the batch", x -> x.roll(of(1), 0), 4);
        op("tril", x -> x.tril(0), 4, 5);
        op("triu", x -> x.triu(1), 4, 5);
        op("pad", x -> x.pad(Tensor.PadMode.CONSTANT, 7, 1, 2, 0, 3), 3, 4);
        op("pad", "cutting", x -> x.pad(Tensor.PadMode.CONSTANT, 0, -1, 2), 3, 4);
        op("pad", "reflect", x -> x.pad(Tensor.PadMode.REFLECT, 0, 1, 2, 2, 1), 2, 4, 4);
        op("pad", "replicate", x -> x.pad(Tensor.PadMode.REPLICATE, 0, 1, 2, 2, 1), 2, 4, 4);
        op("pad", "circular", x -> x.pad(Tensor.PadMode.CIRCULAR, 0, 1, 2, 2, 1), 2, 4, 4);
    }

    private void indices() {
        var places = new long[] {2, 0, 1, 2};
        op("index_select", x -> x.indexSelect(1, Tensor.of(places, 4)), 3, 2);
        op("gather", x -> x.gather(1, x.argsort(1, true)), 5);
        op("take_along_dim", x -> x.takeAlongDim(x.argmax(2, true), 2), 3, 4);
        op("take_along_dim", "broadcast", x -> x.takeAlongDim(Tensor.of(new long[] {1}, 1, 1, 1), 2), 3, 4);
        op("scatter", x -> x.mul(0).scatter(1, x.argsort(1, false), x), 5);
        op("scatter_add", x -> x.scatterAdd(1, x.argmax(1, true), x.mul(2)), 5);
        op(
                "index_add",
                x -> x.indexAdd(1, Tensor.of(places, 4), x.repeat(1, 2, 1).narrow(1, 0, 4)),
                3,
                2);
        op("index", "one", x -> x.index(null, Tensor.of(places, 4)), 3, 2);
        op("index", "two", x -> x.index(Tensor.of(new long[] {1, 0}, 2), Tensor.of(new long[] {0, 2}, 2)), 3, 2);
        op("index", "a mask", x -> x.index(x.select(1, 0).gt(0)), 3);
        op("nonzero", x -> x.relu().nonzero(), 8);
        op("masked_select", x -> x.maskedSelect(x.gt(0)), 8);
        many("split", "", x -> x.split(1, 1, 3, 2), 6);
        many("chunk", "", x -> x.chunk(3, 1), 7);
        many("unbind", "", x -> x.unbind(1), 3, 2);
        op("one_hot", x -> x.argmax(1, false).oneHot(6), 5);
        op("diagonal", x -> x.diagonal(), 3, 4);
        op("unique", x -> x.round().unique(), 9);
        many(
                "unique_with_counts",
                "",
                x -> {
                    var u = x.round().uniqueWithCounts();
                    return List.of(u.values(), u.inverse(), u.counts());
                },
                9);
    }

    private void convolutions() {
        op("conv1d", x -> x.conv1d(noise(4, 3, 3), noise(4), of(2), of(1), of(1), 1), 3, 9);
        op("conv2d", x -> x.conv2d(noise(4, 3, 3, 2), noise(4), of(2, 1), of(1, 0), of(1, 2), 1), 3, 9, 8);
        op("conv2d", "depthwise", x -> x.conv2d(noise(3, 1, 3, 3), null, of(1, 1), of(1, 1), of(1, 1), 3), 3, 6, 6);
        op("conv3d", x -> x.conv3d(noise(2, 2, 2, 2, 2), null, of(1, 1, 1), of(1, 0, 1), of(1, 1, 1), 1), 2, 4, 4, 4);
        op("conv_transpose1d", x -> x.convTranspose1d(noise(3, 2, 3), noise(2), of(2), of(1), of(1), of(1), 1), 3, 5);
        op(
                "conv_transpose2d",
                x -> x.convTranspose2d(noise(4, 1, 3, 3), null, of(2, 2), of(1, 1), of(1, 0), of(1, 1), 2),
                4,
                5,
                4);
        op(
                "conv_transpose3d",
                x -> x.convTranspose3d(
                        noise(2, 1, 2, 2, 2), null, of(2, 2, 2), of(0, 0, 0), of(0, 0, 0), of(1, 1, 1), 1),
                2,
                3,
                3,
                3);
    }

    private void pooling() {
        op("max_pool1d", x -> x.maxPool1d(3, 2, 1, 1, false), 3, 9);
        op("max_pool2d", x -> x.maxPool2d(of(3, 2), of(2, 2), of(1, 0), of(1, 1), false), 3, 9, 8);
        op("max_pool2d", "rounding up", x -> x.maxPool2d(of(3, 3), of(2, 2), of(0, 0), of(1, 1), true), 3, 8, 8);
        op(
                "max_pool2d",
                "rounding up in vain",
                x -> x.maxPool2d(of(3, 3), of(2, 2), of(1, 1), of(1, 1), true),
                3,
                7,
                7);
        op("max_pool2d", "dilated", x -> x.maxPool2d(of(2, 2), of(1, 1), of(0, 0), of(2, 2), false), 3, 8, 8);
        op("max_pool3d", x -> x.maxPool3d(of(2, 2, 2), of(2, 2, 2), of(0, 0, 0), of(1, 1, 1), false), 2, 4, 4, 4);
        many(
                "max_pool2d_with_indices",
                "",
                x -> {
                    var p = x.maxPool2dIndexed(of(2, 2), of(2, 2), of(0, 0), of(1, 1), false);
                    return List.of(p.values(), p.indices());
                },
                2,
                6,
                6);
        op(
                "max_unpool2d",
                x -> {
                    var p = x.maxPool2dIndexed(of(2, 2), of(2, 2), of(0, 0), of(1, 1), false);
                    return p.values().maxUnpool2d(p.indices(), 6, 6);
                },
                2,
                6,
                6);
        op("avg_pool1d", x -> x.avgPool1d(3, 2, 1, false, true), 3, 9);
        op("avg_pool2d", x -> x.avgPool2d(of(3, 2), of(2, 2), of(1, 0), false, true), 3, 9, 8);
        op(
                "avg_pool2d",
                "the rim does not count",
                x -> x.avgPool2d(of(3, 3), of(2, 2), of(1, 1), false, false),
                3,
                9,
                8);
        op("avg_pool2d", "rounding up", x -> x.avgPool2d(of(3, 3), of(2, 2), of(0, 0), true, true), 3, 8, 8);
        op("avg_pool2d", "rounding up with a rim", x -> x.avgPool2d(of(3, 3), of(2, 2), of(1, 1), true, true), 3, 8, 8);
        op("avg_pool3d", x -> x.avgPool3d(of(2, 2, 2), of(2, 2, 2), of(0, 0, 0), false, true), 2, 4, 4, 4);
        op("adaptive_avg_pool1d", x -> x.adaptiveAvgPool1d(3), 2, 7);
        op("adaptive_avg_pool2d", "one", x -> x.adaptiveAvgPool2d(1, 1), 2, 7, 5);
        op("adaptive_avg_pool2d", "even", x -> x.adaptiveAvgPool2d(4, 2), 2, 8, 6);
        op("adaptive_avg_pool2d", "uneven", x -> x.adaptiveAvgPool2d(3, 4), 2, 7, 5);
        op("adaptive_avg_pool2d", "enlarging", x -> x.adaptiveAvgPool2d(7, 7), 2, 5, 3);
        op("adaptive_avg_pool3d", x -> x.adaptiveAvgPool3d(1, 1, 1), 2, 3, 4, 5);
        op("adaptive_max_pool2d", "one", x -> x.adaptiveMaxPool2d(1, 1), 2, 7, 5);
        op("adaptive_max_pool2d", "uneven", x -> x.adaptiveMaxPool2d(3, 2), 2, 7, 5);
    }

    private void resampling() {
        for (Tensor.Interpolation mode : new Tensor.Interpolation[] {
            Tensor.Interpolation.NEAREST, Tensor.Interpolation.NEAREST_EXACT, Tensor.Interpolation.BILINEAR
        }) {
            op("interpolate", mode + " larger", x -> x.interpolate(9, 11, mode, false, false), 2, 5, 6);
            op("interpolate", mode + " smaller", x -> x.interpolate(3, 4, mode, false, false), 2, 5, 7);
            op("interpolate", mode + " by factors", x -> x.interpolate(1.7, 2, mode, false), 2, 5, 6);
        }
        op("interpolate", "bicubic", x -> x.interpolate(9, 11, Tensor.Interpolation.BICUBIC, false, false), 2, 5, 6);
        op(
                "interpolate",
                "bicubic corners",
                x -> x.interpolate(9, 4, Tensor.Interpolation.BICUBIC, true, false),
                2,
                5,
                6);
        op("interpolate", "corners", x -> x.interpolate(9, 4, Tensor.Interpolation.BILINEAR, true, false), 2, 5, 6);
        op(
                "interpolate",
                "bilinear antialias",
                x -> x.interpolate(4, 5, Tensor.Interpolation.BILINEAR, false, true),
                2,
                13,
                9);
        op(
                "interpolate",
                "bicubic antialias",
                x -> x.interpolate(4, 5, Tensor.Interpolation.BICUBIC, false, true),
                2,
                13,
                9);
        for (Tensor.Interpolation mode : new Tensor.Interpolation[] {
            Tensor.Interpolation.NEAREST, Tensor.Interpolation.BILINEAR, Tensor.Interpolation.BICUBIC
        }) {
            for (Tensor.GridPadding rim : Tensor.GridPadding.values()) {
                op(
                        "grid_sample",
                        mode + " " + rim,
                        x -> x.gridSample(grid(x), mode, rim, false).mul(1),
                        2,
                        5,
                        6);
            }
        }
        op("affine_grid", x -> x.affineGrid(4, 5, false), 2, 3);
        op("affine_grid", "corners", x -> x.affineGrid(4, 5, true), 2, 3);
        op("unfold", x -> x.unfold(of(3, 2), of(1, 1), of(1, 0), of(2, 1)), 2, 7, 6);
        op("fold", x -> x.fold(of(8, 6), of(3, 2), of(1, 1), of(1, 0), of(2, 2)), 12, 12);
        op("pixel_shuffle", x -> x.pixelShuffle(2), 8, 3, 4);
        op("pixel_unshuffle", x -> x.pixelUnshuffle(2), 2, 6, 4);
    }

    /** Places within the map and beyond, none just on the edge between two pixels. */
    private static Tensor grid(Tensor x) {
        return noise(1, 4, 3, 2).mul(0.7).expand(x.dim(0), -1, -1, -1);
    }

    private void normalisation() {
        op("batch_norm", x -> x.batchNorm(noise(3), noise(3), noise(3), noise(3).abs(), false, 0.1, 1e-3), 3, 4, 4);
        op("batch_norm", "plain", x -> x.batchNorm(null, null, noise(3), noise(3).abs(), false, 0.1, 1e-3), 3, 4, 4);
        op("layer_norm", x -> x.layerNorm(of(4), noise(4), noise(4), 1e-5), 3, 4);
        op("layer_norm", "two dimensions", x -> x.layerNorm(of(3, 4), null, null, 1e-5), 2, 3, 4);
        op("group_norm", x -> x.groupNorm(2, noise(4), noise(4), 1e-5), 4, 3, 3);
        op("instance_norm", x -> x.instanceNorm(noise(4), noise(4), 1e-5), 4, 3, 3);
        op("instance_norm", "plain", x -> x.instanceNorm(null, null, 1e-5), 4, 3, 3);
        op("rms_norm", x -> x.rmsNorm(of(4), noise(4), 1e-5), 3, 4);
    }

    private void networks() {
        op("matmul", x -> x.matmul(noise(4, 5)), 3, 4);
        op("matmul", "of two inputs", x -> x.matmul(x.transpose(1, 2)), 3, 4);
        op("linear", x -> x.linear(noise(5, 4), noise(5)), 4);
        op("linear", "three dimensions", x -> x.linear(noise(5, 4), noise(5)), 3, 4);
        op("linear", "without a bias", x -> x.linear(noise(5, 4), null), 3, 4);
        op("linear", "weights that follow the input", x -> x.linear(x.mul(2), null), 4);
        op("embedding", x -> noise(9, 4).embedding(x.argmax(1, false)), 9);
        op(
                "scaled_dot_product_attention",
                x -> x.scaledDotProductAttention(x.mul(2), x.add(1), null, 0, false, null),
                2,
                5,
                4);
        op(
                "scaled_dot_product_attention",
                "causal",
                x -> x.scaledDotProductAttention(x.mul(2), x.add(1), null, 0, true, 0.3),
                2,
                5,
                4);
        op(
                "scaled_dot_product_attention",
                "added mask",
                x -> x.scaledDotProductAttention(x.mul(2), x, noise(5, 5), 0, false, null),
                2,
                5,
                4);
        op(
                "scaled_dot_product_attention",
                "truth mask",
                x -> x.scaledDotProductAttention(
                        x.mul(2),
                        x,
                        noise(5, 5).gt(0).logicalOr(Tensor.eye(5, DType.BOOL, Device.CPU)),
                        0,
                        false,
                        null),
                2,
                5,
                4);
        op("cdist", x -> x.cdist(x.mul(2).add(1), 2), 3, 4);
        op("cdist", "p = 1", x -> x.cdist(x.mul(2).add(1), 1), 3, 4);
        op("cdist", "p = 3", x -> x.cdist(x.mul(2).add(1), 3), 3, 4);
        op("cosine_similarity", x -> x.cosineSimilarity(noise(4), 1, 1e-8), 4);
        recurrence();
    }

    private void recurrence() {
        var two = new Tensor.Recurrence(2, true, 0, true, true);
        many(
                "lstm",
                "two layers, both ways",
                x -> {
                    var state = Tensor.zeros(4, x.dim(0), 3);
                    return x.lstm(state, state, weights(4, 4, 3, 2, true), two, false);
                },
                5,
                4);
        var one = new Tensor.Recurrence(1, false, 0, false, true);
        many("gru", "", x -> x.gru(Tensor.zeros(1, x.dim(0), 3), weights(3, 4, 3, 1, false), one, false), 5, 4);
        many(
                "gru",
                "two layers, both ways",
                x -> {
                    var state = Tensor.zeros(4, x.dim(0), 3);
                    return x.gru(state, weights(3, 4, 3, 2, true), two, false);
                },
                5,
                4);
    }

    private static List<Tensor> weights(long gates, long in, long hidden, int layers, boolean full) {
        var all = new ArrayList<Tensor>();
        for (int layer = 0; layer < layers; layer++) {
            for (int direction = 0; direction < (full ? 2 : 1); direction++) {
                double scale = 0.3 + 0.1 * all.size() / 4;
                all.add(noise(gates * hidden, layer == 0 ? in : 2 * hidden).mul(scale));
                all.add(noise(gates * hidden, hidden).mul(scale));
                if (full) {
                    all.add(noise(gates * hidden).mul(scale));
                    all.add(noise(gates * hidden).mul(scale));
                }
            }
        }
        return all;
    }

    private void creation() {
        op("zeros", x -> Tensor.zeros(x.dim(0), 3).add(x), 3);
        op("full", x -> Tensor.full(2.5, DType.FLOAT32, Device.CPU, 2, x.dim(0)), 3);
        op("arange", x -> Tensor.arange(1, 1 + 2.0 * x.dim(0), 2, DType.INT64, Device.CPU), 3);
        op(
                "arange",
                "fixed",
                x -> Tensor.arange(0, 3, 1, DType.FLOAT32, Device.CPU).add(x),
                3);
        op("linspace", x -> Tensor.linspace(-1, 1, x.dim(0), DType.FLOAT32, Device.CPU), 3);
        op("eye", x -> Tensor.eye(x.dim(0), DType.FLOAT32, Device.CPU), 3);
        op("cat", x -> Tensor.cat(List.of(x, x.mul(2), noise(1, 2).expand(x.dim(0), -1)), 1), 3);
        op("stack", x -> Tensor.stack(List.of(x, x.mul(2)), -1), 3);
        op("einsum", x -> Tensor.einsum("bij,jk->bik", x, noise(4, 5)), 3, 4);
        many("meshgrid", "", x -> Tensor.meshgrid(x.select(1, 0), Tensor.of(new float[] {1, 2}, 2)), 3);
        op("to_device", x -> x.to(Device.CPU).add(1), 3);
    }

    /** What is written in another way for older operators. */
    private void older() {
        op("mean", x -> x.mean(true, 1), 3, 4);
        op("amax", x -> x.amax(false, -1), 3, 4);
        op("sum", x -> x.sum(false, 1), 3, 4);
        op("norm", x -> x.norm(2, false, 1), 8);
        op("gelu", Tensor::gelu, 8);
        op("gelu", "tanh", Tensor::geluTanh, 8);
        op(
                "grid_sample",
                x -> x.gridSample(grid(x), Tensor.Interpolation.BILINEAR, Tensor.GridPadding.ZEROS, true),
                2,
                5,
                6);
        op("interpolate", x -> x.interpolate(9, 11, Tensor.Interpolation.BILINEAR, false, false), 2, 5, 6);
        op("hardswish", x -> x.mul(3).hardswish(), 8);
        many("split", "", x -> x.split(1, 1, 3, 2), 6);
        op("pad", x -> x.pad(1, 2, 0, 3), 3, 4);
        op("layer_norm", x -> x.layerNorm(of(4), noise(4), noise(4), 1e-5), 3, 4);
    }
}
