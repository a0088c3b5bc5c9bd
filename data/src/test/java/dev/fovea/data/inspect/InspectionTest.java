package dev.fovea.data.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.data.Datasets;
import dev.fovea.data.inspect.Inspection.DuplicateGroup;
import dev.fovea.data.inspect.Inspection.Level;
import dev.fovea.data.inspect.Inspection.Member;
import dev.fovea.data.inspect.Inspection.SizeCount;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageWriter;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    @TempDir
    Path root;

    /** Smooth random clouds: pictures with low frequencies, unlike each other. */
    private static Image clouds(long seed, int width, int height) {
        var random = new SplittableRandom(seed);
        byte[] coarse = new byte[6 * 6 * 3];
        for (int i = 0; i < coarse.length; i++) {
            coarse[i] = (byte) random.nextInt(256);
        }
        return Resample.resize(Image.wrap(6, 6, 3, coarse), new Size(height, width), Interpolation.BICUBIC);
    }

    private void write(String path, Image image) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        ImageWriter.write(image, file);
    }

    private void writeParts() throws IOException {
        for (int i = 0; i < 12; i++) {
            write("train/cat/" + i + ".png", clouds(i, 60, 50));
        }
        for (int i = 0; i < 3; i++) {
            write("train/dog/" + i + ".png", clouds(100 + i, 80, 50));
        }
        write("val/cat/a.png", clouds(200, 60, 50));
        write("val/dog/b.png", clouds(201, 60, 50).toGrey());
    }

    @Test
    void counts_sizes_channels_and_imbalance_are_those_of_the_files() throws IOException {
        writeParts();
        Inspection inspection = Inspection.of(Datasets.open(root));
        assertThat(inspection.pictures()).isEqualTo(17);
        assertThat(inspection.parts().get(0).perClass()).containsExactly(12, 3);
        assertThat(inspection.parts().get(1).perClass()).containsExactly(1, 1);
        assertThat(inspection.sizes().counts())
                .containsExactly(new SizeCount(new Size(50, 60), 14), new SizeCount(new Size(50, 80), 3));
        assertThat(inspection.sizes().widths()).containsExactly(60, 60, 80);
        assertThat(inspection.pixels().grey()).isEqualTo(1);
        assertThat(inspection.imbalance().ratio()).isEqualTo(4.0);
        assertThat(inspection.imbalance().smallest()).isEqualTo("dog");
        assertThat(inspection.corrupt()).isEmpty();
        assertThat(inspection.duplicates()).isEmpty();
        assertThat(inspection.components().orElseThrow().samples()).isEqualTo(17);
        assertThat(inspection.galleries().get(0).thumbnails()).hasSize(8);
        assertThat(inspection.galleries().get(1).thumbnails()).hasSize(3);
        assertThat(inspection.findings())
                .anyMatch(f -> f.level() == Level.HINT && f.text().contains("fewer than 10 training pictures (dog)"));
    }

    @Test
    void mean_and_deviation_are_over_all_pixels() throws IOException {
        write("a/1.png", Image.filled(10, 10, 255, 0, 51));
        write("a/2.png", Image.filled(10, 10, 255, 0, 51));
        write("b/1.png", Image.filled(10, 20, 0, 0, 51));
        write("b/2.png", Image.filled(10, 10, 0, 0, 51));
        var pixels = Inspection.of(Datasets.open(root)).pixels();
        assertThat(pixels.mean().get(0)).isCloseTo(0.4, within(1e-9));
        assertThat(pixels.std().get(0)).isCloseTo(Math.sqrt(0.24), within(1e-9));
        assertThat(pixels.mean().get(2)).isCloseTo(0.2, within(1e-9));
        assertThat(pixels.std().get(2)).isCloseTo(0, within(1e-9));
        assertThat(pixels.meanImage().get(5, 5, 0)).isBetween(127, 128);
    }

    @Test
    void copies_are_found_across_parts_whatever_their_size_compression_and_brightness() throws IOException {
        writeParts();
        Image original = clouds(5, 60, 50);
        write("val/dog/same.png", original);
        write("val/cat/compressed.jpg", original);
        write("val/cat/large.png", Resample.resize(clouds(7, 60, 50), new Size(150, 180), Interpolation.BICUBIC));
        byte[] brighter = clouds(9, 60, 50).pixels().clone();
        for (int i = 0; i < brighter.length; i++) {
            brighter[i] = (byte) Math.min(255, (brighter[i] & 0xff) * 9 / 10 + 20);
        }
        write("train/cat/brighter.png", Image.wrap(60, 50, 3, brighter));
        Inspection inspection = Inspection.of(Datasets.open(root));
        assertThat(inspection.duplicates())
                .extracting(g -> g.members().stream()
                        .map(m -> m.part() + " " + Path.of(m.source()).getFileName())
                        .toList())
                .containsExactly(
                        List.of("train 5.png", "validation compressed.jpg", "validation same.png"),
                        List.of("train 7.png", "validation large.png"),
                        List.of("train 9.png", "train brighter.png"));
        DuplicateGroup first = inspection.duplicates().get(0);
        assertThat(first.identical()).isFalse();
        assertThat(first.isAcrossParts()).isTrue();
        assertThat(first.isAcrossLabels()).isTrue();
        assertThat(inspection.duplicates().get(2).isAcrossParts()).isFalse();
        assertThat(first.members()).extracting(Member::labels).contains(List.of("dog"));
        assertThat(inspection.findings().get(0).level()).isEqualTo(Level.WARNING);
        assertThat(inspection.findings())
                .anyMatch(f -> f.text().startsWith("2 groups of near-duplicates reach over several parts"));
    }

    @Test
    void identical_pixels_in_another_container_count_as_identical() throws IOException {
        writeParts();
        write("train/dog/copy.png", clouds(100, 80, 50));
        var groups = Inspection.of(Datasets.open(root)).duplicates();
        assertThat(groups).hasSize(1);
        assertThat(groups.get(0).identical()).isTrue();
        assertThat(groups.get(0).isAcrossParts()).isFalse();
    }

    @Test
    void flat_pictures_are_alike_only_if_equally_bright() {
        byte[] grey = new byte[256];
        Arrays.fill(grey, (byte) 100);
        byte[] nearly = new byte[256];
        Arrays.fill(nearly, (byte) 101);
        byte[] dark = new byte[256];
        Arrays.fill(dark, (byte) 90);
        assertThat(DuplicateSearch.areAlike(grey, nearly)).isTrue();
        assertThat(DuplicateSearch.areAlike(grey, dark)).isFalse();
    }

    @Test
    void corrupt_files_are_listed_with_their_reason() throws IOException {
        writeParts();
        Files.write(root.resolve("train/dog/empty.jpg"), new byte[0]);
        byte[] whole = Files.readAllBytes(root.resolve("train/cat/0.png"));
        Files.write(root.resolve("train/cat/torn.png"), Arrays.copyOf(whole, whole.length / 2));
        Inspection inspection = Inspection.of(Datasets.open(root));
        assertThat(inspection.corrupt())
                .extracting(s -> Path.of(s.source()).getFileName().toString())
                .containsExactly("torn.png", "empty.jpg");
        assertThat(inspection.parts().get(0).pictures()).isEqualTo(17);
        assertThat(inspection.sizes().counts()).extracting(SizeCount::pictures).containsExactly(14, 3);
        assertThat(inspection.findings().get(0).text()).startsWith("2 pictures cannot be read");
    }

    @Test
    void data_without_any_readable_picture_is_refused_with_one_sentence() throws IOException {
        for (String name : List.of("a/1.png", "a/2.png", "b/1.png", "b/2.png")) {
            Files.createDirectories(root.resolve(name).getParent());
            Files.writeString(root.resolve(name), "no picture");
        }
        var data = Datasets.open(root);
        assertThatThrownBy(() -> Inspection.of(data))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("none of the 4 pictures could be read; the first: " + root);
    }

    @Test
    void the_page_stands_alone_and_shows_names_as_text() throws IOException {
        writeParts();
        String evil = "<script>alert(1)</script>\"'";
        Files.createDirectories(root.resolve("train/cat"));
        Files.writeString(root.resolve("train/cat/" + evil.replace("/", "") + ".png"), "no picture");
        write("train/dog/copy.png", clouds(100, 80, 50));
        Path file = root.resolve("out/report.html");
        InspectionPage.write(Inspection.of(Datasets.open(root)), file);
        String page = Files.readString(file);
        assertThat(page)
                .startsWith("<!doctype html>")
                .endsWith("</html>")
                .contains("default-src 'none'", "data:image/", "&lt;script&gt;", "identical pixels", "3.3 : 1")
                .doesNotContain("<script", "http://", "https://", "url(", "@import");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void json_has_the_numbers() throws IOException {
        writeParts();
        write("val/dog/same.png", clouds(5, 60, 50));
        var json = Inspection.of(Datasets.open(root)).toJson();
        assertThat(json.at("/pictures").asInt()).isEqualTo(18);
        assertThat(json.at("/parts/0/perClass/cat").asInt()).isEqualTo(12);
        assertThat(json.at("/imbalance/ratio").asDouble()).isEqualTo(4.0);
        assertThat(json.at("/sizes/width/max").asInt()).isEqualTo(80);
        assertThat(json.at("/channels/grey").asInt()).isEqualTo(1);
        assertThat(json.at("/nearDuplicates/acrossParts").asInt()).isEqualTo(1);
        assertThat(json.at("/nearDuplicates/listed/0/members/1/labels/0").asText())
                .isEqualTo("dog");
        assertThat(json.at("/findings/0/level").asText()).isEqualTo("warning");
        assertThat(json.at("/pixels/mean").size()).isEqualTo(3);
        assertThat(json.at("/principalComponents/pictures").asInt()).isEqualTo(18);
    }
}
