package dev.fovea.nn.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Expected numbers are the reference's (torch 1.13.1, torchvision 0.14.1) on the same inputs. */
class LossTest {
    private static final Offset<Double> CLOSE = within(2e-6);

    private final Scope scope = Scope.open();
    private final Tensor logits = Tensor.of(
            new float[] {
                2.8396676f, -2.1461024f, -1.9954959f, 0.1675415f, 0.916396f,
                1.2089635f, 0.77655137f, 2.3475795f, 1.4727101f, -0.13322783f,
                1.298001f, 1.4124112f, 2.6346183f, 0.45218968f, -0.68102646f
            },
            3,
            5);
    private final Tensor classes = Tensor.of(new long[] {0, 4, 2}, 3);
    private final Tensor values = logits.select(0, 0);
    private final Tensor wanted = logits.select(0, 1);

    @AfterEach
    void free() {
        scope.close();
    }

    private static double of(Loss loss, Tensor prediction, Tensor target) {
        return loss.compute(prediction, target).item();
    }

    @Test
    void cross_entropy_equals_the_reference_with_all_its_options() {
        assertThat(of(CrossEntropy.of(), logits, classes)).isCloseTo(1.3098668, CLOSE);
        assertThat(of(CrossEntropy.of().labelSmoothing(0.1), logits, classes)).isCloseTo(1.4174302, CLOSE);
        assertThat(of(CrossEntropy.of().ignoreIndex(4), logits, classes)).isCloseTo(0.3707025, CLOSE);
        var weighted = CrossEntropy.of().weights(1, 2, 3, 4, 5);
        assertThat(of(weighted, logits, classes)).isCloseTo(1.9723492, CLOSE);
        assertThat(of(weighted.labelSmoothing(0.1), logits, classes)).isCloseTo(2.0324185, CLOSE);
    }

    @Test
    void class_probabilities_as_targets_equal_indices_where_they_are_certain() {
        var certain = Tensor.of(new float[] {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0}, 3, 5);
        assertThat(of(CrossEntropy.of(), logits, certain)).isCloseTo(1.3098668, CLOSE);
        var mixed = certain.mul(0.5).add(0.1);
        double byHand = logits.logSoftmax(1).mul(mixed).sum().item() / -3;
        assertThat(of(CrossEntropy.of(), logits, mixed)).isCloseTo(byHand, CLOSE);
    }

    @Test
    void margin_loss_asks_for_long_capsules_of_what_is_there_and_short_ones_of_what_is_not() {
        var presence = Tensor.of(new float[] {0.95f, 0.3f, 0.05f, 0.5f, 0.2f, 0.1f}, 2, 3);
        var truth = Tensor.of(new float[] {1, 0, 0, 0, 1, 0}, 2, 3);
        // First sample: 0.5 * 0.2^2; second: 0.7^2 + 0.5 * 0.4^2.
        assertThat(of(MarginLoss.of(), presence, truth)).isCloseTo((0.02 + 0.49 + 0.08) / 2, CLOSE);
        assertThat(of(new MarginLoss(0.9, 0.1, 0), presence, truth)).isCloseTo(0.49 / 2, CLOSE);
        assertThatThrownBy(() -> new MarginLoss(0.1, 0.9, 0.5)).hasMessageContaining("lower=0.9, upper=0.1");
        assertThatThrownBy(() -> of(MarginLoss.of(), presence, classes)).hasMessageContaining("[2, 3]");
    }

    @Test
    void regression_losses_equal_the_reference() {
        assertThat(of(MeanSquaredError.of(), values, wanted)).isCloseTo(6.573716, within(1e-5));
        assertThat(of(MeanAbsoluteError.of(), values, wanted)).isCloseTo(2.2502449, CLOSE);
        assertThat(of(SmoothL1Loss.of(1), values, wanted)).isCloseTo(1.7502451, CLOSE);
        assertThat(of(SmoothL1Loss.of(1.0 / 9), values, wanted)).isCloseTo(2.1946895, CLOSE);
        assertThat(of(HuberLoss.of(2), values, wanted)).isCloseTo(2.6527286, CLOSE);
    }

    @Test
    void binary_cross_entropy_equals_the_reference() {
        var target = wanted.sigmoid();
        assertThat(of(BinaryCrossEntropy.withLogits(), values, target)).isCloseTo(1.1416441, CLOSE);
        assertThat(of(BinaryCrossEntropy.withLogits().positiveWeights(2), values, target))
                .isCloseTo(1.9781927, CLOSE);
    }

    @Test
    void focal_loss_of_independent_classes_equals_the_reference() {
        var x = Tensor.of(
                new float[] {
                    -1.7317696f,
                    2.5730176f,
                    3.7686105f,
                    -2.7710972f,
                    -1.0906696f,
                    -0.7240896f,
                    1.0494695f,
                    2.9535522f,
                    -3.425692f,
                    0.11131191f,
                    2.6454825f,
                    -0.8296871f
                },
                4,
                3);
        var t = Tensor.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, 4, 3);
        assertThat(of(FocalLoss.sigmoid(), x, t)).isCloseTo(0.7953732, CLOSE);
        assertThat(of(FocalLoss.sigmoid().reduction(Tensor.Reduction.SUM), x, t))
                .isCloseTo(9.544478, within(1e-5));
        assertThat(of(FocalLoss.sigmoid().alpha(-1).gamma(3).reduction(Tensor.Reduction.SUM), x, t))
                .isCloseTo(12.875633, within(1e-5));
        var each = FocalLoss.sigmoid().reduction(Tensor.Reduction.NONE).compute(x, t);
        assertThat(each.toFloatArray()[8]).isCloseTo(2.3823868e-05f, within(1e-9f));
    }

    @Test
    void focal_loss_of_one_class_of_many_is_cross_entropy_at_gamma_0_and_fades_what_is_easy() {
        assertThat(of(FocalLoss.softmax().gamma(0), logits, classes)).isCloseTo(1.3098668, CLOSE);
        double p = logits.softmax(1).toFloatArray()[0];
        var first = FocalLoss.softmax().reduction(Tensor.Reduction.NONE).compute(logits, classes);
        assertThat((double) first.toFloatArray()[0]).isCloseTo(-(1 - p) * (1 - p) * Math.log(p), within(1e-5));
    }

    @Test
    void predictions_in_half_precision_are_computed_in_float32() {
        var loss = CrossEntropy.of().compute(logits.to(DType.BFLOAT16), classes);
        assertThat(loss.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(loss.item()).isCloseTo(1.3098668, within(0.01));
    }

    @Test
    void wrong_targets_and_options_are_refused_by_name() {
        assertThatThrownBy(() -> MeanSquaredError.of().compute(values, logits))
                .hasMessageContaining("expected a target of the prediction's shape [5], got [3, 5]");
        assertThatThrownBy(() -> CrossEntropy.of().weights(1, 2).compute(logits, classes))
                .hasMessageContaining("2 class weights for 5 classes");
        assertThatThrownBy(() -> CrossEntropy.of().labelSmoothing(1.5)).hasMessageContaining("1.5");
        assertThatThrownBy(() -> HuberLoss.of(0)).hasMessageContaining("delta");
    }
}
