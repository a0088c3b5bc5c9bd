package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import dev.fovea.nn.Module;
import dev.fovea.nn.Recomputation;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Blocks that are computed again give what a plain run gives. */
class RecomputationTest {
    /** What a step of training leaves behind. */
    private record Step(double loss, Map<String, float[]> gradients, Map<String, float[]> states, String random) {}

    private static Step step(Backbone network, boolean recompute, Precision precision) {
        var start = new LinkedHashMap<String, Tensor>();
        try (var scope = Scope.open()) {
            network.stateDict()
                    .forEach((key, tensor) -> start.put(key, tensor.detach().copy()));
            Seeds.set(7);
            var images = Tensor.randn(DType.FLOAT32, Device.CPU, 3, 3, 64, 64);
            var target = Tensor.of(new long[] {0, 2, 1}, 3);
            double loss;
            try (var recomputation = recompute ? Recomputation.open(network) : null) {
                Tensor total;
                try (var active = precision.activate(Device.CPU)) {
                    total = network.call(images).crossEntropy(target, null, Tensor.Reduction.MEAN, -100, 0);
                }
                loss = total.item();
                if (recomputation == null) {
                    total.backward();
                } else {
                    recomputation.backward(total);
                }
            }
            var gradients = new LinkedHashMap<String, float[]>();
            network.parameters()
                    .forEach((key, p) -> p.value().grad().ifPresent(g -> gradients.put(key, g.toFloatArray())));
            var states = new LinkedHashMap<String, float[]>();
            network.stateDict()
                    .forEach((key, tensor) ->
                            states.put(key, tensor.detach().to(DType.FLOAT32).toFloatArray()));
            var random = HexFormat.of().formatHex(Seeds.state().toByteArray());
            network.clearGrads();
            network.loadStrict(start);
            return new Step(loss, gradients, states, random);
        }
    }

    private static Backbone build(String spec) {
        Seeds.set(3);
        var network = Models.build(ModelSpec.parse(spec).with("classes", 3));
        network.parameters().forEach((key, p) -> {
            if (key.endsWith("gain") || key.endsWith("layer_scale")) { // blocks that begin as the identity
                Init.constant(p, 0.5);
            } else if (key.startsWith("heads.")) {
                Init.normal(p, 0, 0.1);
            }
        });
        return network;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18(layers=[1,2,1,1], stem=small)",
                "mobilenet_v2(width_mult=0.35)",
                "vit_tiny(image_size=64, patch_size=16, num_layers=3, dropout=0.3, attention_dropout=0.2)",
                "convnext_tiny(widths=[8,16], depths=[2,2], stochastic_depth_prob=0.5)",
                "swin_v2_t(embed_dim=16, depths=[2,2], num_heads=[2,4], stochastic_depth_prob=0.5, dropout=0.1)",
                "dm_nfnet_f0(depths=[2,2], channels=[16,32], stem_chs=16, group_size=8, drop_path_rate=0.5)",
                "maxvit_t(partition_size=2, input_size=[64,64], stem_channels=8, block_channels=[16,24], block_layers=[1,2],"
                        + " head_dim=8)"
            })
    void gradients_statistics_and_random_numbers_equal_those_of_a_plain_run(String spec) {
        try (var network = build(spec)) {
            for (var precision : Precision.values()) {
                var plain = step(network, false, precision);
                var again = step(network, true, precision);
                assertThat(again.loss).isEqualTo(plain.loss);
                assertThat(again.gradients.keySet())
                        .isEqualTo(network.parameters().keySet());
                plain.gradients.forEach((key, gradient) ->
                        assertThat(again.gradients.get(key)).as(key).isEqualTo(gradient));
                plain.states.forEach((key, state) ->
                        assertThat(again.states.get(key)).as(key).isEqualTo(state));
                assertThat(again.random).isEqualTo(plain.random);
            }
        }
    }

    /** Where several blocks read one result, the order of summing may differ. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "googlenet(aux_logits=false)",
                "densenet121(block_config=[2,3], num_init_features=16, growth_rate=8)"
            })
    void gradients_of_networks_that_branch_are_the_same_but_for_rounding(String spec) {
        try (var network = build(spec)) {
            var plain = step(network, false, Precision.FLOAT32);
            var again = step(network, true, Precision.FLOAT32);
            plain.gradients.forEach((key, gradient) -> {
                float largest = 0;
                for (float g : gradient) {
                    largest = Math.max(largest, Math.abs(g));
                }
                var other = again.gradients.get(key);
                float furthest = 0;
                for (int k = 0; k < gradient.length; k++) {
                    furthest = Math.max(furthest, Math.abs(other[k] - gradient[k]));
                }
                assertThat(furthest).as(key).isLessThanOrEqualTo(largest * 1e-3f);
            });
            plain.states.forEach(
                    (key, state) -> assertThat(again.states.get(key)).as(key).isEqualTo(state));
        }
    }

    @Test
    void blocks_run_once_more_and_frozen_ones_do_not() throws Exception {
        try (var scope = Scope.open();
                var network = build("resnet18(layers=[1,2,1,1], stem=small)")) {
            assertThat(Recomputation.blocks(network)).hasSize(5);
            network.unfreezeAt("layer4");
            List<String> ran = new ArrayList<>();
            try (var observer = Module.observe((module, result) -> {
                        if (Recomputation.blocks(network).contains(module)) {
                            ran.add(module.path());
                        }
                    });
                    var recomputation = Recomputation.open(network)) {
                recomputation.backward(network.call(Tensor.zeros(2, 3, 32, 32)).sum());
            }
            assertThat(ran).containsExactly("layer1.0", "layer2.0", "layer2.1", "layer3.0", "layer4.0", "layer4.0");
        }
    }

    @Test
    void nothing_stays_behind_without_backward_and_evaluation_is_as_always() {
        try (var scope = Scope.open();
                var network = build("vit_tiny(image_size=64, patch_size=16, num_layers=2)")) {
            try (var recomputation = Recomputation.open(network)) {
                network.call(Tensor.zeros(1, 3, 64, 64));
            }
            network.eval();
            var images = Tensor.ones(1, 3, 64, 64);
            var plain = network.call(images).toFloatArray();
            try (var recomputation = Recomputation.open(network)) {
                assertThat(network.call(images).toFloatArray()).isEqualTo(plain);
            }
            assertThat(Recomputation.isReplaying()).isFalse();
            assertThat(Recomputation.blocks(Models.classify("alexnet", Map.of("classes", 2))))
                    .isEmpty();
        }
    }
}
