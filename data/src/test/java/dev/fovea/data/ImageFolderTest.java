package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {
    @TempDir
    Path root;

    private static List<String> sources(Dataset dataset) {
        return IntStream.range(0, dataset.size()).mapToObj(dataset::source).toList();
    }

    private static String label(Dataset dataset, int index) {
        return dataset.annotation(index).labels().get(0).name();
    }

    @Test
    void classes_are_the_sorted_folder_names_and_other_files_are_ignored() throws IOException {
        TinyPictures.write(
                root, "dog/b.png", "dog/a.PNG", "cat/in/deep/1.png", "cat/.hidden.png", ".git/x.png", "top.png");
        Files.writeString(root.resolve("dog/readme.txt"), "no picture");
        Dataset dataset = ImageFolder.open(root);
        assertThat(dataset.classes()).containsExactly("cat", "dog");
        assertThat(sources(dataset))
                .containsExactly(root + "/cat/in/deep/1.png", root + "/dog/a.PNG", root + "/dog/b.png");
        assertThat(label(dataset, 0)).isEqualTo("cat");
        assertThat(dataset.annotation(2).labels().get(0).index()).isEqualTo(1);
        assertThat(dataset.image(0, Optional.empty()).size().toString()).isEqualTo("4x3");
        assertThat(dataset.image(0, Optional.empty()).get(0, 0, 2)).isEqualTo("cat/in/deep/1.png".hashCode() & 0xff);
    }

    @Test
    void a_list_of_classes_gives_their_order() throws IOException {
        TinyPictures.write(root, "dog/a.png", "cat/a.png");
        Files.writeString(root.resolve("classes.txt"), "dog\ncat\n");
        assertThat(ImageFolder.open(root).classes()).containsExactly("dog", "cat");
        Files.writeString(root.resolve("classes.txt"), "dog\ncat\nbird\n");
        assertThatThrownBy(() -> ImageFolder.open(root)).hasMessageContaining("'bird' of which there is no picture");
    }

    @Test
    void part_folders_are_the_parts_under_any_of_their_names() throws IOException {
        for (String validation : List.of("val", "valid", "validation")) {
            Path each = Files.createDirectory(root.resolve(validation + "-kind"));
            TinyPictures.write(
                    each, "train/a/1.png", "train/b/1.png", "train/b/2.png", validation + "/a/3.png", "test/b/4.png");
            SplitDatasets splits = Datasets.open(each);
            assertThat(sources(splits.train())).hasSize(3);
            assertThat(sources(splits.validation())).containsExactly(each + "/" + validation + "/a/3.png");
            assertThat(sources(splits.test().orElseThrow())).containsExactly(each + "/test/b/4.png");
            assertThat(label(splits.test().orElseThrow(), 0)).isEqualTo("b");
            assertThat(splits.description())
                    .isEqualTo("image folder " + each + ": 2 classes, 3 train + 1 validation + 1 test pictures");
        }
    }

    @Test
    void without_a_validation_folder_some_of_train_is_held_out() throws IOException {
        for (int i = 0; i < 40; i++) {
            TinyPictures.write(root, "train/a/" + i + ".png", "train/b/" + i + ".png");
        }
        TinyPictures.write(root, "test/a/x.png");
        SplitDatasets splits = Datasets.open(root);
        assertThat(sources(splits.validation())).isNotEmpty().doesNotContainAnyElementsOf(sources(splits.train()));
        assertThat(splits.train().size() + splits.validation().size()).isEqualTo(80);
        assertThat(splits.description()).contains("10 % of train held out for validation");
    }

    @Test
    void a_class_that_only_the_validation_part_has_is_refused() throws IOException {
        TinyPictures.write(root, "train/a/1.png", "train/b/1.png", "val/c/1.png");
        assertThatThrownBy(() -> Datasets.open(root))
                .isInstanceOf(DatasetException.class)
                .hasMessage(root + "/val has a folder 'c', which is none of the classes [a, b]; remove or rename it");
    }

    @Test
    void unusable_folders_are_refused_with_the_way_out() throws IOException {
        assertThatThrownBy(() -> Datasets.open(root)).hasMessageContaining(root + " is empty; put the pictures");
        Files.writeString(root.resolve("notes.txt"), "?");
        assertThatThrownBy(() -> Datasets.open(root)).hasMessageContaining(root + " holds no pictures; put the");
        TinyPictures.write(root, "1.png");
        assertThatThrownBy(() -> Datasets.open(root)).hasMessageContaining("pictures but no folders with pictures");
        TinyPictures.write(root, "cat/1.png", "cat/2.png");
        assertThatThrownBy(() -> Datasets.open(root)).hasMessageContaining("has one class only, 'cat'");
        Files.createDirectory(root.resolve("dog"));
        assertThatThrownBy(() -> Datasets.open(root))
                .hasMessage(root + "/dog holds no pictures; add pictures of this class or remove the folder");
        assertThatThrownBy(() -> Datasets.open(root.resolve("nowhere")))
                .hasMessage(root.resolve("nowhere") + ": no such file or folder; check the spelling");
    }

    @Test
    void links_may_stay_inside_but_not_lead_out(@TempDir Path elsewhere) throws IOException {
        TinyPictures.write(root, "a/1.png", "b/1.png");
        TinyPictures.write(elsewhere, "secret.png");
        Files.createSymbolicLink(root.resolve("a/2.png"), Path.of("1.png"));
        assertThat(ImageFolder.open(root).size()).isEqualTo(3);
        Files.createSymbolicLink(root.resolve("a/3.png"), elsewhere.resolve("secret.png"));
        assertThatThrownBy(() -> ImageFolder.open(root))
                .isInstanceOf(DatasetException.class)
                .hasMessageContainingAll("a/3.png is a link that leads out of", "put a copy");
    }

    @Test
    void a_file_that_becomes_a_link_later_is_not_read(@TempDir Path elsewhere) throws IOException {
        TinyPictures.write(root, "a/1.png", "b/1.png");
        TinyPictures.write(elsewhere, "secret.png");
        Dataset dataset = ImageFolder.open(root);
        Files.delete(root.resolve("a/1.png"));
        assertThatThrownBy(() -> dataset.image(0, Optional.empty())).hasMessageContaining("a/1.png does not exist");
        Files.createSymbolicLink(root.resolve("a/1.png"), elsewhere.resolve("secret.png"));
        assertThatThrownBy(() -> dataset.image(0, Optional.empty())).hasMessageContaining("leads out of");
    }
}
