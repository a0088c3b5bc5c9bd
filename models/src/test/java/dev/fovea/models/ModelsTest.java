package dev.fovea.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.verify.GoldenFill;
import dev.fovea.nn.Init;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What every network of the registry must do; the large ones in a smaller form of the same code. */
class ModelsTest {
    private static final long SMALL = 3_600_000;
    private static final GoldenFill FILL = new GoldenFill("", 0.9);

    /** All small networks, and forms that use the options of the large ones. */
    private static Stream<ModelSpec> specs() {
        var small = Models.classifiers().stream()
                .filter(a -> a.parameters() < SMALL && !a.name().matches("resnet|resnet(32|44|56|110)_cifar"))
                .map(a -> ModelSpec.of(a.name()));
        var forms = Stream.of(
                        "resnet18(layers=[1,1,1,1], in_channels=1, stem=small, zero_init_residual=true)",
                        "resnet50(layers=[1,2,1,1], width_per_group=16)",
                        "resnext50_32x4d(groups=4, layers=[1,1,2,1], replace_stride_with_dilation=[false,true,true])",
                        "mobilenet_v2(width_mult=0.35, in_channels=4)",
                        "mobilenet_v3_large(width_mult=0.5, dilated=true, reduced_tail=true)",
                        "alexnet(classes=3)",
                        "vgg13_bn(cfg=[8,0,8,12,0,16,0], num_features=24, in_channels=1)",
                        "googlenet(classes=6, dropout_aux=0.1, transform_input=true)",
                        "inception_v3(classes=4, aux_logits=false)",
                        "densenet121(growth_rate=8, block_config=[2,3,2], num_init_features=10, bn_size=2, drop_rate=0.1)",
                        "seresnet18(layers=[1,2,1,1], in_channels=1, drop_path_rate=0.2, drop_rate=0.1)",
                        "seresnet50(layers=[1,1,1,2], cardinality=8, base_width=4, zero_init_last=false)",
                        "darknet53(stem_chs=8, channels=[8,12,16,24,32], depths=[1,2,1,1,1], in_channels=1, drop_rate=0.1)",
                        "shufflenet_v2_x2_0(stages_repeats=[1,2,1], stages_out_channels=[8,16,32,64,96])",
                        "mnasnet1_3(alpha=0.35, in_channels=1)",
                        "efficientnet_b5(width_mult=0.25, depth_mult=0.6, stochastic_depth_prob=0)",
                        "efficientnet_v2_s(inverted_residual_setting=[[1,1,3,1,8,8,2],[1,4,3,2,8,16,1],[0,4,5,2,16,24,2]],"
                                + " last_channel=40, stochastic_depth_prob=0)",
                        "tf_efficientnet_b3(channel_multiplier=0.25, depth_multiplier=0.6, drop_path_rate=0)",
                        "regnet_y_8gf(depth=6, w_0=32, w_a=24.5, w_m=2.5, group_width=8, se_ratio=0.5)",
                        "regnet_x_8gf(depth=5, w_0=24, w_a=24, w_m=2.2, group_width=8, bottleneck_multiplier=0.5)",
                        "lenet(activation=tanh, pooling=average, image_size=36, image_width=44)",
                        "mlp(hidden=[20], dropout=0.5, in_channels=3, image_size=8)",
                        "capsnet(channels=16, classes=3, in_channels=3, image_size=20, image_width=24)",
                        "simple_cnn(arch=\"conv8k5s2p2-bn-leaky-avgpool-dropout0.1,conv12-gap,fc20-bn-tanh\")",
                        "vit_b_16(image_size=32, hidden_dim=48, num_heads=4, mlp_dim=64, num_layers=2,"
                                + " representation_size=24)",
                        "convnext_tiny(widths=[8,16,24], depths=[1,2,1], in_channels=2, layer_scale=0.1,"
                                + " stochastic_depth_prob=0)",
                        "swin_t(embed_dim=16, depths=[2,2,2], num_heads=[1,2,4], window_size=[7,5], patch_size=[2,2],"
                                + " stochastic_depth_prob=0)",
                        "maxvit_t(partition_size=2, input_size=[64,64], stem_channels=8, block_channels=[16,24,16,32],"
                                + " block_layers=[1,1,2,1], head_dim=8, stochastic_depth_prob=0)",
                        "dm_nfnet_f0(depths=[1,1,2], channels=[16,32,48], stem_chs=16, group_size=8, num_features=64)",
                        "eca_nfnet_l0(depths=[1,2], channels=[32,64], stem_chs=16, group_size=0, num_features=40, in_channels=1)",
                        "swin_v2_t(embed_dim=16, depths=[2,1], num_heads=[2,4], window_size=[4,4], stochastic_depth_prob=0)")
                .map(ModelSpec::parse);
        return Stream.concat(small, forms);
    }

    private static Stream<DynamicTest> forEvery(Consumer<Backbone> check) {
        return specs().map(spec -> DynamicTest.dynamicTest(spec.toString(), () -> {
            // Stochastic depth may otherwise leave a block out for both pictures, which then has no gradient.
            Seeds.set(1);
            try (var scope = Scope.open();
                    var network = Models.build(spec)) {
                check.accept(network);
            }
        }));
    }

    /** Two pictures of a size the network takes. */
    private static Tensor images(Backbone network) {
        var options = network.spec().options();
        int usual = Math.max(
                network.leastTrainingSide(),
                Math.min(64, Models.get(network.spec().name()).imageSize()));
        int height = (Integer) options.getOrDefault("image_size", usual);
        int width = (Integer) options.getOrDefault("image_width", height);
        return FILL.input("input", 2, network.inChannels(), height, width);
    }

    @TestFactory
    Stream<DynamicTest> logits_maps_and_embedding_have_the_stated_shapes_and_agree() {
        return forEvery(network -> {
            FILL.fill(network);
            network.eval();
            try (var mode = Grad.off()) {
                var images = images(network);
                var logits = network.call(images);
                assertThat(logits.shape().toArray()).containsExactly(2, network.classes());
                assertThat(logits.toFloatArray()).doesNotContain(Float.NaN).doesNotContain(Float.POSITIVE_INFINITY);

                var maps = network.features(images);
                assertThat(maps).hasSameSizeAs(network.featureChannels()).hasSameSizeAs(network.featureStrides());
                for (int i = 0; i < maps.size(); i++) {
                    assertThat(maps.get(i).dim(1))
                            .isEqualTo(network.featureChannels().get(i).longValue());
                    if (!network.spec()
                            .name()
                            .matches("lenet|capsnet|p4cnn|z2cnn|inception_v3")) { // whose maps lose their rims
                        assertThat((double) images.dim(2) / maps.get(i).dim(2))
                                .as("stride of map %d", i)
                                .isBetween(
                                        network.featureStrides().get(i) * 0.6,
                                        network.featureStrides().get(i) * 2.1);
                    }
                }

                var embedding = network.embed(images);
                assertThat(embedding.shape().toArray()).containsExactly(2, network.embeddingSize());
                if (network.head() instanceof Linear head) {
                    assertThat(head.call(embedding).toFloatArray())
                            .containsExactly(logits.toFloatArray(), within(1e-4f));
                }
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> every_parameter_gets_a_gradient() {
        return forEvery(network -> {
            FILL.fill(network);
            // A branch dropped for both pictures would have none.
            network.modules().values().stream()
                    .filter(m -> m instanceof StochasticDepth)
                    .forEach(Module::eval);
            everything(network).square().mean().backward();
            network.parameters().forEach((key, parameter) -> {
                var gradient = parameter.value().grad();
                assertThat(gradient).as(key).isPresent();
                double size = gradient.get().abs().sum().item();
                assertThat(size).as(key).isFinite().isPositive();
            });
        });
    }

    /** All that a network gives for its loss, in one row. */
    private static Tensor everything(Backbone network) {
        var images = images(network);
        if (network instanceof Reconstructing capsules) {
            var said = capsules.reconstruct(images, Tensor.ones(2, network.classes()));
            return Tensor.cat(List.of(said.logits().flatten(0, -1), said.image().flatten(0, -1)), 0);
        }
        return Tensor.cat(
                network.trainingLogits(images).tensors().stream()
                        .map(logits -> logits.flatten(0, -1))
                        .toList(),
                0);
    }

    @TestFactory
    Stream<DynamicTest> a_new_head_has_the_new_classes_and_leaves_the_rest_alone() {
        return forEvery(network -> {
            var before = new HashMap<>(network.stateDict());
            network.replaceHead(5);
            try (var mode = Grad.off()) {
                network.eval();
                assertThat(network.call(images(network)).dim(1)).isEqualTo(5);
            }
            assertThat(network.classes()).isEqualTo(5);
            assertThat(network.spec().options()).containsEntry("classes", 5);
            var stages = network.stages();
            var head = stages.get(stages.size() - 1).parameters().keySet();
            assertThat(head).anyMatch(key -> key.startsWith(network.head().path() + "."));
            network.stateDict()
                    .forEach((key, tensor) ->
                            assertThat(tensor == before.get(key)).as(key).isEqualTo(!head.contains(key)));
        });
    }

    @TestFactory
    Stream<DynamicTest> stages_hold_every_parameter_once_and_freezing_leaves_the_head() {
        return forEvery(network -> {
            var stages = network.stages();
            var keys = stages.stream()
                    .flatMap(s -> s.parameters().keySet().stream())
                    .toList();
            assertThat(keys)
                    .containsExactlyInAnyOrderElementsOf(network.parameters().keySet());
            var head = stages.get(stages.size() - 1);
            assertThat(head.name()).isEqualTo("head");
            network.freezeBackbone();
            var trainable = new LinkedHashMap<>(network.parameters());
            trainable.values().removeIf(p -> !p.isTrainable());
            assertThat(trainable).isEqualTo(head.parameters()).isNotEmpty();
            network.unfreezeAt(stages.get(0).name());
            assertThat(network.parameters().values()).allMatch(Parameter::isTrainable);
        });
    }

    @TestFactory
    Stream<DynamicTest> a_copy_built_from_the_stored_specification_takes_the_weights() {
        return forEvery(network -> {
            network.eval();
            var images = images(network);
            try (var mode = Grad.off();
                    var copy = Models.build(ModelSpec.fromJson(network.spec().toJson()))) {
                copy.loadStrict(network.stateDict());
                copy.eval();
                assertThat(copy.call(images).toFloatArray())
                        .isEqualTo(network.call(images).toFloatArray());
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> the_stated_parameter_counts_are_true() {
        return Models.classifiers().stream()
                .map(a -> DynamicTest.dynamicTest(a.name(), () -> {
                    try (var unset = Init.off();
                            var network = Models.build(ModelSpec.of(a.name()))) {
                        assertThat(network.parameterCount()).isEqualTo(a.parameters());
                    }
                }));
    }

    @Test
    void frozen_stages_keep_their_running_statistics() {
        try (var scope = Scope.open();
                var network = Models.classify("mobilenet_v3_small", Map.of("classes", 2))) {
            network.unfreezeAt("stage4");
            network.call(images(network));
            var states = network.stateDict();
            assertThat(states.get("features.0.1.num_batches_tracked").itemLong())
                    .isZero();
            assertThat(states.get("features.12.1.num_batches_tracked").itemLong())
                    .isOne();
        }
    }

    @Test
    void a_wrong_name_is_answered_with_the_nearest() {
        assertThatThrownBy(() -> Models.classify("resnet-50", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("there is no model 'resnet-50'; did you mean 'resnet50'");
        assertThatThrownBy(() -> Models.classify("xyzzy", Map.of())).hasMessageContaining("the models are mlp, lenet");
    }

    @Test
    void wrong_options_are_named_with_the_valid_ones() {
        assertThatThrownBy(() -> Models.classify("resnet18", Map.of("clases", 3)))
                .hasMessageContaining("resnet18 has no option 'clases'; did you mean 'classes'?")
                .hasMessageContaining("replace_stride_with_dilation");
        assertThatThrownBy(() -> Models.classify("resnet18", Map.of("classes", "many")))
                .hasMessageContaining("option 'classes'")
                .hasMessageContaining("must be an integer, got 'many'");
        assertThatThrownBy(() -> Models.classify("resnet18", Map.of("classes", 0)))
                .hasMessageContaining("must be at least 1, got 0");
        assertThatThrownBy(() -> Models.classify("resnet18", Map.of("stem", "tiny")))
                .hasMessageContaining("must be one of [standard, small], got 'tiny'");
        assertThatThrownBy(() -> Models.classify("mobilenet_v2", Map.of("dropout", 1.5)))
                .hasMessageContaining("must be in [0, 1), got 1.5");
        assertThatThrownBy(() -> Models.classify("resnet18", Map.of("groups", 2)))
                .hasMessageContaining("basic residual blocks take only groups=1");
        assertThatThrownBy(() -> Models.classify("resnet50", Map.of("layers", List.of(1, 2))))
                .hasMessageContaining("four counts of blocks");
    }

    @Test
    void wrong_pictures_are_named_with_the_way_out() {
        try (var scope = Scope.open();
                var resnet = Models.classify("resnet18", Map.of("classes", 2));
                var lenet = Models.classify("lenet", Map.of());
                var alexnet = Models.classify("squeezenet1_0", Map.of())) {
            assertThatThrownBy(() -> resnet.call(Tensor.zeros(8, 1, 28, 28)))
                    .hasMessage(
                            "resnet18: expected input [N, 3, H, W], got [8, 1, 28, 28] float32; convert grey pictures"
                                    + " to RGB, or build the network with in_channels=1");
            assertThatThrownBy(() -> resnet.call(Tensor.zeros(3, 28, 28))).hasMessageContaining("unsqueeze(0)");
            assertThatThrownBy(() -> lenet.call(Tensor.zeros(8, 1, 40, 40)))
                    .hasMessageContaining("pictures of 32x32 only")
                    .hasMessageContaining("image_size=40");
            assertThatThrownBy(() -> alexnet.call(Tensor.zeros(1, 3, 16, 16)))
                    .hasMessageContaining("at least 21x21 pixels");
        }
    }

    @Test
    void wrappers_of_keys_are_dropped() {
        try (var resnet = Models.classify("resnet20_cifar", Map.of())) {
            assertThat(resnet.canonicalKey("module.layer1.0.conv1.weight")).isEqualTo("layer1.0.conv1.weight");
        }
    }
}
