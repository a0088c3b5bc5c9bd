package dev.fovea.train.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.data.scenes.Scenes;
import dev.fovea.models.Models;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.TrainedWeights;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectRunTest {
    @TempDir
    Path temp;

    /** Mosaic, MixUp, augmentation, changing sizes, averaging and momentum: everything whose state could be lost. */
    private static RecipeTree recipe() {
        return RecipeTree.of(DetectRecipe.defaults())
                .with("data.path", "scenes:64:18")
                .with("data.size", 64)
                .with("data.mosaic", 0.5)
                .with("data.mixup", 0.5)
                .with("data.multiscale", 1)
                .with("model.name", "yolox_nano")
                .with("model.options", Map.of("width", 0.125))
                .with("run.epochs", 2)
                .with("run.batch", 6)
                .with("run.precision", "float32")
                .with("run.device", "cpu")
                .with("run.threads", 1)
                .with("run.checkpoint_seconds", 0);
    }

    private DetectRun.Result train(String name, RecipeTree recipe, TrainListener... listeners) throws IOException {
        return DetectRun.prepare(recipe.as(DetectRecipe.class))
                .train(RunFolder.create(temp.resolve(name)), List.of(listeners), line -> {});
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void a_run_leaves_weights_that_find_objects_and_a_report_and_resumes_with_the_same_bytes() throws IOException {
        var whole = train("whole", recipe());
        assertThat(whole.history()).hasSize(2);
        assertThat(whole.evaluation().figures()).containsKeys("map", "map50", "map75", "ap_small", "ar100");
        assertThat(whole.evaluation().samples()).isEqualTo(10);
        assertThat(whole.history().get(0).terms().keySet()).contains("iou_loss", "conf_loss", "cls_loss");
        assertThat(whole.recipe().data().mosaicOff()).isEqualTo(1);
        assertThat(whole.history().get(0).terms().keySet()).doesNotContain("l1_loss");
        assertThat(whole.history().get(1).terms().get("l1_loss")).isPositive();
        assertThat(Files.readString(whole.folder().report()))
                .contains("<h1>whole</h1>", "Precision and recall", "Worst pictures", "Confusion", "background");
        assertThat(TrainedWeights.taskOf(whole.folder().path())).contains("detect");
        var again = RecipeTree.of(DetectRecipe.defaults())
                .withFile(whole.folder().recipe())
                .as(DetectRecipe.class);
        assertThat(again).isEqualTo(whole.recipe());

        var killer = new TrainListener() {
            @Override
            public void step(Step step) {
                if (step.epoch() == 2 && step.batch() == 2) {
                    throw new Killed();
                }
            }
        };
        assertThatThrownBy(() -> train("killed", recipe(), killer)).isInstanceOf(Killed.class);
        var folder = RunFolder.open(temp.resolve("killed"));
        var resumed = DetectRun.resume(folder, List.of(), line -> {});
        assertThat(Files.readAllBytes(folder.weights()))
                .isEqualTo(Files.readAllBytes(whole.folder().weights()));
        assertThat(resumed.evaluation().figures()).isEqualTo(whole.evaluation().figures());

        var scenes = Scenes.of(Scenes.Options.scene(new Size(50, 90), 2), Scenes.Split.TEST);
        try (var detector = TrainedDetector.open(whole.folder().path())) {
            var selection = detector.selection().withLeastScore(0);
            var found = detector.detect(List.of(scenes.image(0), scenes.image(1)), selection);
            assertThat(found).hasSize(2);
            assertThat(found.get(0).items()).isNotEmpty().allSatisfy(d -> {
                assertThat(d.box()).isEqualTo(d.box().clip(new Size(50, 90)));
                assertThat(detector.classes()).contains(d.label().name());
            });
            var judged = DetectJudge.judge(
                    detector,
                    DetectData.openForEvaluation("scenes:64:18", detector.classes()),
                    detector.selection(),
                    4,
                    true);
            assertThat(judged.evaluation().figures())
                    .isEqualTo(whole.evaluation().figures());
        }
    }

    @Test
    void weights_for_other_classes_get_a_new_head() throws IOException {
        var first = train("first", recipe().with("run.epochs", 1));
        try (var other = Models.detect("yolox_nano", Map.of("classes", 3, "width", 0.125, "image_size", 64))) {
            String note = DetectWeights.load(other, first.folder().weights());
            assertThat(note).contains("new head");
            assertThatThrownBy(() -> DetectWeights.load(other, first.folder().report()))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void wrong_calls_are_answered_before_anything_is_written() {
        assertThatThrownBy(
                        () -> DetectRun.prepare(recipe().with("data.size", 100).as(DetectRecipe.class)))
                .hasMessageContaining("multiples of 32");
        assertThatThrownBy(() -> DetectRun.prepare(
                        recipe().with("model.name", "resnet18").as(DetectRecipe.class)))
                .hasMessageContaining("use a detector");
        assertThatThrownBy(() ->
                        DetectRun.prepare(RecipeTree.of(DetectRecipe.defaults()).as(DetectRecipe.class)))
                .hasMessageContaining("--data");
    }
}
