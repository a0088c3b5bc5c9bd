package dev.fovea.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights under other projects' names give the outputs that they give there. */
class RenamingTest {
    private static final GoldenFill FILL = new GoldenFill("", 1.0);

    private static Backbone build(String spec) {
        var parsed = ModelSpec.parse(spec);
        Assumptions.assumeTrue(Models.find(parsed.name()).isPresent(), "there is no " + parsed.name() + " yet");
        return Models.build(parsed);
    }

    /** Names, shapes and output were written by timm itself, whose tensors had been filled by their names there. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "vit_base_patch16_224",
                "convnext_tiny",
                "swin_tiny_patch4_window7_224",
                "swinv2_tiny_window8_256",
                "efficientnet_b0",
                "vgg11",
                "regnety_004",
                "regnetx_008",
                "mobilenetv2_100",
                "mobilenetv3_small_100",
                "mobilenetv3_large_100",
                "mnasnet_100",
                "densenet121",
            })
    void files_of_timm_give_the_outputs_of_timm(String name) throws IOException {
        var golden = golden("timm-" + name + ".json");
        try (var network = build(golden.get("network").asText());
                var scope = Scope.open();
                var mode = Grad.off()) {
            var renaming = Renaming.of(network, file(golden.get("keys")));
            if (!name.equals("densenet121")) { // whose names are the same
                assertThat(renaming.table().orElseThrow()).startsWith("timm's names of a");
            }
            network.loadStrict(renaming.tensors());
            network.eval();
            int side = golden.get("side").asInt();
            float[] actual = network.call(FILL.input("input", 1, 3, side, side)).toFloatArray();
            float[] expected = new float[actual.length];
            float largest = 0;
            for (int i = 0; i < expected.length; i++) {
                expected[i] = golden.get("output").get(i).floatValue();
                largest = Math.max(largest, Math.abs(expected[i]));
            }
            assertThat(actual).containsExactly(expected, within(2e-4f * largest));
        }
    }

    private static JsonNode golden(String file) throws IOException {
        try (var stream = RenamingTest.class.getResourceAsStream(file)) {
            return new ObjectMapper().readTree(stream);
        }
    }

    private static Map<String, Tensor> file(JsonNode keys) {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var key : keys) {
            var sizes = new ArrayList<Long>();
            key.get(1).forEach(n -> sizes.add(n.longValue()));
            long[] shape = sizes.stream().mapToLong(Long::longValue).toArray();
            String name = key.get(0).textValue();
            tensors.put(
                    name,
                    key.size() > 2
                            ? Tensor.zeros(DType.INT64, Device.CPU, shape)
                            : Tensor.of(FILL.values(name, shape), shape));
        }
        return tensors;
    }

    // --- Hugging Face ------------------------------------------------------------------------------------------------

    @Test
    void a_resnet_of_hugging_face_is_read() {
        for (String spec : List.of("resnet18(classes=3)", "resnet50(classes=3)")) {
            checkHuggingFace(spec, 64, key -> key.replaceFirst("^conv1\\.", "resnet.embedder.embedder.convolution.")
                    .replaceFirst("^bn1\\.", "resnet.embedder.embedder.normalization.")
                    .replaceFirst("^fc\\.", "classifier.1.")
                    .replaceFirst("^layer1\\.", "resnet.encoder.stages.0.layers.")
                    .replaceFirst("^layer2\\.", "resnet.encoder.stages.1.layers.")
                    .replaceFirst("^layer3\\.", "resnet.encoder.stages.2.layers.")
                    .replaceFirst("^layer4\\.", "resnet.encoder.stages.3.layers.")
                    .replace(".downsample.0.", ".shortcut.convolution.")
                    .replace(".downsample.1.", ".shortcut.normalization.")
                    .replaceFirst("(layers\\.\\d+\\.)conv1\\.", "$1layer.0.convolution.")
                    .replaceFirst("(layers\\.\\d+\\.)conv2\\.", "$1layer.1.convolution.")
                    .replaceFirst("(layers\\.\\d+\\.)conv3\\.", "$1layer.2.convolution.")
                    .replaceFirst("(layers\\.\\d+\\.)bn1\\.", "$1layer.0.normalization.")
                    .replaceFirst("(layers\\.\\d+\\.)bn2\\.", "$1layer.1.normalization.")
                    .replaceFirst("(layers\\.\\d+\\.)bn3\\.", "$1layer.2.normalization."));
        }
    }

    @Test
    void a_vision_transformer_of_hugging_face_is_read() {
        checkHuggingFace(
                "vit_b_16(image_size=32, patch_size=8, hidden_dim=24, mlp_dim=48, num_layers=3, num_heads=2, classes=5)",
                32,
                key -> key.replaceFirst("^class_token$", "vit.embeddings.cls_token")
                        .replaceFirst("^conv_proj\\.", "vit.embeddings.patch_embeddings.projection.")
                        .replaceFirst("^encoder.pos_embedding$", "vit.embeddings.position_embeddings")
                        .replaceFirst("^encoder.ln\\.", "vit.layernorm.")
                        .replaceFirst("^heads.head\\.", "classifier.")
                        .replaceFirst("^encoder.layers.encoder_layer_", "vit.encoder.layer.")
                        .replace(".ln_1.", ".layernorm_before.")
                        .replace(".ln_2.", ".layernorm_after.")
                        .replace(".self_attention.in_proj_", ".attention.attention.QKV.")
                        .replace(".self_attention.out_proj.", ".attention.output.dense.")
                        .replace(".mlp.0.", ".intermediate.dense.")
                        .replace(".mlp.3.", ".output.dense."));
    }

    @Test
    void a_convnext_of_hugging_face_is_read() {
        checkHuggingFace("convnext_tiny(classes=3)", 64, key -> stages(key, "convnext.encoder.stages.", ".layers.")
                .replaceFirst("^features.0.0\\.", "convnext.embeddings.patch_embeddings.")
                .replaceFirst("^features.0.1\\.", "convnext.embeddings.layernorm.")
                .replaceFirst("^classifier.0\\.", "convnext.layernorm.")
                .replaceFirst("^classifier.2\\.", "classifier.")
                .replace("MERGE.", "downsampling_layer.")
                .replace(".block.0.", ".dwconv.")
                .replace(".block.2.", ".layernorm.")
                .replace(".block.3.", ".pwconv1.")
                .replace(".block.5.", ".pwconv2.")
                .replace(".layer_scale", ".layer_scale_parameter"));
    }

    @Test
    void a_swin_transformer_of_hugging_face_is_read() {
        checkHuggingFace("swin_t(classes=3)", 64, key -> {
            String behind = key.startsWith("features.") && key.charAt("features.".length()) % 2 == 0 ? "2" : "";
            return key.endsWith("relative_position_index")
                    ? ""
                    : stages(key, "swin.encoder.layers.", ".blocks.")
                            .replaceFirst("^features.0.0\\.", "swin.embeddings.patch_embeddings.projection.")
                            .replaceFirst("^features.0.2\\.", "swin.embeddings.norm.")
                            .replaceFirst("^norm\\.", "swin.layernorm.")
                            .replaceFirst("^head\\.", "classifier.")
                            .replace("layers.1.MERGE.", "layers.0.downsample.")
                            .replace("layers.2.MERGE.", "layers.1.downsample.")
                            .replace("layers.3.MERGE.", "layers.2.downsample.")
                            .replace(".attn.qkv.", ".attention.self.QKV.")
                            .replace(".attn.proj.", ".attention.output.dense.")
                            .replace(".attn.", ".attention.self.")
                            .replace(".mlp.0.", ".intermediate.dense.")
                            .replace(".mlp.3.", ".output.dense.")
                            .replace(".norm1.", ".layernorm_before.")
                            .replace(".norm2.", behind.isEmpty() ? ".layernorm_after." : ".norm2.");
        });
    }

    /** torchvision's stages are features 1, 3, 5, 7, with what shrinks the map between them. */
    private static String stages(String key, String before, String between) {
        String renamed = key;
        for (int s = 0; s < 4; s++) {
            renamed = renamed.replaceFirst("^features." + (2 * s + 1) + "\\.(\\d+)\\.", before + s + between + "$1.");
            if (s > 0) {
                renamed = renamed.replaceFirst("^features." + 2 * s + "\\.", before + s + ".MERGE.");
            }
        }
        return renamed;
    }

    @Test
    void a_mobilenet_v2_of_hugging_face_is_read_with_its_variances_moved() {
        checkHuggingFace("mobilenet_v2(classes=3)", 64, key -> {
            String renamed = key.replaceFirst("^features.0.0\\.", "mobilenet_v2.conv_stem.first_conv.convolution.")
                    .replaceFirst("^features.0.1\\.", "mobilenet_v2.conv_stem.first_conv.normalization.")
                    .replaceFirst("^features.1.conv.0.0\\.", "mobilenet_v2.conv_stem.conv_3x3.convolution.")
                    .replaceFirst("^features.1.conv.0.1\\.", "mobilenet_v2.conv_stem.conv_3x3.normalization.")
                    .replaceFirst("^features.1.conv.1\\.", "mobilenet_v2.conv_stem.reduce_1x1.convolution.")
                    .replaceFirst("^features.1.conv.2\\.", "mobilenet_v2.conv_stem.reduce_1x1.normalization.")
                    .replaceFirst("^features.18.0\\.", "mobilenet_v2.conv_1x1.convolution.")
                    .replaceFirst("^features.18.1\\.", "mobilenet_v2.conv_1x1.normalization.")
                    .replaceFirst("^classifier.1\\.", "classifier.");
            for (int i = 0; i < 16; i++) {
                renamed = renamed.replaceFirst("^features." + (i + 2) + "\\.conv\\.", "mobilenet_v2.layer." + i + ".");
            }
            return renamed.replaceFirst("(layer.\\d+\\.)0.0\\.", "$1expand_1x1.convolution.")
                    .replaceFirst("(layer.\\d+\\.)0.1\\.", "$1expand_1x1.normalization.")
                    .replaceFirst("(layer.\\d+\\.)1.0\\.", "$1conv_3x3.convolution.")
                    .replaceFirst("(layer.\\d+\\.)1.1\\.", "$1conv_3x3.normalization.")
                    .replaceFirst("(layer.\\d+\\.)2\\.", "$1reduce_1x1.convolution.")
                    .replaceFirst("(layer.\\d+\\.)3\\.", "$1reduce_1x1.normalization.");
        });
    }

    /** Renames a network's tensors backwards and reads them into another of the same form. */
    private static void checkHuggingFace(String spec, int side, UnaryOperator<String> backwards) {
        try (var first = build(spec);
                var second = build(spec);
                var scope = Scope.open();
                var mode = Grad.off()) {
            FILL.fill(first);
            var file = new HashMap<String, Tensor>();
            first.stateDict().forEach((key, tensor) -> {
                String name = backwards.apply(key);
                if (name.contains("QKV")) {
                    var parts = List.of("query", "key", "value");
                    long rows = tensor.dim(0) / 3;
                    IntStream.range(0, 3)
                            .forEach(
                                    i -> file.put(name.replace("QKV", parts.get(i)), tensor.narrow(0, i * rows, rows)));
                } else if (name.startsWith("mobilenet_v2.") && name.endsWith("running_var")) {
                    file.put(name, tensor.sub(0.00099));
                } else if (name.endsWith("layer_scale_parameter")) {
                    file.put(name, tensor.reshape(-1));
                } else if (!name.isEmpty()) {
                    file.put(name, tensor);
                }
            });
            var renaming = Renaming.of(second, file);
            assertThat(renaming.table().orElseThrow()).startsWith("Hugging Face's names of a");
            second.loadStrict(renaming.tensors());
            first.eval();
            second.eval();
            var input = FILL.input("input", 2, 3, side, side);
            assertThat(second.call(input).toFloatArray())
                    .containsExactly(first.call(input).toFloatArray(), within(1e-4f));
        }
    }

    // --- torchvision's own older names -------------------------------------------------------------------------------

    @Test
    void older_names_of_torchvision_are_read() {
        try (var vit = build("vit_tiny_mnist");
                var scope = Scope.open()) {
            var file = new LinkedHashMap<String, Tensor>();
            vit.stateDict()
                    .forEach((key, tensor) -> file.put(
                            "module." + key.replace(".mlp.0.", ".mlp.linear_1.").replace(".mlp.3.", ".mlp.linear_2."),
                            tensor));
            var renaming = Renaming.of(vit, file);
            assertThat(renaming.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(vit.stateDict().keySet());
            assertThat(renaming.table().orElseThrow()).contains("torchvision", "before version 0.12");
        }
    }

    @Test
    void published_names_of_a_densenet_are_read() {
        try (var densenet = build("densenet121(classes=2)");
                var scope = Scope.open()) {
            var file = new LinkedHashMap<String, Tensor>();
            densenet.stateDict()
                    .forEach((key, tensor) ->
                            file.put(key.replaceFirst("(denselayer\\d+\\.)(norm|conv)(\\d)", "$1$2.$3"), tensor));
            assertThat(Renaming.of(densenet, file).tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(densenet.stateDict().keySet());
        }
    }

    // --- what may go wrong -------------------------------------------------------------------------------------------

    @Test
    void own_names_stay_as_they_are() {
        try (var network = build("resnet18(classes=2)")) {
            var renaming = Renaming.of(network, network.stateDict());
            assertThat(renaming.table()).isEmpty();
            assertThat(renaming.tensors()).isEqualTo(network.stateDict());
        }
    }

    @Test
    void what_no_table_knows_is_left_for_the_report() {
        try (var network = build("resnet18(classes=2)");
                var scope = Scope.open()) {
            var file = Map.of("encoder.first.weight", Tensor.zeros(2), "fc.weight", Tensor.zeros(2, 512));
            var renaming = Renaming.of(network, file);
            assertThat(renaming.tensors()).isEqualTo(file);
            assertThatThrownBy(() -> network.loadStrict(renaming.tensors())).hasMessageContaining("missing");
        }
    }

    @Test
    void a_lost_tensor_is_reported_under_the_networks_name() throws IOException {
        var golden = golden("timm-vit_base_patch16_224.json");
        try (var network = build(golden.get("network").asText());
                var scope = Scope.open()) {
            var file = file(golden.get("keys"));
            file.remove("blocks.1.attn.qkv.bias");
            var tensors = Renaming.of(network, file).tensors();
            assertThat(network.compare(tensors).missing())
                    .containsExactly("encoder.layers.encoder_layer_1.self_attention.in_proj_bias");
        }
    }

    @Test
    void tensors_that_cannot_be_joined_are_refused() {
        try (var network = build(
                        "vit_b_16(image_size=32, patch_size=8, hidden_dim=24, mlp_dim=48, num_layers=1, num_heads=2)");
                var scope = Scope.open()) {
            String attention = "vit.encoder.layer.0.attention.attention.";
            var file = new LinkedHashMap<String, Tensor>();
            file.put("vit.embeddings.cls_token", Tensor.zeros(1, 1, 24));
            file.put(attention + "query.weight", Tensor.zeros(24, 24));
            file.put(attention + "key.weight", Tensor.zeros(24, 3));
            file.put(attention + "value.weight", Tensor.zeros(24, 24));
            assertThatThrownBy(() -> Renaming.of(network, file))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot be joined")
                    .hasMessageContaining("[24, 3]");
        }
    }

    @Test
    void two_tensors_with_one_meaning_are_refused() {
        try (var network = build("vit_tiny_mnist");
                var scope = Scope.open()) {
            var file = new LinkedHashMap<String, Tensor>();
            network.stateDict().forEach((key, t) -> file.put(key.replace(".mlp.0.", ".mlp.linear_1."), t));
            file.put("encoder.layers.encoder_layer_0.mlp.0.weight", Tensor.zeros(1));
            assertThatThrownBy(() -> Renaming.of(network, file)).hasMessageContaining("both mean");
        }
    }

    @Test
    void parts_are_cut_apart_where_a_table_says_so() throws IOException {
        String table = "{'source': 'other', 'families': [{'name': 'a network', 'present': ['two.weight'], 'rules': ["
                + "{'from': '{a}.{p}', 'to': ['classifier.1.{p}', 'classifier.4.{p}'], 'without': 'three.{p}'}]}]}";
        var families =
                Renaming.read(new ByteArrayInputStream(table.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
        try (var network = build("alexnet");
                var scope = Scope.open()) {
            var tensor = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 6, 1);
            var cut =
                    Renaming.of(network, Map.of("two.weight", tensor), families).tensors();
            assertThat(cut.get("classifier.1.weight").toFloatArray()).containsExactly(1, 2, 3);
            assertThat(cut.get("classifier.4.weight").toFloatArray()).containsExactly(4, 5, 6);
            assertThatThrownBy(() -> Renaming.of(network, Map.of("two.weight", Tensor.zeros(5)), families))
                    .hasMessageContaining("equal parts");
            assertThat(Renaming.of(network, Map.of("two.weight", tensor, "three.weight", tensor), families)
                            .table())
                    .isEmpty();
        }
    }

    @Test
    void hostile_names_take_no_time() {
        var patterns = List.of(
                KeyPattern.of("a.<s>.{p}.b.{q}.c"), KeyPattern.of("{a}.{b}.{c}.{d}"), KeyPattern.of("<a>.<b>.<a>"));
        var names = List.of(
                "a.1.".repeat(200_000),
                "9".repeat(1_000_000),
                ".".repeat(999),
                "a." + "1".repeat(900) + ".x",
                "{p}<s>",
                "");
        long begin = System.nanoTime();
        for (int i = 0; i < 1000; i++) {
            for (var pattern : patterns) {
                names.forEach(name -> assertThat(pattern.match(name)).isEmpty());
            }
        }
        assertThat(System.nanoTime() - begin).isLessThan(5_000_000_000L);
        try (var network = build("vit_tiny_mnist");
                var scope = Scope.open()) {
            var file = new LinkedHashMap<String, Tensor>();
            var one = Tensor.zeros(1);
            for (int i = 0; i < 50_000; i++) {
                file.put("blocks." + i + "." + i + ".bn1.weight", one);
            }
            for (String key : List.of(
                    "conv_stem.weight",
                    "conv_head.weight",
                    "bn2.weight",
                    "blocks.0.0.conv_dw.weight",
                    "blocks.6.0.conv_pwl.weight",
                    "cls_token",
                    "patch_embed.proj.weight",
                    "blocks.0.attn.qkv.weight")) {
                file.put(key, one);
            }
            assertThat(network.compare(Renaming.of(network, file).tensors()).missing())
                    .isNotEmpty();
        }
    }

    @Test
    void patterns_match_and_reckon() {
        var from = KeyPattern.of("stages.<s>.blocks.<b>.mlp.fc1.{p}");
        var values = from.match("stages.3.blocks.10.mlp.fc1.weight").orElseThrow();
        assertThat(KeyPattern.of("features.<2s+1>.<b-1>.{p}").fill(values)).isEqualTo("features.7.9.weight");
        assertThat(from.match("stages.3.blocks.x.mlp.fc1.weight")).isEmpty();
        assertThat(from.match("stages.3.blocks.1.mlp.fc1.weight.more")).isEmpty();
        assertThat(KeyPattern.of("s<s>.block<s>").match("s1.block2")).isEmpty();
        assertThatThrownBy(() -> KeyPattern.of("{p}x")).hasMessageContaining("no pattern");
        assertThatThrownBy(() -> KeyPattern.of("a<toolong>")).hasMessageContaining("no pattern");
    }
}
