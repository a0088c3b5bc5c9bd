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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvManifestTest {
    @TempDir
    Path folder;

    @BeforeEach
    void writePictures() throws IOException {
        TinyPictures.write(folder, "x/1.png", "x/2.png", "x/3.png", "x/4.png", "x/a,b.png");
    }

    private Path manifest(String text) throws IOException {
        return Files.writeString(folder.resolve("list.csv"), text);
    }

    private static List<List<String>> labels(Dataset dataset) {
        return IntStream.range(0, dataset.size())
                .mapToObj(i ->
                        dataset.annotation(i).labels().stream().map(Label::name).toList())
                .toList();
    }

    @Test
    void one_label_a_row_in_any_dialect() throws IOException {
        for (String text : List.of(
                "\uFEFFpath,label\r\nx/1.png,cat\r\n\r\n\"x/a,b.png\",\"the \"\"dog\"\"\"",
                "Label\tPath\ncat\tx/1.png\nthe \"dog\"\tx/a,b.png\n",
                "file;class;more\n./x/1.png;cat;7\n\"x\\a,b.png\";\"the \"\"dog\"\"\";8\n")) {
            Dataset dataset = CsvManifest.open(manifest(text));
            assertThat(dataset.classes()).containsExactly("cat", "the \"dog\"");
            assertThat(labels(dataset)).containsExactly(List.of("cat"), List.of("the \"dog\""));
            assertThat(dataset.source(1)).endsWith("/x/a,b.png");
            assertThat(dataset.image(1, Optional.empty()).width()).isEqualTo(4);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "path,labels\nx/1.png,round;red\nx/2.png,\nx/3.png,red\n",
                "path,label\nx/1.png,red; round\nx/2.png,\nx/3.png,red\n",
                "path,red,round\nx/1.png,1,1\nx/2.png,0,0\nx/3.png,1,0\n"
            })
    void several_labels_a_row(String text) throws IOException {
        SplitDatasets splits = Datasets.open(manifest(text));
        assertThat(splits.multiLabel()).isTrue();
        assertThat(splits.classes()).containsExactly("red", "round");
        assertThat(labels(CsvManifest.open(folder.resolve("list.csv"))))
                .containsExactly(List.of("red", "round"), List.of(), List.of("red"));
    }

    @Test
    void a_split_column_decides_the_parts() throws IOException {
        SplitDatasets splits = Datasets.open(
                manifest("path,label,split\nx/1.png,a,train\nx/2.png,b,Train\nx/3.png,b,val\nx/4.png,a,test\n"));
        assertThat(splits.multiLabel()).isFalse();
        assertThat(labels(splits.train())).containsExactly(List.of("a"), List.of("b"));
        assertThat(splits.validation().source(0)).endsWith("x/3.png");
        assertThat(splits.test().orElseThrow().source(0)).endsWith("x/4.png");
        assertThatThrownBy(() -> Datasets.open(manifest("path,label,split\nx/1.png,a,traim\n")))
                .hasMessageContaining("line 2: the split 'traim' is unknown");
        assertThatThrownBy(() -> Datasets.open(manifest("path,label,split\nx/1.png,a,train\nx/2.png,b,\n")))
                .hasMessageContaining("line 3: the split is empty, but other rows have one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x/1.png", "/etc/passwd", "x/../../y.png", "C:\\x.png", "..\\x.png"})
    void paths_that_lead_out_are_refused(String path) throws IOException {
        Path csv = manifest("path,label\nx/1.png,a\n" + path + ",b\n");
        assertThatThrownBy(() -> Datasets.open(csv))
                .isInstanceOf(DatasetException.class)
                .hasMessageContainingAll("line 3: the path '", "leads out of the manifest's folder");
    }

    @Test
    void unusable_manifests_are_refused_with_line_and_way_out() throws IOException {
        assertRefused("", "lists no pictures");
        assertRefused("path,label\n", "lists no pictures");
        assertRefused("picture,kind\nx/1.png,a\n", "has the columns [picture, kind]; a manifest needs 'path'");
        assertRefused("path,label\nx/1.png\n", "line 2: 1 fields where the header has 2");
        assertRefused("path,label\nx/1.png,\n", "line 2: the label is empty");
        assertRefused("path,red,round\nx/1.png,yes,0\n", "line 2: column 'red' has 'yes'");
        assertRefused("path,label\n\"x/1.png,a\n", "line 2: a quoted field is not closed");
        assertRefused("path,label\nno/1.png,a\nno/2.png,b\n", "line 2: there is no picture 'no/1.png'");
        assertRefused("path,label\nx/1.png,a\nx/2.png,a\n", "has one class only, 'a'");
        assertRefused("path,label\nx/1.png,a\nx/2.png,b\n", "no class with two or more pictures");
    }

    private void assertRefused(String text, String message) throws IOException {
        Path csv = manifest(text);
        assertThatThrownBy(() -> Datasets.open(csv))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(csv.toString())
                .hasMessageContaining(message);
    }

    @Test
    void a_folder_with_one_manifest_and_no_class_folders_is_that_manifest() throws IOException {
        Path other = Files.createDirectory(folder.resolve("other"));
        TinyPictures.write(other, "1.png", "2.png", "3.png", "4.png");
        Files.writeString(other.resolve("labels.csv"), "filename,label\n1.png,a\n2.png,a\n3.png,b\n4.png,b\n");
        SplitDatasets splits = Datasets.open(other);
        assertThat(splits.classes()).containsExactly("a", "b");
        assertThat(splits.validation().size()).isEqualTo(2);
    }
}
