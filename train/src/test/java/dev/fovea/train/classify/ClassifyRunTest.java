package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifyRunTest {
    @TempDir
    Path temp;

    /** Dropout, augmentation, MixUp, averaging and a momentum: everything whose state could be lost. */
    private static ClassifyRecipe recipe() {
        return RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", "scenes:16:120")
                .with("data.augment", "flip|crop(16,2)")
                .with("data.mixup", 0.2)
                .with("model.name", "simple_cnn")
                .with("model.options", Map.of("arch", "conv8-bn,pool,conv8-bn,pool,fc16,dropout0.2"))
                .with("optimizer.ema", 0.9)
                .with("run.epochs", 3)
                .with("run.batch", 16)
                .with("run.precision", "float32")
                .with("run.device", "cpu")
                .with("run.checkpoint_seconds", 0)
                .as(ClassifyRecipe.class);
    }

    private ClassifyRun.Result train(String name, ClassifyRecipe recipe, TrainListener... listeners)
            throws IOException {
        return ClassifyRun.prepare(recipe).train(RunFolder.create(temp.resolve(name)), List.of(listeners), line -> {});
    }

    @Test
    void a_run_of_a_single_step_learns_at_about_the_highest_rate() throws IOException {
        var recipe = RecipeTree.of(recipe())
                .with("run.epochs", 1)
                .with("run.batch", 120)
                .with("optimizer.lr", 0.01)
                .as(ClassifyRecipe.class);
        var result = train("short", recipe);
        assertThat(result.history()).hasSize(1);
        assertThat(result.history().get(0).learningRate()).isBetween(0.009, 0.01);
    }

    /** Stands for a process that is killed: nothing after the step is done. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void a_run_that_was_killed_in_the_middle_of_an_epoch_ends_with_the_same_bytes() throws IOException {
        var whole = train("whole", recipe());
        var interrupted =
                RecipeTree.of(recipe()).with("run.checkpoint_seconds", 1).as(ClassifyRecipe.class);
        var killer = new TrainListener() {
            private int checkpoints;

            @Override
            public void checkpoint(Path file) {
                checkpoints++;
            }

            @Override
            public void step(Step step) {
                // Slow enough for a checkpoint within the epoch, then killed a few steps after it.
                if (step.epoch() == 2 && checkpoints < 2) {
                    pause();
                }
                if (step.epoch() == 2 && checkpoints == 2 && step.batch() > 5) {
                    throw new Killed();
                }
            }

            private void pause() {
                try {
                    Thread.sleep(400);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
        assertThatThrownBy(() -> train("killed", interrupted, killer)).isInstanceOf(Killed.class);
        var folder = RunFolder.open(temp.resolve("killed"));
        var resumed = ClassifyRun.resume(folder, List.of(), line -> {});

        assertThat(Files.readAllBytes(folder.weights()))
                .isEqualTo(Files.readAllBytes(whole.folder().weights()));
        assertThat(resumed.evaluation().figures()).isEqualTo(whole.evaluation().figures());
        assertThat(Files.readAllLines(folder.metrics())).hasSize(3);
    }

    @Test
    void the_same_seed_gives_the_same_weights_and_another_seed_others() throws IOException {
        var first = train("first", recipe());
        var second = train("second", recipe());
        var other = train("other", RecipeTree.of(recipe()).with("run.seed", 7).as(ClassifyRecipe.class));
        assertThat(Files.readAllBytes(second.folder().weights()))
                .isEqualTo(Files.readAllBytes(first.folder().weights()));
        assertThat(Files.readAllBytes(other.folder().weights()))
                .isNotEqualTo(Files.readAllBytes(first.folder().weights()));
    }

    @Test
    void a_finished_run_can_be_repeated_from_its_recipe_and_used_from_its_folder() throws IOException {
        var result = train("run", recipe());
        var again = RecipeTree.of(ClassifyRecipe.defaults())
                .withFile(result.folder().recipe())
                .as(ClassifyRecipe.class);
        assertThat(again).isEqualTo(result.recipe());
        assertThat(Files.readString(result.folder().report())).contains("<h1>run</h1>", "Confusion", "Worst mistakes");
        try (var classifier = TrainedClassifier.open(result.folder().path())) {
            assertThat(classifier.classes()).hasSize(10);
            var data = ClassifyData.open("scenes:16:120", 0).test().orElseThrow();
            var judged = ClassifyJudge.judge(classifier, data, 8, true);
            assertThat(judged.evaluation().top1()).isEqualTo(result.evaluation().top1());
            var image = data.image(0, java.util.Optional.empty());
            var scores = classifier.predict(List.of(image)).get(0).scores();
            assertThat(scores.stream().mapToDouble(s -> s.score()).sum())
                    .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-5));
        }
    }

    @Test
    void weights_of_a_run_start_another_with_another_number_of_classes_under_a_new_head() throws IOException {
        var base = train("base", recipe());
        var few = temp.resolve("few");
        var scenes = ClassifyData.open("scenes:16:60", 3).train();
        for (int i = 0; i < scenes.size(); i++) {
            int label = scenes.annotation(i).labels().get(0).index();
            if (label < 3) {
                var file = few.resolve(scenes.classes().get(label)).resolve(i + ".png");
                Files.createDirectories(file.getParent());
                dev.fovea.vision.codec.ImageWriter.write(scenes.image(i, java.util.Optional.empty()), file);
            }
        }
        var transfer = RecipeTree.of(recipe())
                .with("data.path", few.toString())
                .with("model.weights", base.folder().weights().toString())
                .with("model.freeze", "backbone")
                .with("data.size", 16)
                .as(ClassifyRecipe.class);
        var result = train("transfer", transfer);
        assertThat(result.note()).contains("new head");
        assertThat(result.evaluation().perClass()).hasSize(3);
        try (var before = TrainedClassifier.open(base.folder().path());
                var after = TrainedClassifier.open(result.folder().path())) {
            String first = before.network().parameters().keySet().iterator().next();
            assertThat(after.network().stateDict().get(first).toFloatArray())
                    .as("a frozen parameter stays")
                    .isEqualTo(before.network().stateDict().get(first).toFloatArray());
        }
    }

    @Test
    void weights_of_another_network_are_refused_before_anything_is_written() throws IOException {
        var base = train("base", recipe());
        var wrong = RecipeTree.of(recipe())
                .with("model.name", "resnet20_cifar")
                .with("model.options", Map.of())
                .with("model.weights", base.folder().weights().toString())
                .as(ClassifyRecipe.class);
        assertThatThrownBy(() -> ClassifyRun.prepare(wrong))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not fit resnet20_cifar");
    }
}
