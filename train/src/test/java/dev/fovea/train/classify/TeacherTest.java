package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Distillation and noisy students, from the recipe to the weights. */
class TeacherTest {
    @TempDir
    static Path temp;

    private static Path teacher;

    private static RecipeTree recipe() {
        return RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", "scenes:16:100")
                .with("data.augment", "flip")
                .with("model.name", "simple_cnn")
                .with("model.options", Map.of("arch", "conv8-bn,pool,conv8-bn,pool,fc16"))
                .with("run.epochs", 2)
                .with("run.batch", 16)
                .with("run.precision", "float32")
                .with("run.device", "cpu")
                .with("run.checkpoint_seconds", 0);
    }

    private static ClassifyRun.Result train(String name, RecipeTree recipe, TrainListener... listeners)
            throws IOException {
        return ClassifyRun.prepare(recipe.as(ClassifyRecipe.class))
                .train(RunFolder.create(temp.resolve(name)), List.of(listeners), line -> {});
    }

    @BeforeAll
    static void teach() throws IOException {
        teacher = train("teacher", recipe()).folder().path();
    }

    private static RecipeTree student() {
        return recipe().with("student.teacher", teacher.toString())
                .with("student.unlabelled", "scenes:16:60")
                .with("student.confidence", 0.05);
    }

    @Test
    void distillation_equals_its_formula() throws IOException {
        var data = ClassifyData.open("scenes:16:100", 0);
        try (var scope = Scope.open();
                var opened = Teacher.open("distillation.teacher", teacher.toString(), data);
                var classifier = TrainedClassifier.open(teacher)) {
            var normalize = classifier.preprocessing().normalize();
            var images = Tensor.rand(dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 3, 3, 16, 16);
            var seen = Pixels.normalised(images, normalize);
            var wanted = classifier.network().call(seen).toFloatArray();
            assertThat(opened.logits(seen, normalize).toFloatArray()).containsExactly(wanted, within(1e-4f));

            var logits = Tensor.of(new float[30], 3, 10);
            double sum = 0;
            for (int n = 0; n < 3; n++) {
                double all = 0;
                for (int c = 0; c < 10; c++) {
                    all += Math.exp(wanted[n * 10 + c] / 2);
                }
                for (int c = 0; c < 10; c++) {
                    double share = Math.exp(wanted[n * 10 + c] / 2) / all;
                    sum += share * (Math.log(share) - Math.log(0.1));
                }
            }
            var distillation = new Distillation(opened, 2, 0.75, normalize);
            assertThat(distillation.loss(logits, seen).item()).isCloseTo(0.75 * 4 * sum / 3, within(1e-4));
            assertThat(distillation.loss(Tensor.of(wanted, 3, 10), seen).item()).isCloseTo(0, within(1e-4));
        }
    }

    @Test
    void a_teacher_sees_pictures_in_its_own_size_channels_and_normalisation() throws IOException {
        var data = ClassifyData.open("scenes:16:100", 0);
        try (var scope = Scope.open();
                var opened = Teacher.open("distillation.teacher", teacher.toString(), data)) {
            var grey = new dev.fovea.vision.transform.Normalize(List.of(0.4f), List.of(0.2f));
            var pixels = Tensor.full(0.6, dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 2, 1, 24, 24);
            var unit = dev.fovea.vision.transform.Normalize.UNIT;
            var same = Tensor.full(0.6, dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 2, 3, 16, 16);
            assertThat(opened.logits(Pixels.normalised(pixels, grey), grey).toFloatArray())
                    .containsExactly(opened.logits(same, unit).toFloatArray(), within(1e-4f));
        }
    }

    @Test
    void a_distilled_student_has_both_terms_and_can_be_repeated() throws IOException {
        var recipe = recipe().with("distillation.teacher", teacher.toString()).with("distillation.alpha", 0.5);
        var first = train("distilled", recipe);
        assertThat(first.history().get(0).terms()).containsOnlyKeys("loss", "distillation");
        assertThat(first.history().get(0).terms().values()).allMatch(v -> v > 0);
        var again = train("distilled-again", recipe);
        assertThat(Files.readAllBytes(again.folder().weights()))
                .isEqualTo(Files.readAllBytes(first.folder().weights()));
        var alone = train("distilled-alone", recipe.with("distillation.alpha", 1.0));
        assertThat(alone.history().get(0).terms()).containsOnlyKeys("distillation");
    }

    @Test
    void a_student_learns_from_unlabelled_pictures_and_keeps_what_the_teacher_said() throws IOException {
        var lines = new ArrayList<String>();
        var folder = RunFolder.create(temp.resolve("student"));
        ClassifyRun.prepare(student().with("data.augment", "auto").as(ClassifyRecipe.class))
                .train(folder, List.of(), lines::add);
        assertThat(lines).anyMatch(l -> l.startsWith("student  60 unlabelled pictures, 60 over confidence 0.05"));
        assertThat(folder.pseudoLabels()).exists();
        assertThat(Files.readString(folder.recipe()))
                .contains("|randaugment(2,9)", "ratio", "unlabelled: scenes:16:60");
    }

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void a_student_that_was_killed_ends_with_the_same_bytes_without_its_teacher() throws IOException {
        var copy = temp.resolve("copy").resolve("weights.safetensors");
        Files.createDirectories(copy.getParent());
        Files.copy(teacher.resolve("weights.safetensors"), copy);
        var recipe = student().with("student.teacher", copy.toString());
        var whole = train("whole", recipe);
        var killer = new TrainListener() {
            @Override
            public void step(Step step) {
                if (step.epoch() == 2 && step.batch() > 2) {
                    throw new Killed();
                }
            }
        };
        assertThatThrownBy(() -> train("killed", recipe, killer)).isInstanceOf(Killed.class);
        Files.delete(copy);
        var resumed = ClassifyRun.resume(RunFolder.open(temp.resolve("killed")), List.of(), line -> {});
        assertThat(Files.readAllBytes(resumed.folder().weights()))
                .isEqualTo(Files.readAllBytes(whole.folder().weights()));
    }

    @Test
    void calls_that_cannot_work_are_answered_before_anything_is_written() throws IOException {
        assertThatThrownBy(() -> prepare(recipe().with("student.teacher", "x")))
                .hasMessageContaining("student.unlabelled")
                .hasMessageContaining("a noisy student needs both");
        assertThatThrownBy(() -> prepare(student().with("student.teacher", "nowhere")))
                .isInstanceOf(NoSuchFileException.class)
                .extracting(e -> ((NoSuchFileException) e).getReason())
                .asString()
                .contains("student.teacher: nowhere does not exist");
        assertThatThrownBy(() -> prepare(student().with("student.labels", "softish")))
                .hasMessageContaining("student.labels cannot be 'softish'; known are soft, hard");
        assertThatThrownBy(() -> prepare(student().with("data.balance", "sampler")))
                .hasMessageContaining("data.balance sampler does not go with a noisy student");
        var folder = temp.resolve("others");
        try (var other = new TrainedClassifier(
                Models.build(ModelSpec.parse("simple_cnn(classes=2, in_channels=3)")),
                List.of("cat", "dog"),
                false,
                dev.fovea.vision.transform.Preprocessing.ofMetadata(
                        Map.of("fovea.resize", "stretch16-bilinear", "fovea.mean", "0,0,0", "fovea.std", "1,1,1")))) {
            var metadata =
                    TrainedClassifier.metadata(other.network().spec(), other.classes(), false, other.preprocessing());
            Files.createDirectories(folder);
            var file = folder.resolve("weights.safetensors");
            dev.fovea.nn.checkpoint.Safetensors.write(file, other.network().stateDict(), metadata);
            assertThatThrownBy(() -> prepare(recipe().with("distillation.teacher", file.toString())))
                    .hasMessageContaining("distillation.teacher")
                    .hasMessageContaining("tells [cat, dog] apart, the data [")
                    .hasMessageContaining("a teacher needs the same classes");
        }
    }

    private static ClassifyRun prepare(RecipeTree recipe) throws IOException {
        return ClassifyRun.prepare(recipe.as(ClassifyRecipe.class));
    }
}
