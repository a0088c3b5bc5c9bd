package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Models;
import dev.fovea.models.TrainingLogits;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** GoogLeNet and Inception v3: what they do beyond what every network must. */
class InceptionsTest {
    @Test
    void googlenet_gives_both_auxiliary_logits_with_the_published_weight_and_the_same_logits() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("googlenet", Map.of("classes", 3))) {
            network.eval();
            var images = Tensor.zeros(2, 3, 32, 32).uniformInPlace(-1, 1);
            var all = network.trainingLogits(images);
            assertThat(all.logits().toFloatArray())
                    .containsExactly(network.call(images).toFloatArray(), within(1e-6f));
            assertThat(all.auxiliary())
                    .extracting(TrainingLogits.Auxiliary::name, TrainingLogits.Auxiliary::weight)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple("aux_logits2", 0.3),
                            org.assertj.core.groups.Tuple.tuple("aux_logits1", 0.3));
            assertThat(all.auxiliary())
                    .allSatisfy(a -> assertThat(a.logits().shape().toArray()).containsExactly(2, 3));
        }
    }

    @Test
    void inception_needs_larger_pictures_for_its_auxiliary_head_and_says_so() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("inception_v3", Map.of("classes", 3))) {
            network.eval();
            assertThat(network.call(Tensor.zeros(1, 3, 75, 75)).shape().toArray())
                    .containsExactly(1, 3);
            assertThatThrownBy(() -> network.call(Tensor.zeros(1, 3, 74, 75)))
                    .hasMessageContaining("at least 75x75 pixels; enlarge them");
            assertThatThrownBy(() -> network.trainingLogits(Tensor.zeros(1, 3, 298, 299)))
                    .hasMessageContaining(
                            "at least 299x299 pixels in training, for the auxiliary heads; enlarge them, or build"
                                    + " the network without auxiliary heads");
            var all = network.trainingLogits(Tensor.zeros(1, 3, 299, 299));
            assertThat(all.auxiliary()).singleElement().satisfies(a -> {
                assertThat(a.name()).isEqualTo("aux_logits");
                assertThat(a.weight()).isEqualTo(0.4);
                assertThat(a.logits().shape().toArray()).containsExactly(1, 3);
            });
        }
    }

    @Test
    void without_auxiliary_heads_small_pictures_train() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("inception_v3", Map.of("classes", 3, "aux_logits", false))) {
            assertThat(network.leastTrainingSide()).isEqualTo(75);
            assertThat(network.trainingLogits(Tensor.zeros(2, 3, 75, 75)).auxiliary())
                    .isEmpty();
        }
    }

    @Test
    void the_smallest_pictures_pass_and_smaller_ones_are_refused() {
        for (var smallest : List.of(Map.entry("googlenet", 15), Map.entry("densenet121", 29))) {
            int side = smallest.getValue();
            try (var scope = Scope.open();
                    var mode = Grad.off();
                    var network = Models.classify(smallest.getKey(), Map.of("classes", 2))) {
                network.eval();
                assertThat(network.leastSide()).isEqualTo(side);
                assertThat(network.call(Tensor.zeros(1, 3, side, side)).dim(1)).isEqualTo(2);
                assertThatThrownBy(() -> network.call(Tensor.zeros(1, 3, side - 1, side)))
                        .hasMessageContaining("at least " + side + "x" + side);
            }
        }
    }

    @Test
    void scaling_of_the_input_is_for_colour() {
        assertThatThrownBy(() -> Models.classify("googlenet", Map.of("in_channels", 1, "transform_input", true)))
                .hasMessageContaining("transform_input is for colour pictures, got in_channels=1");
    }
}
