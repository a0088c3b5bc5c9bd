package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.weights.Renaming;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of another picture or window size fit once their tables are resized. */
class FittedWeightsTest {
    /** What torchvision 0.14.1 makes of positions sin(0), sin(1), … of a 3x3 grid for a 5x5 grid. */
    private static final float[] POSITIONS = {
        0.0f,
        0.841471f,
        0.909297f,
        0.14112f,
        0.031492f,
        -0.560394f,
        -0.756802f,
        -0.958924f,
        -0.674306f,
        -0.254098f,
        -0.279415f,
        0.656987f,
        0.949211f,
        0.254291f,
        0.110532f,
        -0.509423f,
        -0.674423f,
        -0.983075f,
        -0.683374f,
        -0.325583f,
        -0.387893f,
        0.563917f,
        0.989358f,
        0.412118f,
        0.22197f,
        -0.427076f,
        -0.544021f,
        -0.99999f,
        -0.684051f,
        -0.422297f,
        -0.536573f,
        0.420167f,
        0.997488f,
        0.556609f,
        0.326226f,
        -0.330908f,
        -0.396014f,
        -0.984544f,
        -0.662592f,
        -0.505345f,
        -0.667889f,
        0.26282f,
        0.990607f,
        0.650288f,
        0.394766f,
        -0.259737f,
        -0.287903f,
        -0.961398f,
        -0.639306f,
        -0.556856f,
        -0.750987f,
        0.149877f
    };

    /** What PyTorch makes of a table sin(0), sin(1), … of 5x5 offsets and two heads for 3x3 offsets, bicubically. */
    private static final float[] BIASES = {
        -0.009846f,
        0.243009f,
        -0.101348f,
        -0.40884f,
        0.14313f,
        0.294658f,
        0.672568f,
        0.267202f,
        -0.905578f,
        -0.132352f,
        0.51836f,
        -0.093146f,
        -0.106792f,
        -0.289347f,
        0.258396f,
        0.431793f,
        -0.233025f,
        -0.278505f
    };

    private static Tensor sines(long... shape) {
        int n = 1;
        for (long length : shape) {
            n *= (int) length;
        }
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) Math.sin(i);
        }
        return Tensor.of(values, shape);
    }

    private static Backbone build(String spec) {
        return Models.build(ModelSpec.parse(spec));
    }

    @Test
    void positions_of_another_grid_are_resized_as_the_reference_does() {
        try (var scope = Scope.open();
                var network = build("vit_tiny(image_size=20, hidden_dim=2, num_heads=1, mlp_dim=4, num_layers=1)")) {
            var resized = network.fitted("encoder.pos_embedding", sines(1, 10, 2));
            assertThat(resized.shape().toArray()).containsExactly(1, 26, 2);
            assertThat(resized.toFloatArray()).containsExactly(POSITIONS, within(2e-6f));
        }
    }

    @Test
    void biases_of_another_window_are_resized_bicubically() {
        try (var scope = Scope.open()) {
            var resized = new RelativePosition(2, 2).resized(sines(25, 2));
            assertThat(resized.shape().toArray()).containsExactly(9, 2);
            assertThat(resized.toFloatArray()).containsExactly(BIASES, within(2e-6f));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "vit_tiny(num_layers=1) | vit_tiny(num_layers=1, image_size=24)",
                "swin_t(embed_dim=8, depths=[1,1], num_heads=[1,2]) | swin_t(embed_dim=8, depths=[1,1], num_heads=[1,2], window_size=[4,3])",
                "maxvit(stem_channels=8, block_channels=[8,8], block_layers=[1,1], head_dim=4) | maxvit(stem_channels=8, block_channels=[8,8], block_layers=[1,1], head_dim=4, partition_size=5, input_size=[40,80])",
                "swin_v2_t(embed_dim=8, depths=[1,1], num_heads=[1,2]) | swin_v2_t(embed_dim=8, depths=[1,1], num_heads=[1,2], window_size=[4,4])",
            })
    void a_network_of_another_size_takes_them_and_computes(String trained, String wanted) {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var from = build(trained);
                var to = build(wanted)) {
            assertThat(to.compare(from.stateDict()).isComplete()).isFalse();
            to.loadStrict(Renaming.of(to, from.stateDict()).tensors());
            to.eval();
            int side = wanted.startsWith("vit") ? 24 : 40;
            assertThat(to.call(Tensor.zeros(1, 3, side, side)).toFloatArray())
                    .hasSize(to.classes())
                    .doesNotContain(Float.NaN);
        }
    }

    @Test
    void what_fits_or_cannot_be_resized_comes_back_as_it_is() {
        try (var scope = Scope.open();
                var vit = build("vit_tiny(num_layers=1)");
                var swin = build("swin_t(embed_dim=8, depths=[1], num_heads=[1])")) {
            for (var network : new Backbone[] {vit, swin}) {
                network.stateDict()
                        .forEach((key, tensor) ->
                                assertThat(network.fitted(key, tensor)).as(key).isSameAs(tensor));
            }
            var notSquare = Tensor.zeros(1, 12, 192);
            assertThat(vit.fitted("encoder.pos_embedding", notSquare)).isSameAs(notSquare);
            var oblong = Tensor.zeros(7 * 9, 1);
            assertThat(swin.fitted("features.1.0.attn.relative_position_bias_table", oblong))
                    .isSameAs(oblong);
        }
    }
}
