package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Layers whose keys and outputs equal the reference's (torch 1.13.1) on the same weights and inputs. */
class GoldenModulesTest {
    private static final JsonNode CASES = Golden.read("golden-modules.json").get("cases");

    private final Scope scope = Scope.open();
    private final Grad.Mode mode = Grad.off();
    private final Tensor x = Golden.input("mod.x", 4, 2, 8);
    private final Tensor memory = Golden.input("mod.mem", 5, 2, 8);
    private final Tensor maps = Golden.input("mod.img", 2, 4, 5, 6);
    private final Tensor padding = Tensor.of(new byte[] {0, 0, 0, 0, 1, 0, 1, 0, 0, 0}, DType.BOOL, 2, 5);
    private final AttentionMask causal = AttentionMask.causal(4, Device.CPU);

    @AfterEach
    void free() {
        mode.close();
        scope.close();
    }

    private void check(String name, LayerSpec<? extends Layer> spec, Tensor input) {
        var golden = CASES.get(name);
        var layer = Golden.fill(spec.build());
        Golden.assertKeys(golden, layer);
        Golden.assertValues(golden.get("output").get("out"), layer.call(input));
    }

    @Test
    void attention_to_another_sequence_with_padded_keys() {
        var golden = CASES.get("mha_cross");
        var attention = Golden.fill(MultiheadAttention.of(8, 2).build());
        Golden.assertKeys(golden, attention);
        var mask = AttentionMask.NONE.keyPadding(padding);
        var attended = attention.callWithWeights(x, memory, memory, mask);
        Golden.assertValues(golden.get("output").get("out.0"), attended.result());
        Golden.assertValues(golden.get("output").get("out.1"), attended.weights());
        Golden.assertValues(golden.get("output").get("out.0"), attention.call(x, memory, memory, mask));
    }

    @Test
    void causal_attention_in_batches() {
        var golden = CASES.get("mha_causal").get("output");
        var attention = Golden.fill(MultiheadAttention.of(8, 4).inBatches().build());
        var batch = x.transpose(0, 1);
        Golden.assertValues(golden.get("out.0"), attention.call(batch, batch, batch, causal));
        var weights = attention.callWithWeights(batch, batch, batch, causal).weights();
        Golden.assertValues(golden.get("out.1"), weights.mean(false, 1));
    }

    @Test
    void keys_and_values_of_their_own_width_have_projections_of_their_own() {
        var attention = MultiheadAttention.of(8, 2).keysAndValues(5, 3).build();
        assertThat(attention.stateDict().keySet())
                .containsExactly(
                        "q_proj_weight",
                        "k_proj_weight",
                        "v_proj_weight",
                        "in_proj_bias",
                        "out_proj.weight",
                        "out_proj.bias");
        var y = attention.call(x, Golden.input("k", 6, 2, 5), Golden.input("v", 6, 2, 3), AttentionMask.NONE);
        assertThat(y.shape()).isEqualTo(x.shape());
    }

    @Test
    void encoder_layers_with_normalisation_after_and_before() {
        check("encoder_layer_post", TransformerEncoderLayer.of(8, 2, 16), x);
        check(
                "encoder_layer_pre_gelu",
                TransformerEncoderLayer.of(8, 2, 16).withGelu().normalisedFirst(),
                x);
    }

    @Test
    void decoder_layer_with_a_causal_target_and_padded_memory() {
        var golden = CASES.get("decoder_layer");
        var layer = Golden.fill(TransformerDecoderLayer.of(8, 2, 16).build());
        Golden.assertKeys(golden, layer);
        Golden.assertValues(
                golden.get("output").get("out"), layer.call(x, memory, causal, AttentionMask.NONE.keyPadding(padding)));
    }

    @Test
    void recurrent_networks() {
        var golden = CASES.get("lstm");
        var lstm = Golden.fill(LSTM.of(8, 3).layers(2).bothWays().build());
        Golden.assertKeys(golden, lstm);
        var read = lstm.call(x);
        Golden.assertValues(golden.get("output").get("out"), read.sequence());
        Golden.assertValues(golden.get("output").get("h"), read.hidden());
        Golden.assertValues(golden.get("output").get("c"), read.cell());

        golden = CASES.get("gru");
        var gru = Golden.fill(GRU.of(8, 3).build());
        Golden.assertKeys(golden, gru);
        Golden.assertValues(golden.get("output").get("out"), gru.call(x).sequence());
        Golden.assertValues(golden.get("output").get("h"), gru.call(x).hidden());
        // Reading in two halves, the second going on from the first, is reading at once.
        var first = gru.call(x.narrow(0, 0, 2));
        var second = gru.call(x.narrow(0, 2, 2), first.hidden());
        Golden.assertValues(
                golden.get("output").get("out"), Tensor.cat(List.of(first.sequence(), second.sequence()), 0));
    }

    @Test
    void unusual_convolutions() {
        check(
                "conv_groups_dilated",
                Conv2d.of(4, 6, 3).stride(2).padding(2).dilation(2).groups(2),
                maps);
        check("conv_reflect", Conv2d.of(4, 2, 3).padding(1).rim(Conv2d.Rim.REFLECT), maps);
        check("conv_same_even", Conv2d.of(4, 2, 2, 4).same(), maps);
        check(
                "conv_transpose_groups",
                ConvTranspose2d.of(4, 6, 3)
                        .stride(2)
                        .padding(1)
                        .outputPadding(1)
                        .groups(2),
                maps);
    }

    @Test
    void group_normalisation_with_learned_slopes() {
        check("prelu_groupnorm", Sequential.of(GroupNorm.of(2, 4), PReLU.of(4)), maps);
    }

    @Test
    void embedding_looks_up_rows() {
        check("embedding", Embedding.of(7, 3), Tensor.of(new long[] {0, 6, 3, 3}, 2, 2));
    }
}
