package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.Reconstructing;
import dev.fovea.nn.loss.MarginLoss;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.RunFolder;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.transform.Normalize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The margin loss and the reconstruction in training. */
class CapsuleTrainingTest {
    @TempDir
    Path temp;

    private static RecipeTree recipe() {
        return RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", "scenes:20:160")
                .with("data.augment", "none")
                .with("model.name", "capsnet")
                .with("model.options", java.util.Map.of("channels", 32))
                .with("run.epochs", 4)
                .with("run.batch", 16)
                .with("run.precision", "float32")
                .with("run.device", "cpu");
    }

    @Test
    void a_network_that_draws_learns_by_margin_and_reconstruction_unless_told() throws IOException {
        var folder = RunFolder.create(temp.resolve("run"));
        var result = ClassifyRun.prepare(recipe().as(ClassifyRecipe.class)).train(folder, List.of(), line -> {});
        var first = result.history().get(0);
        var last = result.history().get(3);
        assertThat(first.terms()).containsOnlyKeys("margin", "reconstruction");
        assertThat(last.terms().get("margin")).isLessThan(first.terms().get("margin"));
        assertThat(last.terms().get("reconstruction")).isLessThan(first.terms().get("reconstruction"));
        assertThat(Files.readString(folder.recipe())).contains("name: margin", "reconstruction: 5.0E-4");

        var plain = ClassifyRun.prepare(recipe().with("loss.name", "cross-entropy")
                        .with("loss.reconstruction", 0.0)
                        .with("run.epochs", 1)
                        .as(ClassifyRecipe.class))
                .train(RunFolder.create(temp.resolve("plain")), List.of(), line -> {});
        assertThat(plain.history().get(0).terms()).containsOnlyKeys("loss");
    }

    @Test
    void terms_are_compared_with_labels_and_with_pixels_of_0_to_1() {
        try (var scope = Scope.open();
                var network = Models.build(ModelSpec.parse("capsnet(channels=8, classes=2, image_size=17)"))) {
            var normalize = new Normalize(List.of(0.3f), List.of(0.2f));
            var loss = new ClassifyLoss(ClassifyLoss.Kind.MARGIN, 0, 0, Optional.empty(), 0.01, 0, 0);
            var criterion = new ClassifyCriterion(network, 2, false, normalize, loss, Optional.empty());
            var pixels = Tensor.full(0.25, dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 2, 1, 17, 17);
            var images = Pixels.normalised(pixels, normalize);
            var targets = Tensor.of(new long[] {1, 0}, 2);
            var terms = criterion
                    .losses(new ClassifyBatch(images, targets, new int[] {0, 1}))
                    .terms();

            var shares = Tensor.of(new float[] {0, 1, 1, 0}, 2, 2);
            var said = ((Reconstructing) network).reconstruct(images, shares);
            double squares = said.image().sub(pixels).square().sum().item();
            assertThat(terms.get("reconstruction").item()).isCloseTo(0.01 * squares / 2, within(1e-4));
            assertThat(terms.get("margin").item())
                    .isCloseTo(
                            MarginLoss.of()
                                    .compute(said.logits().sigmoid(), shares)
                                    .item(),
                            within(1e-5));
        }
    }

    @Test
    void losses_that_cannot_be_are_answered_with_the_way_out() {
        assertThatThrownBy(() -> recipe().with("loss.name", "margins").as(ClassifyRecipe.class))
                .hasMessageContaining("did you mean 'margin'");
        assertThatThrownBy(() -> recipe().with("loss.name", "margin")
                        .with("loss.focal", 2)
                        .as(ClassifyRecipe.class))
                .hasMessageContaining("takes neither label_smoothing nor focal");
        assertThatThrownBy(() -> ClassifyRun.prepare(recipe().with("model.name", "resnet20_cifar")
                        .with("model.options", java.util.Map.of())
                        .with("loss.reconstruction", 0.1)
                        .as(ClassifyRecipe.class)))
                .hasMessageContaining("resnet20_cifar draws nothing");
        assertThatThrownBy(() -> ClassifyRun.prepare(
                        recipe().with("data.balance", "weights").as(ClassifyRecipe.class)))
                .hasMessageContaining("data.balance weights does not go with the margin loss");
    }
}
