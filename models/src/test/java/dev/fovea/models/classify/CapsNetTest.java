package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.Reconstructing;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CapsNetTest {
    private static final GoldenFill FILL = new GoldenFill("", 1);

    private static Backbone network(String options) {
        var network = Models.build(ModelSpec.parse("capsnet(channels=8, classes=3, image_size=17, " + options + ")"));
        FILL.fill(network);
        network.eval();
        return network;
    }

    /** The formulas of the paper's procedure 1 on plain arrays: one capsule after another. */
    private static double[] lengths(float[] below, float[] weight, int capsules, int routings) {
        var foretold = new double[3][capsules][16];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < capsules; i++) {
                for (int d = 0; d < 16; d++) {
                    for (int k = 0; k < 8; k++) {
                        foretold[c][i][d] += (double) weight[((c * capsules + i) * 16 + d) * 8 + k] * below[i * 8 + k];
                    }
                }
            }
        }
        var agreement = new double[3][capsules];
        var lengths = new double[3];
        for (int round = 0; round < routings; round++) {
            var sums = new double[3][16];
            for (int i = 0; i < capsules; i++) {
                double all = 0;
                for (int c = 0; c < 3; c++) {
                    all += Math.exp(agreement[c][i]);
                }
                for (int c = 0; c < 3; c++) {
                    for (int d = 0; d < 16; d++) {
                        sums[c][d] += Math.exp(agreement[c][i]) / all * foretold[c][i][d];
                    }
                }
            }
            for (int c = 0; c < 3; c++) {
                double squared = 0;
                for (double v : sums[c]) {
                    squared += v * v;
                }
                lengths[c] = squared / (1 + squared);
                double shrink = lengths[c] / Math.sqrt(squared);
                for (int i = 0; i < capsules; i++) {
                    for (int d = 0; d < 16; d++) {
                        agreement[c][i] += foretold[c][i][d] * sums[c][d] * shrink;
                    }
                }
            }
        }
        return lengths;
    }

    @Test
    void routing_equals_the_published_procedure_for_any_number_of_rounds() {
        for (int routings : new int[] {1, 2, 5}) {
            try (var scope = Scope.open();
                    var mode = Grad.off();
                    var network = network("routings=" + routings)) {
                // Larger foretellings than the fill's, so that rounds make a difference.
                var weight = network.stateDict().get("digitcaps.weight").mulInPlace(60);
                var image = FILL.input("input", 1, 1, 17, 17);
                var below = network.embed(image).toFloatArray();
                var expected = lengths(below, weight.toFloatArray(), below.length / 8, routings);
                var actual = network.call(image).sigmoid().toDoubleArray();
                assertThat(actual).as("%d rounds", routings).containsExactly(expected, within(1e-5));
            }
        }
    }

    @Test
    void what_is_drawn_depends_on_the_class_that_is_asked_for() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = network("in_channels=2, image_width=19")) {
            var image = FILL.input("input", 1, 2, 17, 19);
            var first = ((Reconstructing) network).reconstruct(image, Tensor.of(new float[] {1, 0, 0}, 1, 3));
            var second = ((Reconstructing) network).reconstruct(image, Tensor.of(new float[] {0, 1, 0}, 1, 3));
            assertThat(first.image().shape().toArray()).containsExactly(1, 2, 17, 19);
            assertThat(first.image().isClose(second.image(), 0, 1e-5)).isFalse();
            assertThat(first.logits().toFloatArray())
                    .isEqualTo(network.call(image).toFloatArray());
        }
    }

    @Test
    void options_and_pictures_that_cannot_be_are_named() {
        assertThatThrownBy(() -> Models.classify("capsnet", Map.of("channels", 20)))
                .hasMessageContaining("channels must be a multiple of 8")
                .hasMessageContaining("channels=20");
        assertThatThrownBy(() -> Models.classify("capsnet", Map.of("image_size", 16)))
                .hasMessageContaining("at least 17x17 pixels, got 16x16");
        try (var scope = Scope.open();
                var network = network("routings=1")) {
            assertThatThrownBy(() -> ((Reconstructing) network).reconstruct(Tensor.zeros(1, 1, 20, 20), null))
                    .hasMessageContaining("pictures of 17x17 only");
        }
    }
}
