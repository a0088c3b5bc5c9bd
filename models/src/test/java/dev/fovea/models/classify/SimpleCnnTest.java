package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The text form of the textbook network, and the textbook's worked examples. */
class SimpleCnnTest {
    private static List<String> types(SimpleCnn network) {
        return network.modules().values().stream()
                .map(m -> m.getClass().getSimpleName())
                .toList();
    }

    @Test
    void convolution_relu_pooling_and_fully_connected_layers_follow_the_text() {
        try (var network = SimpleCnn.of("conv16k3-pool,conv32k3-pool,fc64", 10, 3, 32)) {
            assertThat(String.join(" ", types(network)))
                    .isEqualTo("SimpleCnn Sequential Conv2d ReLU MaxPool2d Conv2d ReLU MaxPool2d"
                            + " Sequential Linear ReLU Linear");
            assertThat(network.stateDict().get("classifier.0.weight").shape().toArray())
                    .containsExactly(64, 32 * 8 * 8);
            assertThat(network.features().stages().get(0))
                    .isInstanceOfSatisfying(Conv2d.class, c -> assertThat(c.spec())
                            .isEqualTo(Conv2d.of(3, 16, 3).padding(1)));
        }
    }

    @Test
    void normalisation_comes_between_a_layer_and_its_activation() {
        try (var network = SimpleCnn.of("conv4-bn-gelu-dropout0.2,fc6-bn,fc5-sigmoid", 2, 1, 8)) {
            assertThat(types(network))
                    .containsSubsequence("Conv2d", "BatchNorm2d", "GELU", "Dropout")
                    .containsSubsequence("Linear", "BatchNorm1d", "ReLU", "Linear", "Sigmoid", "Linear");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "conv16k3-pol         | token 'pol': known are",
                "conv-pool            | token 'conv': known are",
                "conv16k3--pool       | token '': known are",
                "conv0                | token 'conv0': maps, kernel and stride",
                "conv4k9p0-conv4k9p0  | token 'conv4k9p0': its window is larger than the map of 2x2",
                "pool-pool-pool-pool  | token 'pool': its window is larger",
                "fc10-conv4           | token 'conv4': it works on maps",
                "bn-conv4             | token 'bn': it follows",
                "pool-tanh            | token 'tanh': an activation follows",
                "fc0                  | token 'fc0': a layer has at least 1 unit"
            })
    void a_wrong_token_is_named(String arch, String message) {
        assertThatThrownBy(() -> SimpleCnn.of(arch, 2, 1, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void ten_4x4_filters_on_a_10x10x3_picture_give_7x7x10() {
        try (var scope = Scope.open();
                var conv = Conv2d.of(3, 10, 4).build()) {
            assertThat(conv.call(Tensor.zeros(1, 3, 10, 10)).shape().toArray()).containsExactly(1, 10, 7, 7);
        }
    }

    @Test
    void the_circle_filter_answers_15300_on_the_eye_and_0_on_the_nose() {
        // A filter of 30s on a ring of six pixels meets an eye whose ring is 85 bright, and a nose that is dark there.
        float[] ring = {0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0};
        var filter = new float[12];
        var eye = new float[12];
        var nose = new float[12];
        for (int i = 0; i < 12; i++) {
            filter[i] = 30 * ring[i];
            eye[i] = 85 * ring[i];
            nose[i] = 85 * (1 - ring[i]);
        }
        try (var scope = Scope.open()) {
            var weight = Tensor.of(filter, 1, 1, 3, 4);
            assertThat(response(eye, weight)).isEqualTo(6 * (85 * 30)).isEqualTo(15_300);
            assertThat(response(nose, weight)).isZero();
        }
    }

    private static double response(float[] picture, Tensor filter) {
        return Tensor.of(picture, 1, 1, 3, 4)
                .conv2d(filter, null, new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, 1)
                .item();
    }

    @Test
    void pooling_2x2_takes_the_largest_or_the_mean() {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var map = Tensor.of(new float[] {1, 3, 2, 1, 4, 6, 5, 0, 7, 2, 8, 4, 1, 2, 0, 4}, 1, 1, 4, 4);
            assertThat(MaxPool2d.of(2).build().call(map).toFloatArray()).containsExactly(6, 5, 7, 8);
            assertThat(AvgPool2d.of(2).build().call(map).toFloatArray()).containsExactly(3.5f, 2, 3, 4);
        }
    }

    @Test
    void a_picture_of_224x224x3_has_150528_inputs() {
        try (var scope = Scope.open()) {
            assertThat(Tensor.zeros(1, 3, 224, 224).flatten(1, -1).dim(1))
                    .isEqualTo(224 * 224 * 3)
                    .isEqualTo(150_528);
        }
    }
}
