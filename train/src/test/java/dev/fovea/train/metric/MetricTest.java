package dev.fovea.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.verify.GoldenFill;
import java.io.IOException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Against figures that the reference implementations computed in float64. */
class MetricTest {
    private static final int CLASSES = 10;
    private static JsonNode golden;

    @BeforeAll
    static void read() throws IOException {
        try (var in = MetricTest.class.getResourceAsStream("/golden/classification_metrics.json")) {
            golden = new ObjectMapper().readTree(in);
        }
    }

    private static ConfusionMatrix matrix() {
        var matrix = new ConfusionMatrix(CLASSES);
        for (int i = 0; i < golden.get("target").size(); i++) {
            matrix.add(
                    golden.get("target").get(i).intValue(),
                    golden.get("pred").get(i).intValue());
        }
        return matrix;
    }

    @Test
    void counts_and_per_class_shares_equal_the_reference() {
        var matrix = matrix();
        for (int t = 0; t < CLASSES; t++) {
            for (int p = 0; p < CLASSES; p++) {
                assertThat(matrix.count(t, p))
                        .isEqualTo(golden.get("confusion_rows_target_cols_pred")
                                .get(t)
                                .get(p)
                                .longValue());
            }
            assertThat(matrix.precision(t))
                    .isCloseTo(golden.get("precision").get(t).doubleValue(), within(1e-9));
            assertThat(matrix.recall(t)).isCloseTo(golden.get("recall").get(t).doubleValue(), within(1e-9));
            assertThat(matrix.f1(t)).isCloseTo(golden.get("f1").get(t).doubleValue(), within(1e-9));
        }
        assertThat(matrix.macroF1()).isCloseTo(golden.get("macro_f1").doubleValue(), within(1e-9));
        assertThat(matrix.accuracy()).isCloseTo(golden.get("micro_f1").doubleValue(), within(1e-9));
    }

    @Test
    void ranking_areas_equal_the_reference() {
        // The generator's logits, with 0.8 added at the target of every third row, as the file says.
        float[] logits =
                new GoldenFill("", 1).input("metrics.logits", 40, CLASSES).toFloatArray();
        var scores = new float[40];
        var positive = new boolean[40];
        for (int i = 0; i < 40; i++) {
            int target = golden.get("target").get(i).intValue();
            if (i % 3 == 0) {
                logits[i * CLASSES + target] += 0.8f;
            }
            scores[i] = logits[i * CLASSES];
            positive[i] = target == 0;
        }
        var curve = RankingCurve.of(scores, positive);
        assertThat(curve.rocAuc()).isCloseTo(golden.get("class0_roc_auc").doubleValue(), within(1e-9));
        assertThat(curve.averagePrecision())
                .isCloseTo(
                        golden.get("class0_average_precision (sum over (R_i-R_{i-1})P_i)")
                                .doubleValue(),
                        within(1e-9));
    }

    @Test
    void equal_scores_count_as_one_step_whatever_their_order() {
        var first = RankingCurve.of(new float[] {1, 1, 0, 0}, new boolean[] {true, false, true, false});
        var second = RankingCurve.of(new float[] {1, 1, 0, 0}, new boolean[] {false, true, false, true});
        assertThat(first).isEqualTo(second);
        assertThat(first.rocAuc()).isEqualTo(0.5);
    }

    @Test
    void without_positives_the_areas_are_not_numbers() {
        var curve = RankingCurve.of(new float[] {1, 2}, new boolean[] {false, false});
        assertThat(curve.rocAuc()).isNaN();
        assertThat(curve.averagePrecision()).isNaN();
    }

    @Test
    void a_network_that_is_always_sure_and_right_half_the_time_is_off_by_one_half() {
        var calibration = new Calibration();
        for (int i = 0; i < 100; i++) {
            calibration.add(1, i % 2 == 0);
        }
        assertThat(calibration.expectedError()).isCloseTo(0.5, within(1e-12));
    }
}
