package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** What group equivariance promises, in float64 so that only rounding is left. */
class P4CnnTest {
    private static final GoldenFill FILL = new GoldenFill("", 1);

    private static Backbone network(String spec) {
        var network = Models.build(ModelSpec.parse(spec));
        FILL.fill(network);
        network.eval();
        network.to(DType.FLOAT64);
        return network;
    }

    private static Tensor turned(Tensor x) {
        return x.transpose(-2, -1).flip(-2);
    }

    private static Tensor image(long height, long width) {
        return FILL.input("input", 2, 3, height, width).to(DType.FLOAT64);
    }

    @Test
    void a_turned_picture_has_the_same_logits_and_the_same_embedding() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = network("p4cnn(in_channels=3)")) {
            var image = image(32, 28);
            var logits = network.call(image).toDoubleArray();
            var embedding = network.embed(image).toDoubleArray();
            var other = image;
            for (int quarter = 1; quarter < 4; quarter++) {
                other = turned(other);
                assertThat(network.call(other).toDoubleArray()).containsExactly(logits, within(1e-10));
                assertThat(network.embed(other).toDoubleArray()).containsExactly(embedding, within(1e-10));
            }
            assertThat(network.call(image.flip(-1)).isClose(network.call(image), 0, 1e-4))
                    .as("a mirror image is not a turned one")
                    .isFalse();
        }
    }

    @Test
    void a_turned_picture_has_turned_maps_whose_orientations_moved_on_by_one() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = network("p4cnn(in_channels=3)")) {
            var image = image(28, 30);
            var upright = network.features(image);
            var turned = network.features(turned(image));
            for (int i = 0; i < upright.size(); i++) {
                var maps = upright.get(i);
                var expected = turned(maps.reshape(2, 10, 4, maps.dim(2), maps.dim(3)))
                        .roll(new long[] {1}, 2)
                        .reshape(2, 40, maps.dim(3), maps.dim(2));
                assertThat(turned.get(i).isClose(expected, 0, 1e-10)).isTrue();
                assertThat(turned.get(i).isClose(turned(maps), 0, 1e-3)).isFalse();
            }
        }
    }

    @Test
    void in_training_too_statistics_and_gradients_do_not_know_which_way_is_up() {
        try (var scope = Scope.open();
                var first = network("p4cnn(in_channels=3)");
                var second = network("p4cnn(in_channels=3)")) {
            first.train(true);
            second.train(true);
            var image = image(28, 28);
            first.call(image).square().sum().backward();
            second.call(turned(image)).square().sum().backward();
            second.stateDict().forEach((key, value) -> {
                if (key.contains("running")) {
                    assertThat(value.isClose(first.stateDict().get(key), 1e-8, 1e-8))
                            .as(key)
                            .isTrue();
                }
            });
            var bias = second.parameters().get("head.bias").value().grad().orElseThrow();
            var expected = first.parameters().get("head.bias").value().grad().orElseThrow();
            assertThat(bias.isClose(expected, 1e-8, 1e-8)).isTrue();
        }
    }

    @Test
    void the_plain_counterpart_knows_which_way_is_up() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = network("z2cnn(in_channels=3)")) {
            var image = image(28, 28);
            assertThat(network.call(turned(image)).isClose(network.call(image), 0, 1e-3))
                    .isFalse();
        }
    }

    @Test
    void odd_sides_and_other_groups_are_answered_with_the_way_out() {
        assertThatThrownBy(() -> Models.build(ModelSpec.parse("p4cnn(rotations=8)")))
                .hasMessageContaining("rotations must be 4 (quarter turns) or 1 (none), got rotations=8");
        try (var scope = Scope.open();
                var network = network("p4cnn")) {
            assertThatThrownBy(() -> network.call(Tensor.zeros(1, 1, 29, 28)))
                    .hasMessageContaining("sides must be even");
        }
    }
}
