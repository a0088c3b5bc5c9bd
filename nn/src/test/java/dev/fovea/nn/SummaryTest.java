package dev.fovea.nn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.MultiheadAttention;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Shape;
import org.junit.jupiter.api.Test;

class SummaryTest {
    @Test
    void each_layer_has_its_shape_parameters_cost_field_and_memory() {
        // The beginning of a residual network, whose figures are easy to check by hand.
        try (var net = Sequential.of(
                        Conv2d.of(3, 64, 7).stride(2).padding(3).noBias(),
                        BatchNorm2d.of(64),
                        ReLU.of(),
                        MaxPool2d.of(3).stride(2).padding(1),
                        Conv2d.of(64, 64, 3).padding(1).dilation(2).groups(4),
                        AdaptiveAvgPool2d.of(1),
                        Flatten.of(),
                        Linear.of(64, 10))
                .build()) {
            var summary = Summary.of(net, 3, 224, 224);
            var rows = summary.rows();

            assertThat(rows.stream().map(Summary.Row::path))
                    .containsExactly("", "0", "1", "2", "3", "4", "5", "6", "7");
            assertThat(rows.get(1).outputs()).containsExactly(Shape.of(1, 64, 112, 112));
            assertThat(rows.get(1).multiplyAdds()).isEqualTo(112L * 112 * 64 * 3 * 49);
            assertThat(rows.get(1).parameters()).isEqualTo(9408);
            assertThat(rows.get(1).activationBytes()).isEqualTo(64L * 112 * 112 * 4);
            assertThat(rows.get(3).activationBytes()).as("works in place").isZero();
            assertThat(rows.stream().map(r -> String.valueOf(r.receptiveField())))
                    .containsExactly("all", "7", "7", "7", "11", "27", "all", "all", "all");
            assertThat(rows.get(5).multiplyAdds()).isEqualTo(54L * 54 * 64 * 16 * 9);
            assertThat(summary.parameters()).isEqualTo(net.parameterCount());
            assertThat(summary.multiplyAdds())
                    .isEqualTo(rows.get(1).multiplyAdds() + rows.get(5).multiplyAdds() + 640);
            assertThat(net.isTraining()).isTrue();
            assertThat(net.stages().get(1).isTraining()).isTrue();
            assertThat(summary.toString())
                    .contains("[1, 64, 112, 112]")
                    .contains("118,013,952")
                    .contains("parameters (");
        }
    }

    @Test
    void attention_counts_its_projections_and_both_products() {
        try (var attention = MultiheadAttention.of(8, 2).inBatches().build()) {
            var summary = Summary.of(attention, Shape.of(5, 8), attention::call);
            long projections = 4L * 5 * 8 * 8;
            long products = 2L * 5 * 5 * 8;
            assertThat(summary.multiplyAdds()).isEqualTo(projections + products);
            assertThat(summary.parameters()).isEqualTo(4 * 64 + 4 * 8);
        }
    }

    @Test
    void parts_that_are_not_used_are_listed_as_such() {
        try (var net = Sequential.of(Linear.of(4, 3)).build()) {
            net.freeze();
            var unused = new Layer() {
                private final Sequential used = child("used", net);
                private final Linear idle = child("idle", Linear.of(2, 2));

                @Override
                protected dev.fovea.tensor.Tensor forward(dev.fovea.tensor.Tensor x) {
                    assertThat(idle.isTraining()).isFalse();
                    return used.call(x);
                }
            };
            var summary = Summary.of(unused, 4);
            assertThat(summary.rows().get(summary.rows().size() - 1).path()).isEqualTo("idle");
            assertThat(summary.toString()).contains("not used");
            assertThat(summary.parameters()).isEqualTo(21);
            assertThat(summary.trainable()).isEqualTo(6);
        }
    }
}
