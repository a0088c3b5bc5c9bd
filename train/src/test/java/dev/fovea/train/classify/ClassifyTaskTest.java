package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClassifyTaskTest {
    @BeforeEach
    void seed() {
        Seeds.set(3);
    }

    @AfterEach
    void forgetTheSeed() {
        Seeds.set(System.nanoTime());
    }

    private static ClassifyTask task(Backbone network) {
        var preprocessing = new Preprocessing(ResizePolicy.parse("stretch32"), Normalize.IMAGENET);
        return new ClassifyTask(network, List.of("a", "b", "c"), false, preprocessing, ClassifyLoss.PLAIN);
    }

    private static ClassifyBatch batch() {
        var images = Tensor.zeros(6, 3, 32, 32).uniformInPlace(-1, 1);
        return new ClassifyBatch(images, Tensor.of(new long[] {0, 1, 2, 0, 1, 2}, 6), new int[] {0, 1, 2, 3, 4, 5});
    }

    @Test
    void auxiliary_heads_add_named_terms_with_their_weights() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("googlenet", Map.of("classes", 3))) {
            network.eval(); // so that dropout leaves the two passes equal
            var batch = batch();
            var terms = task(network).loss(batch, new SplittableRandom(0)).terms();
            assertThat(terms.keySet()).containsExactly("loss", "aux_logits2", "aux_logits1");
            var said = network.trainingLogits(batch.images());
            assertThat(terms.get("loss").item()).isCloseTo(crossEntropy(said.logits(), batch), within(1e-5));
            said.auxiliary().forEach(a -> assertThat(terms.get(a.name()).item())
                    .isCloseTo(0.3 * crossEntropy(a.logits(), batch), within(1e-5)));
        }
    }

    private static double crossEntropy(Tensor logits, ClassifyBatch batch) {
        return ClassifyLoss.PLAIN.compute(logits, batch.targets(), false).item();
    }

    @Test
    void a_network_without_auxiliary_heads_has_one_term() {
        try (var scope = Scope.open();
                var network = Models.classify("googlenet", Map.of("classes", 3, "aux_logits", false))) {
            assertThat(task(network).loss(batch(), new SplittableRandom(0)).terms())
                    .containsOnlyKeys("loss");
        }
    }

    @Test
    void auxiliary_heads_are_trained_and_the_trunk_by_them() {
        try (var scope = Scope.open();
                var network = Models.classify("googlenet", Map.of("classes", 3, "dropout", 0.0, "dropout_aux", 0.0));
                var optimizer = AdamW.of(1e-3).build(network)) {
            var task = task(network);
            var batch = batch();
            network.freeze();
            network.auxiliaryHeads().forEach(head -> head.unfreeze());
            network.find("inception3a").orElseThrow().unfreeze();
            network.find("inception5b").orElseThrow().unfreeze();
            double first = 0;
            double last = 0;
            for (int i = 0; i < 8; i++) {
                try (var step = Scope.open()) {
                    var terms = task.loss(batch, new SplittableRandom(0)).terms();
                    var auxiliary = terms.get("aux_logits1").add(terms.get("aux_logits2"));
                    auxiliary.backward();
                    last = auxiliary.item();
                    first = i == 0 ? last : first;
                }
                if (i == 0) {
                    assertThat(gradient(network, "inception3a.branch1.conv.weight"))
                            .isPositive();
                    assertThat(network.parameters()
                                    .get("inception5b.branch1.conv.weight")
                                    .value()
                                    .grad())
                            .as("above the auxiliary heads")
                            .isEmpty();
                }
                optimizer.step();
                optimizer.zeroGrad();
            }
            assertThat(last).isLessThan(0.9 * first);
        }
    }

    private static double gradient(Backbone network, String key) {
        return network.parameters()
                .get(key)
                .value()
                .grad()
                .orElseThrow()
                .abs()
                .sum()
                .item();
    }
}
