package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.tensor.LossOps.Reduction;
import dev.fovea.tensor.ResamplingOps.GridPadding;
import dev.fovea.tensor.ResamplingOps.Interpolation;
import dev.fovea.tensor.ShapeOps.PadMode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every operator against the reference's own results. */
class GoldenOpsTest {
    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor map() {
        return Golden.signed("ops.interp", 1, 2, 5, 7);
    }

    private static long[] pair(long n) {
        return new long[] {n, n};
    }

    @ParameterizedTest
    @CsvSource({
        "BILINEAR,false,8,11", "BILINEAR,false,3,4", "BILINEAR,true,8,11", "BILINEAR,true,3,4",
        "BICUBIC,false,8,11", "BICUBIC,false,3,4", "BICUBIC,true,8,11", "BICUBIC,true,3,4"
    })
    void smooth_interpolation_equals_the_reference(Interpolation mode, boolean corners, long h, long w) {
        Golden.assertEqual(
                map().interpolate(h, w, mode, corners, false),
                "interpolate_" + mode.name().toLowerCase(java.util.Locale.ROOT) + "_ac" + (corners ? 1 : 0) + "_" + h
                        + "x" + w + ".output");
    }

    @Test
    void nearest_interpolation_and_scale_factors_equal_the_reference() {
        Golden.assertEqual(
                map().interpolate(8, 11, Interpolation.NEAREST, false, false), "interpolate_nearest_8x11.output");
        Golden.assertEqual(
                map().interpolate(3, 4, Interpolation.NEAREST, false, false), "interpolate_nearest_3x4.output");
        Golden.assertEqual(
                map().interpolate(1.7, 1.7, Interpolation.BILINEAR, false),
                "interpolate_scale_recompute.recompute_scale_factor_false");
        Golden.assertEqual(
                map().interpolate(8, 11, Interpolation.BILINEAR, false, false),
                "interpolate_scale_recompute.recompute_scale_factor_true");
        Golden.assertEqual(map().interpolate(3, 4, Interpolation.AREA, false, false), "adaptive_avg_pool_3x4.output");
    }

    @Test
    void pooling_equals_the_reference() {
        Golden.assertEqual(map().adaptiveAvgPool2d(3, 4), "adaptive_avg_pool_3x4.output");
        Golden.assertEqual(map().adaptiveAvgPool2d(7, 9), "adaptive_avg_pool_7x9.output");
        Golden.assertEqual(map().adaptiveMaxPool2d(3, 4), "adaptive_max_pool_3x4.output");
        Golden.assertEqual(map().maxPool2d(pair(3), pair(2), pair(0), pair(1), true), "max_pool_3_2_ceil.output");
        Golden.assertEqual(map().maxPool2d(pair(3), pair(2), pair(1), pair(1), true), "max_pool_2_2_ceil_pad.output");
        Golden.assertEqual(
                map().avgPool2d(pair(3), pair(2), pair(1), false, true), "avg_pool_pad_count.count_include_pad_true");
        Golden.assertEqual(
                map().avgPool2d(pair(3), pair(2), pair(1), false, false), "avg_pool_pad_count.count_include_pad_false");
        Golden.assertEqual(map().avgPool2d(pair(3), pair(2), pair(1), true, true), "avg_pool_pad_count.ceil_mode_true");
        Golden.assertEqual(
                map().convTranspose2d(Golden.signed("ops.tw", 2, 3, 3, 3), null, pair(2), pair(1), pair(1), pair(1), 1),
                "conv_transpose.output");
    }

    @Test
    void unpooling_puts_values_back_where_the_reference_puts_them() {
        var x = Golden.signed("op2.uf", 1, 2, 5, 6);
        var pooled = x.maxPool2dIndexed(pair(2), pair(2), pair(0), pair(1), false);
        Golden.assertEqual(pooled.indices(), "two.max_unpool.indices");
        Golden.assertEqual(pooled.values().maxUnpool2d(pooled.indices(), 5, 6), "two.max_unpool.output");
    }

    @Test
    void activations_equal_the_reference() {
        var x = Golden.signed("ops.act", 9).mul(4);
        Golden.assertEqual(x, "activations.x");
        Golden.assertEqual(x.gelu(), "activations.gelu");
        Golden.assertEqual(x.geluTanh(), "activations.gelu_tanh");
        Golden.assertEqual(x.silu(), "activations.silu");
        Golden.assertEqual(x.hardswish(), "activations.hardswish");
        Golden.assertEqual(x.hardsigmoid(), "activations.hardsigmoid");
        Golden.assertEqual(x.relu6(), "activations.relu6");
        Golden.assertEqual(x.mish(), "activations.mish");
        Golden.assertEqual(x.elu(1), "activations.elu");
        Golden.assertEqual(x.softplus(), "activations.softplus");
        Golden.assertEqual(x.leakyRelu(0.2), "activations.leaky_relu_0.2");
        Golden.assertEqual(x.logSoftmax(0), "activations.log_softmax");
        Golden.assertEqual(x.mul(x.mul(1.702).sigmoid()), "activations.quick_gelu");
    }

    @Test
    void normalisation_equals_the_reference() {
        var x = Golden.signed("ops.norm", 2, 6, 3, 2);
        Golden.assertEqual(x.groupNorm(3, null, null, 1e-5), "norms.group_norm_3");
        Golden.assertEqual(x.instanceNorm(null, null, 1e-5), "norms.instance_norm");
        Golden.assertEqual(x.layerNorm(new long[] {3, 2}, null, null, 1e-5), "norms.layer_norm_last2");
        Golden.assertEqual(x.batchNorm(null, null, null, null, true, 0.1, 1e-5), "norms.batch_norm_train");
        Golden.assertEqual(x.localResponseNorm(5, 1e-4, 0.75, 2), "norms.local_response_norm_5");
        Golden.assertEqual(x.normalize(2, 1, 1e-12), "norms.l2_normalize_dim1");
        var y = Golden.signed("op2.nm", 2, 4, 3, 3);
        Golden.assertEqual(y.instanceNorm(null, null, 1e-5), "two.instance_norm_lrn.instance_norm");
        Golden.assertEqual(y.normalize(2, 1, 1e-12), "two.instance_norm_lrn.normalize_channel");
    }

    @Test
    void classification_losses_equal_the_reference() {
        var logits = Golden.row("cross_entropy.logits").reshape(3, 5);
        var target = Golden.row("cross_entropy.target").to(DType.INT64);
        var weight = Tensor.of(new float[] {1, 2, 3, 4, 5}, 5);
        Golden.assertEqual(logits.crossEntropy(target, null, Reduction.MEAN, -100, 0), "cross_entropy.mean");
        Golden.assertEqual(
                logits.crossEntropy(target, null, Reduction.MEAN, -100, 0.1), "cross_entropy.label_smoothing_0.1");
        Golden.assertEqual(logits.crossEntropy(target, null, Reduction.MEAN, 4, 0), "cross_entropy.ignore_index_4");
        Golden.assertEqual(
                logits.crossEntropy(target, weight, Reduction.MEAN, -100, 0), "cross_entropy.weight_1_2_3_4_5");
        Golden.assertEqual(
                logits.crossEntropy(target, weight, Reduction.MEAN, -100, 0.1), "cross_entropy.weight_and_smoothing");
        Golden.assertEqual(logits.logSoftmax(1).nllLoss(target, null, Reduction.MEAN, -100), "cross_entropy.mean");
        var steps = Golden.signed("op2.ctc", 7, 2, 4).mul(2).logSoftmax(2);
        var words = Tensor.of(new long[] {1, 2, 2, 3, 1, 0}, 2, 3);
        long[] inputs = {7, 5};
        long[] targets = {3, 2};
        Golden.assertEqual(steps.ctcLoss(words, inputs, targets, 0, Reduction.NONE), "two.ctc.none");
        Golden.assertEqual(steps.ctcLoss(words, inputs, targets, 0, Reduction.MEAN), "two.ctc.mean");
    }

    @Test
    void regression_losses_equal_the_reference() {
        var x = Golden.row("losses.pred");
        var t = Golden.row("losses.target");
        Golden.assertEqual(x.mseLoss(t, Reduction.MEAN), "losses.mse");
        Golden.assertEqual(x.l1Loss(t, Reduction.MEAN), "losses.l1");
        Golden.assertEqual(x.smoothL1Loss(t, Reduction.MEAN, 1), "losses.smooth_l1_beta1");
        Golden.assertEqual(x.smoothL1Loss(t, Reduction.MEAN, 1.0 / 9), "losses.smooth_l1_beta1_9");
        Golden.assertEqual(x.huberLoss(t, Reduction.MEAN, 2), "losses.huber_delta2");
        Golden.assertEqual(x.binaryCrossEntropyWithLogits(t.sigmoid(), null, null, Reduction.MEAN), "losses.bce");
        Golden.assertEqual(x.sigmoid().binaryCrossEntropy(t.sigmoid(), null, Reduction.MEAN), "losses.bce");
        Golden.assertEqual(
                x.binaryCrossEntropyWithLogits(
                        t.sigmoid(), null, Tensor.scalar(2).reshape(1), Reduction.MEAN),
                "losses.bce_pos_weight2");
        // By the formula in double precision.
        assertThat(x.logSoftmax(0)
                        .klDivergence(t.softmax(0), Reduction.SUM, false)
                        .item())
                .isCloseTo(2.3994714991721415, org.assertj.core.data.Offset.offset(1e-5));
    }

    @ParameterizedTest
    @CsvSource({
        "BILINEAR,ZEROS",
        "BILINEAR,BORDER",
        "BILINEAR,REFLECTION",
        "NEAREST,ZEROS",
        "NEAREST,BORDER",
        "NEAREST,REFLECTION",
        "BICUBIC,ZEROS",
        "BICUBIC,BORDER",
        "BICUBIC,REFLECTION"
    })
    void grid_sampling_and_its_gradients_equal_the_reference(Interpolation mode, GridPadding padding) {
        for (boolean corners : new boolean[] {false, true}) {
            var x = Golden.signed("op2.gs.x", 1, 2, 4, 5).detach().requiresGrad(true);
            var places = Golden.uniform("op2.gs.grid", 1, 3, 4, 2)
                    .mul(2.6)
                    .sub(1.3)
                    .to(DType.FLOAT32)
                    .reshape(12, 2);
            var first = Tensor.of(new float[] {-1, -1, 1, 1, 0, 0.5f}, 3, 2);
            var grid = Tensor.cat(List.of(first, places.narrow(0, 3, 9)), 0)
                    .reshape(1, 3, 4, 2)
                    .requiresGrad(true);
            String name = "two.grid_sample_" + (mode + "_" + padding).toLowerCase(java.util.Locale.ROOT) + "_ac"
                    + (corners ? 1 : 0);
            var y = x.gridSample(grid, mode, padding, corners);
            Golden.assertEqual(y, name + ".output");
            if (mode == Interpolation.BILINEAR) {
                var gradients = Grad.of(y.square().sum(), List.of(x, grid), false);
                Golden.assertEqual(gradients.get(0), name + ".grad_input");
                if (padding != GridPadding.REFLECTION || !corners) {
                    Golden.assertEqual(gradients.get(1), name + ".grad_grid");
                }
            }
        }
    }

    @Test
    void grids_columns_rims_and_pixels_equal_the_reference() {
        var matrix = Tensor.of(new float[] {0.8f, -0.3f, 0.1f, 0.2f, 1.1f, -0.2f}, 1, 2, 3);
        Golden.assertEqual(matrix.affineGrid(3, 4, false), "two.affine_grid.align_corners_false");
        Golden.assertEqual(matrix.affineGrid(3, 4, true), "two.affine_grid.align_corners_true");
        Golden.assertEqual(Golden.signed("op2.px", 1, 8, 2, 3).pixelShuffle(2), "two.pixel_shuffle.output");
        Golden.assertEqual(Golden.signed("op2.pu", 1, 2, 4, 6).pixelUnshuffle(2), "two.pixel_unshuffle.output");
        var x = Golden.signed("op2.uf", 1, 2, 5, 6);
        long[] kernel = {2, 3};
        long[] dilation = {2, 1};
        var columns = x.unfold(kernel, dilation, pair(1), pair(2));
        Golden.assertEqual(columns, "two.unfold_fold.unfold");
        Golden.assertEqual(columns.fold(new long[] {5, 6}, kernel, dilation, pair(1), pair(2)), "two.unfold_fold.fold");
        Golden.assertEqual(x.roll(new long[] {-1, 2}, 2, 3), "two.roll.output");
        Golden.assertEqual(x.pad(PadMode.REFLECT, 0, 1, 2, 2, 1), "two.pad.reflect");
        Golden.assertEqual(x.pad(PadMode.REPLICATE, 0, 1, 2, 2, 1), "two.pad.replicate");
        Golden.assertEqual(x.pad(PadMode.CIRCULAR, 0, 1, 2, 2, 1), "two.pad.circular");
    }
}
