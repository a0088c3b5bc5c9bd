package dev.fovea.data;

import static dev.fovea.data.TinyPictures.png;
import static dev.fovea.data.TinyPictures.utf8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZipTreeTest {
    @TempDir
    Path folder;

    @Test
    void an_archived_image_folder_is_read_in_place() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        entries.put("classes.txt", utf8("b\na\n"));
        entries.put("__MACOSX/a/._1.png", utf8("junk"));
        for (String path : new String[] {"train/a/1.png", "train/b/2.png", "val/a/3.png", "test/b/4.png"}) {
            entries.put(path, png(path.hashCode()));
        }
        SplitDatasets splits = Datasets.open(TinyPictures.zip(folder.resolve("p.zip"), entries));
        assertThat(splits.classes()).containsExactly("b", "a");
        assertThat(splits.train().size()).isEqualTo(2);
        assertThat(splits.train().source(0)).isEqualTo(folder + "/p.zip/train/a/1.png");
        assertThat(splits.train().image(0, Optional.empty()).get(0, 0, 2)).isEqualTo("train/a/1.png".hashCode() & 0xff);
    }

    @Test
    void one_folder_at_the_top_is_the_root() throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        for (int i = 0; i < 4; i++) {
            entries.put("photos/a/" + i + ".png", png(i));
            entries.put("photos/b/" + i + ".png", png(i));
        }
        assertThat(Datasets.open(TinyPictures.zip(folder.resolve("p.zip"), entries))
                        .classes())
                .containsExactly("a", "b");
    }

    @Test
    void an_archived_manifest_is_read_in_place() throws IOException {
        var entries = Map.of(
                "list.csv",
                utf8("path,label\nx/1.png,a\nx/2.png,a\n3.png,b\n"),
                "x/1.png",
                png(1),
                "x/2.png",
                png(2),
                "3.png",
                png(3));
        Path zip = TinyPictures.zip(folder.resolve("p.zip"), entries);
        assertThatThrownBy(() -> Datasets.open(zip)).hasMessageContaining("one class only, 'x'");
        var named = new LinkedHashMap<>(entries);
        named.put("manifest.csv", named.remove("list.csv"));
        assertThat(Datasets.open(TinyPictures.zip(folder.resolve("q.zip"), named))
                        .classes())
                .containsExactly("a", "b");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x.png", "a/../../x.png", "/etc/x.png", "C:/x.png", "a\\..\\x.png"})
    void entries_that_lead_out_are_refused(String evil) throws IOException {
        var entries = Map.of("a/1.png", png(1), "b/1.png", png(2), evil, png(3));
        Path zip = TinyPictures.zip(folder.resolve("evil.zip"), entries);
        assertThatThrownBy(() -> Datasets.open(zip))
                .isInstanceOf(DatasetException.class)
                .hasMessageContainingAll("evil.zip: the entry '", "leads out of the archive");
    }

    @Test
    void a_bomb_is_refused_before_it_fills_the_memory() throws IOException {
        var entries = Map.of("a/bomb.png", new byte[17 << 20], "b/1.png", png(2));
        FileTree tree = ZipTree.open(TinyPictures.zip(folder.resolve("bomb.zip"), entries));
        assertThat(tree.read("b/1.png")).isEqualTo(png(2));
        assertThatThrownBy(() -> tree.read("a/bomb.png"))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("unpacks to more than 200 times its packed size, as a zip bomb does");
    }

    @Test
    void a_damaged_archive_is_refused() throws IOException {
        Path file = folder.resolve("torn.zip");
        Files.write(file, utf8("PK\3\4 nothing more"));
        assertThatThrownBy(() -> Datasets.open(file))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("torn.zip is not a readable zip archive");
    }
}
