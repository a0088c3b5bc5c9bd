package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers without parameters against the reference (torch 1.13.1). */
class GoldenOperationsTest {
    private static final JsonNode CASES = Golden.read("golden-ops.json");

    private final Scope scope = Scope.open();
    private final Grad.Mode mode = Grad.off();
    private final Tensor maps = Golden.input("ops.interp", 1, 2, 5, 7);

    @AfterEach
    void free() {
        mode.close();
        scope.close();
    }

    private static Tensor apply(LayerSpec<? extends Layer> spec, Tensor x) {
        return spec.build().call(x);
    }

    @Test
    void activations_alone_and_in_place_after_a_convolution() {
        var golden = CASES.get("activations");
        var x = Tensor.of(values(golden.get("x")), 1, 9);
        var activations = Map.<String, LayerSpec<? extends Layer>>of(
                "gelu", GELU.of(),
                "gelu_tanh", GELU.approximate(),
                "silu", SiLU.of(),
                "hardswish", Hardswish.of(),
                "hardsigmoid", Hardsigmoid.of(),
                "relu6", ReLU6.of(),
                "mish", Mish.of());
        activations.forEach((name, spec) -> {
            assertThat(golden.get("output").has(name)).as(name).isTrue();
            Golden.assertClose(golden.get("output").get(name), apply(spec, x));
            // Behind a layer whose output may be overwritten the activation works in place.
            var net = Sequential.of(GroupNorm.of(1, 9).noAffine(), spec).build();
            var normal = x.groupNorm(1, null, null, 1e-5);
            assertThat(net.call(x).toFloatArray())
                    .containsExactly(apply(spec, normal).toFloatArray());
        });
    }

    private static float[] values(JsonNode node) {
        var values = new float[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) node.get(i).asDouble();
        }
        return values;
    }

    @Test
    void pooling() {
        Golden.assertClose(
                CASES.get("max_pool_3_2_ceil").get("output"),
                apply(MaxPool2d.of(3).stride(2).ceilMode(), maps));
        Golden.assertClose(
                CASES.get("max_pool_2_2_ceil_pad").get("output"),
                apply(MaxPool2d.of(3).stride(2).padding(1).ceilMode(), maps));
        var average = CASES.get("avg_pool_pad_count");
        var pool = AvgPool2d.of(3).stride(2).padding(1);
        Golden.assertClose(average.get("count_include_pad_true"), apply(pool, maps));
        Golden.assertClose(average.get("count_include_pad_false"), apply(pool.ignorePadding(), maps));
        Golden.assertClose(average.get("ceil_mode_true"), apply(pool.ceilMode(), maps));
        Golden.assertClose(CASES.get("adaptive_avg_pool_3x4").get("output"), apply(AdaptiveAvgPool2d.of(3, 4), maps));
        Golden.assertClose(CASES.get("adaptive_avg_pool_7x9").get("output"), apply(AdaptiveAvgPool2d.of(7, 9), maps));
        Golden.assertClose(CASES.get("adaptive_max_pool_3x4").get("output"), apply(AdaptiveMaxPool2d.of(3, 4), maps));
    }

    @Test
    void the_p_norm_of_windows_is_their_sum_at_1_and_their_length_at_2() {
        var x = Tensor.of(new float[] {1, 2, 2, 4}, 1, 1, 2, 2);
        assertThat(apply(LpPool2d.of(1, 2), x).item()).isEqualTo(9);
        assertThat(apply(LpPool2d.of(2, 2), x).item()).isEqualTo(5);
    }

    @Test
    void normalisations() {
        var golden = CASES.get("norms");
        var x = Golden.input("ops.norm", 2, 6, 3, 2);
        Golden.assertClose(golden.get("group_norm_3"), apply(GroupNorm.of(3, 6).noAffine(), x));
        Golden.assertClose(golden.get("instance_norm"), apply(InstanceNorm2d.of(6), x));
        Golden.assertClose(
                golden.get("layer_norm_last2"), apply(LayerNorm.of(3, 2).noAffine(), x));
        Golden.assertClose(
                golden.get("batch_norm_train"), apply(BatchNorm2d.of(6).noAffine(), x));
        Golden.assertClose(
                golden.get("local_response_norm_5"),
                apply(LocalResponseNorm.of(5).constants(1e-4, 0.75, 2), x));
    }
}
