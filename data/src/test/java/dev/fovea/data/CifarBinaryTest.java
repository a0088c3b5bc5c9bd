package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarBinaryTest {
    @TempDir
    Path folder;

    /** Records whose label is their number and whose planes are 10, 20 and 30 plus that, the first pixel red 99. */
    private static byte[] records(int n, int labelBytes) {
        int length = labelBytes + 3072;
        byte[] bytes = new byte[n * length];
        for (int i = 0; i < n; i++) {
            bytes[i * length + labelBytes - 1] = (byte) i;
            for (int c = 0; c < 3; c++) {
                int from = i * length + labelBytes + c * 1024;
                Arrays.fill(bytes, from, from + 1024, (byte) (10 * (c + 1) + i));
            }
            bytes[i * length + labelBytes] = 99;
        }
        return bytes;
    }

    @Test
    void cifar10_files_give_interleaved_pictures_and_the_known_names() throws IOException {
        Path inside = Files.createDirectory(folder.resolve("cifar-10-batches-bin"));
        Files.write(inside.resolve("data_batch_1.bin"), records(10, 1));
        Files.write(inside.resolve("data_batch_2.bin"), records(10, 1));
        Files.write(inside.resolve("test_batch.bin"), records(3, 1));
        SplitDatasets splits = Datasets.open(folder);
        assertThat(splits.classes()).hasSize(10).startsWith("airplane").endsWith("truck");
        assertThat(splits.train().size() + splits.validation().size()).isEqualTo(20);
        Dataset test = splits.test().orElseThrow();
        assertThat(test.annotation(2).labels().get(0).name()).isEqualTo("bird");
        var image = test.image(2, Optional.empty());
        assertThat(Arrays.copyOf(image.pixels(), 6)).containsExactly(99, 22, 32, 12, 22, 32);
        assertThat(test.source(2)).isEqualTo(inside.resolve("test_batch.bin") + "#2");
    }

    @Test
    void several_files_follow_each_other() throws IOException {
        Path a = Files.write(folder.resolve("a.bin"), records(2, 1));
        Path b = Files.write(folder.resolve("b.bin"), records(3, 1));
        var both = CifarBinary.cifar10(List.of(a, b));
        assertThat(IntStream.range(0, 5).mapToObj(both::source))
                .containsExactly(a + "#0", a + "#1", b + "#0", b + "#1", b + "#2");
        assertThat(both.annotation(4).labels().get(0).index()).isEqualTo(2);
    }

    @Test
    void cifar100_uses_the_fine_labels() throws IOException {
        Files.write(folder.resolve("train.bin"), records(100, 2));
        Files.write(
                folder.resolve("fine_label_names.txt"),
                IntStream.range(0, 100).mapToObj(i -> "class" + i).toList());
        assertThatThrownBy(() -> Datasets.open(folder)).hasMessageContaining("no class with two or more pictures");
        Files.write(folder.resolve("test.bin"), records(7, 2));
        Files.write(folder.resolve("train.bin"), concat(records(100, 2), records(100, 2)));
        SplitDatasets splits = Datasets.open(folder);
        assertThat(splits.validation().size()).isGreaterThanOrEqualTo(100);
        assertThat(splits.test().orElseThrow().annotation(6).labels().get(0).name())
                .isEqualTo("class6");
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void wrong_sizes_and_labels_are_refused() throws IOException {
        Path torn = Files.write(folder.resolve("torn.bin"), new byte[3072]);
        assertThatThrownBy(() -> CifarBinary.cifar10(List.of(torn)))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("3072 bytes is no multiple of 3073");
        Path other = Files.write(folder.resolve("other.bin"), records(12, 1));
        assertThatThrownBy(() -> CifarBinary.cifar10(List.of(other))).hasMessageContaining("has label 10 in record 10");
    }
}
