package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxImagesTest {
    @TempDir
    Path folder;

    /** {@code n} images of 2x3 whose pixels count up, with a header that says {@code stated}. */
    private static byte[] images(int n, int stated) {
        var bytes = ByteBuffer.allocate(16 + 6 * n)
                .putInt(0x803)
                .putInt(stated)
                .putInt(2)
                .putInt(3);
        for (int i = 0; i < 6 * n; i++) {
            bytes.put((byte) i);
        }
        return bytes.array();
    }

    private static byte[] labels(int... labels) {
        var bytes = ByteBuffer.allocate(8 + labels.length).putInt(0x801).putInt(labels.length);
        for (int label : labels) {
            bytes.put((byte) label);
        }
        return bytes.array();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gz = new GZIPOutputStream(out)) {
            gz.write(bytes);
        }
        return out.toByteArray();
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    @Test
    void plain_and_gzip_files_give_the_same_pictures() throws IOException {
        Path plain = file("i", images(3, 3));
        Path packed = file("i.gz", gzip(images(3, 3)));
        Path labels = file("l.gz", gzip(labels(0, 2, 1)));
        for (Path images : List.of(plain, packed)) {
            var dataset = IdxImages.open(images, labels);
            assertThat(dataset.size()).isEqualTo(3);
            assertThat(dataset.classes()).containsExactly("0", "1", "2");
            assertThat(dataset.annotation(1).labels().get(0).name()).isEqualTo("2");
            var image = dataset.image(2, Optional.empty());
            assertThat(image.toString()).isEqualTo("Image[3x2 grey]");
            assertThat(image.pixels()).containsExactly(12, 13, 14, 15, 16, 17);
            assertThat(dataset.source(2)).isEqualTo(images + "#2");
        }
    }

    @Test
    void a_file_of_another_size_than_its_header_says_is_refused() throws IOException {
        Path labels = file("l", labels(0, 1, 1, 0));
        for (byte[] content : List.of(images(3, 4), gzip(images(3, 4)))) {
            Path images = file("i", content);
            assertThatThrownBy(() -> IdxImages.open(images, labels))
                    .isInstanceOf(DatasetException.class)
                    .hasMessage(
                            images + " has the wrong size: its header states 4x2x3 values, 40 bytes, but it holds only"
                                    + " 34; fetch or copy the file again");
        }
        Path longer = file("j", images(5, 4));
        assertThatThrownBy(() -> IdxImages.open(longer, labels)).hasMessageContaining("40 bytes, but it holds more");
    }

    @Test
    void hostile_headers_allocate_nothing() throws IOException {
        Path labels = file("l", labels(0, 1));
        Path huge = file(
                "huge",
                ByteBuffer.allocate(16)
                        .putInt(0x803)
                        .putInt(1 << 30)
                        .putInt(1 << 20)
                        .putInt(7)
                        .array());
        assertThatThrownBy(() -> IdxImages.open(huge, labels)).hasMessageContaining("more than the limit of 1 GiB");
        Path bold = file(
                "bold",
                ByteBuffer.allocate(16)
                        .putInt(0x803)
                        .putInt(1 << 20)
                        .putInt(32)
                        .putInt(32)
                        .array());
        assertThatThrownBy(() -> IdxImages.open(bold, labels)).hasMessageContaining("holds only 16");
        Path negative = file(
                "negative",
                ByteBuffer.allocate(16)
                        .putInt(0x803)
                        .putInt(-1)
                        .putInt(2)
                        .putInt(7)
                        .array());
        assertThatThrownBy(() -> IdxImages.open(negative, labels)).hasMessageContaining("which is empty");
    }

    @Test
    void wrong_files_are_refused() throws IOException {
        Path images = file("i", images(2, 2));
        Path labels = file("l", labels(0, 1));
        assertThatThrownBy(() -> IdxImages.open(labels, labels)).hasMessageContaining("not an IDX file of images");
        assertThatThrownBy(() -> IdxImages.open(images, images)).hasMessageContaining("not an IDX file of labels");
        Path more = file("m", labels(0, 1, 0));
        assertThatThrownBy(() -> IdxImages.open(images, more))
                .hasMessageContaining("2 images but")
                .hasMessageContaining("3 labels");
        Path torn = file("t.gz", Arrays.copyOf(gzip(images(2, 2)), 20));
        assertThatThrownBy(() -> IdxImages.open(torn, labels)).hasMessageContaining("t.gz is a damaged gzip file");
        assertThatThrownBy(() -> IdxImages.open(images, labels, List.of("one"))).hasMessageContaining("has label 1");
    }

    @Test
    void the_four_standard_files_give_train_validation_and_test() throws IOException {
        int[] many = new int[100];
        Arrays.setAll(many, i -> i % 4);
        file("train-images-idx3-ubyte", images(100, 100));
        file("train-labels.idx1-ubyte", labels(many));
        Path one = file("t10k-images-idx3-ubyte.gz", gzip(images(2, 2)));
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("has no file t10k-labels-idx1-ubyte");
        file("t10k-labels-idx1-ubyte", labels(1, 5));
        for (Path path : List.of(folder, one)) {
            SplitDatasets splits = Datasets.open(path);
            assertThat(splits.classes()).containsExactly("0", "1", "2", "3", "4", "5");
            assertThat(splits.train().size() + splits.validation().size()).isEqualTo(100);
            assertThat(splits.validation().size()).isBetween(4, 20);
            assertThat(splits.test().orElseThrow().size()).isEqualTo(2);
        }
        Files.writeString(folder.resolve("classes.txt"), "a\nb\nc\nd\ne\nf\n");
        assertThat(Datasets.open(folder).classes()).containsExactly("a", "b", "c", "d", "e", "f");
    }

    @Test
    void mnist_is_read_whole() throws IOException {
        SplitDatasets splits = Datasets.open(TinyPictures.shared("mnist"));
        assertThat(splits.train().size() + splits.validation().size()).isEqualTo(60_000);
        assertThat(splits.validation().size()).isBetween(5_700, 6_300);
        Dataset test = splits.test().orElseThrow();
        assertThat(test.size()).isEqualTo(10_000);
        // the first test digits are 7 2 1 0 4 1 4 9 5 9
        for (int i = 0; i < 10; i++) {
            assertThat(test.annotation(i).labels().get(0).index()).isEqualTo("7210414959".charAt(i) - '0');
        }
        assertThat(test.image(0, Optional.empty()).size().toString()).isEqualTo("28x28");
    }
}
