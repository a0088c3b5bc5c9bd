package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@link Datasets#open} makes of real archives; the classes of the formats have tests of their own. */
class DatasetsTest {
    @Test
    void the_clothing_archive_has_three_parts() throws IOException {
        SplitDatasets splits = Datasets.open(TinyPictures.shared("clothing/clothing_subset.zip"));
        assertThat(splits.train().size()).isEqualTo(280);
        assertThat(splits.validation().size()).isEqualTo(60);
        assertThat(splits.test().orElseThrow().size()).isEqualTo(100);
        assertThat(splits.classes()).hasSize(10).contains("t-shirt");
        var image = splits.train().image(279, Optional.empty());
        assertThat(image.channels()).isEqualTo(3);
        assertThat(image.width()).isGreaterThan(100);
    }

    @Test
    void the_cifar_archive_holds_a_validation_part_out_of_train() throws IOException {
        SplitDatasets splits = Datasets.open(TinyPictures.shared("cifar10/cifar10_subset.zip"));
        assertThat(splits.train().size() + splits.validation().size()).isEqualTo(5000);
        assertThat(splits.validation().size()).isBetween(430, 570);
        assertThat(splits.test().orElseThrow().size()).isEqualTo(1000);
        assertThat(splits.classes()).startsWith("airplane", "automobile").endsWith("ship", "truck");
    }

    @Test
    void unlabelled_pictures_are_found_in_whatever_folders_they_lie(@TempDir Path root) throws IOException {
        TinyPictures.write(root, "1.png", "cat/2.png", "train/dog/old/3.png");
        Files.writeString(root.resolve("notes.csv"), "path,labels\nnowhere.png,cat\n");
        Dataset pictures = Datasets.openUnlabelled(root);
        assertThat(pictures.size()).isEqualTo(3);
        assertThat(pictures.source(1)).endsWith("cat/2.png");
        assertThat(pictures.annotation(1).labels()).isEmpty();
        assertThat(pictures.image(2, Optional.empty()).width()).isPositive();
        assertThat(Datasets.openUnlabelled(TinyPictures.shared("mnist"))
                        .annotation(0)
                        .labels())
                .isEmpty();
    }

    @Test
    void no_unlabelled_pictures_are_an_error_that_names_the_place(@TempDir Path root) throws IOException {
        assertThatThrownBy(() -> Datasets.openUnlabelled(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("holds no pictures");
        assertThatThrownBy(() -> Datasets.openUnlabelled(root.resolve("nowhere")))
                .hasMessageContaining("nowhere: no such file or folder");
    }

    @Test
    void evaluation_takes_the_test_part_else_validation_else_everything(@TempDir Path root) throws IOException {
        TinyPictures.write(root, "b/1.png", "a/1.png", "a/2.png");
        List<String> known = List.of("c", "b", "a");
        Dataset everything = Datasets.openForEvaluation(root, known);
        assertThat(everything.size()).isEqualTo(3);
        assertThat(everything.classes()).isEqualTo(known);
        assertThat(everything.annotation(0).labels()).containsExactly(new Label(2, "a"));
        assertThat(Datasets.openForEvaluation(root, List.of("a", "b"))
                        .annotation(2)
                        .labels())
                .containsExactly(new Label(1, "b"));
        assertThatThrownBy(() -> Datasets.openForEvaluation(root, List.of("a", "c")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("has the class 'b', which is not among [a, c]");

        Path parts = Files.createDirectory(root.resolve(".parts"));
        TinyPictures.write(parts, "train/a/1.png", "train/b/1.png", "val/a/2.png");
        assertThat(Datasets.openForEvaluation(parts, known).source(0)).endsWith("val/a/2.png");
        TinyPictures.write(parts, "test/b/3.png");
        assertThat(Datasets.openForEvaluation(parts, known).source(0)).endsWith("test/b/3.png");
    }

    @Test
    void a_folder_of_one_class_can_be_evaluated(@TempDir Path root) throws IOException {
        TinyPictures.write(root, "b/1.png");
        assertThat(Datasets.openForEvaluation(root, List.of("a", "b")).size()).isEqualTo(1);
    }

    @Test
    void subsets_keep_order_and_limit_each_class(@TempDir Path root) throws IOException {
        TinyPictures.write(root, "a/1.png", "a/2.png", "a/3.png", "b/1.png");
        Dataset all = ImageFolder.open(root);
        Dataset two = Subset.firstPerClass(all, 2);
        assertThat(IntStream.range(0, two.size())
                        .mapToObj(i -> root.relativize(Path.of(two.source(i))).toString()))
                .containsExactly("a/1.png", "a/2.png", "b/1.png");
        Dataset turned = Subset.of(all, 3, 0);
        assertThat(turned.source(0)).endsWith("b/1.png");
        assertThat(turned.image(1, Optional.empty())).isEqualTo(all.image(0, Optional.empty()));
        assertThatThrownBy(() -> Subset.of(all, 4)).hasMessage("a subset index must be in 0..3, got 4");
    }

    @Test
    void an_unknown_form_is_refused_with_the_known_ones(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("data.parquet"), "PAR1");
        assertThatThrownBy(() -> Datasets.open(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContainingAll("data.parquet is no data set that is known; give a folder", "CSV manifest");
    }
}
