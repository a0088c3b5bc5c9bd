package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.data.Dataset;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PseudoLabelsTest {
    @TempDir
    Path temp;

    /** Two classes; the third picture could not be read, the sixth is doubtful. */
    private static final float[][] ANSWERS = {
        {0.9f, 0.1f}, {0.8f, 0.2f}, null, {0.95f, 0.05f}, {0.2f, 0.8f}, {0.55f, 0.45f}, {0.7f, 0.3f}
    };

    private static ClassifyRecipe.Student recipe(Object... pairs) {
        var tree = RecipeTree.of(ClassifyRecipe.defaults())
                .with("student.teacher", "t")
                .with("student.unlabelled", "u")
                .with("student.confidence", 0.6);
        for (int i = 0; i < pairs.length; i += 2) {
            tree = tree.with("student." + pairs[i], pairs[i + 1]);
        }
        return tree.as(ClassifyRecipe.class).student();
    }

    private static int[] indices(PseudoLabels labels) {
        return labels.chosen().stream().mapToInt(PseudoLabels.Chosen::index).toArray();
    }

    private static int[] times(PseudoLabels labels) {
        return labels.chosen().stream().mapToInt(PseudoLabels.Chosen::times).toArray();
    }

    @Test
    void without_balance_every_picture_of_which_the_teacher_is_sure_is_taken_once() {
        var labels = PseudoLabels.of(ANSWERS, recipe("balance", false));
        assertThat(labels.confident()).isEqualTo(5);
        assertThat(indices(labels)).containsExactly(0, 1, 3, 4, 6);
        assertThat(times(labels)).containsOnly(1);
    }

    @Test
    void with_balance_classes_are_equal_in_number_by_their_surest_and_by_repeating() {
        var labels = PseudoLabels.of(ANSWERS, recipe());
        // Five sure pictures of two classes: three each. The least sure of the first class is left out.
        assertThat(indices(labels)).containsExactly(0, 1, 3, 4);
        assertThat(times(labels)).containsExactly(1, 1, 1, 3);

        var more = PseudoLabels.of(ANSWERS, recipe("per_class", 6));
        assertThat(indices(more)).containsExactly(0, 1, 3, 4, 6);
        assertThat(times(more)).as("the surest twice").containsExactly(2, 1, 2, 6, 1);
    }

    @Test
    void soft_labels_are_the_teachers_shares_and_hard_ones_its_best_class() {
        assertThat(PseudoLabels.of(ANSWERS, recipe()).chosen().get(1).shares()).containsExactly(0.8f, 0.2f);
        assertThat(PseudoLabels.of(ANSWERS, recipe("labels", "hard"))
                        .chosen()
                        .get(1)
                        .shares())
                .containsExactly(1f, 0f);
    }

    @Test
    void a_teacher_that_is_never_sure_enough_is_an_error_that_says_so() {
        assertThatThrownBy(() -> PseudoLabels.of(ANSWERS, recipe("confidence", 0.99)))
                .hasMessageContaining("nowhere as sure as student.confidence 0.99 on the 7 unlabelled pictures");
    }

    @Test
    void answers_are_read_back_as_they_were_and_those_for_other_pictures_refused() throws IOException {
        var file = temp.resolve("labels.safetensors");
        PseudoLabels.write(file, ANSWERS, 2);
        assertThat(Arrays.deepEquals(PseudoLabels.read(file, 7, 2), ANSWERS)).isTrue();
        assertThatThrownBy(() -> PseudoLabels.read(file, 8, 2))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not belong to the 8 unlabelled pictures");
    }

    @Test
    void an_epoch_shows_labelled_pictures_as_often_as_the_ratio_says() throws IOException {
        Dataset labelled = ClassifyData.open("scenes:16:40", 0).train();
        Dataset others = ClassifyData.openUnlabelled("scenes:16:40", 1);
        var answers = new float[others.size()][labelled.classes().size()];
        for (var row : answers) {
            row[2] = 1;
        }
        var pseudo = PseudoLabels.of(answers, recipe("balance", false));
        int n = labelled.size();
        var student = new StudentData(labelled, others, pseudo, 0.4);
        assertThat(student.visits()).isEqualTo(n + (int) Math.round(n / 0.4));
        var order = student.order().indices(student.size(), 0, 0);
        assertThat(Arrays.stream(order).filter(i -> i >= n).count()).isEqualTo(n);
        var visits = IntStream.range(0, n)
                .map(i -> (int) Arrays.stream(order).filter(v -> v == i).count());
        assertThat(visits.toArray()).containsOnly(2, 3);

        assertThat(student.shares(0)[labelled.annotation(0).labels().get(0).index()])
                .isEqualTo(1);
        assertThat(student.annotation(n + 3).labels().get(0).index()).isEqualTo(2);
        assertThat(student.source(n + 3)).isEqualTo(others.source(3));
        assertThat(new StudentData(labelled, others, pseudo, null).visits())
                .as("as many as there are")
                .isEqualTo(2 * n);
    }
}
