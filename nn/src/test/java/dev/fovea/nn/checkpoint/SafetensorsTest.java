package dev.fovea.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {
    @TempDir
    Path folder;

    @Test
    void every_type_and_layout_comes_back_in_order_with_its_text() throws IOException {
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (var type : DType.values()) {
                tensors.put(
                        "t." + type,
                        Tensor.arange(0, 7, 1, DType.FLOAT32, Device.CPU).to(type));
            }
            tensors.put("scalar", Tensor.scalar(2.5));
            tensors.put("empty", Tensor.zeros(0, 4));
            tensors.put(
                    "turned", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1));
            tensors.put(
                    "channels last",
                    Tensor.randn(DType.FLOAT32, Device.CPU, 2, 3, 4, 5).channelsLast());
            tensors.put("ünïcode \"quoted\"", Tensor.ones(1).requiresGrad(true));
            var file = folder.resolve("all.safetensors");
            Safetensors.write(file, tensors, Map.of("spec", "{\"name\": \"ä\"}"));

            var read = Safetensors.read(file);
            assertThat(read.format()).isEqualTo(Checkpoint.Format.SAFETENSORS);
            assertThat(read.metadata()).isEqualTo(Map.of("spec", "{\"name\": \"ä\"}"));
            assertThat(Safetensors.readMetadata(file)).isEqualTo(read.metadata());
            assertThat(read.stateDict().keySet()).containsExactlyElementsOf(tensors.keySet());
            tensors.forEach((name, t) -> assertSame(name, t, read.tensors().get(name)));
            assertThat(files()).containsExactly("all.safetensors");
        }
    }

    /** Headers are as long as their names, and 128 is also how every pickle begins. */
    @Test
    void is_recognised_whatever_the_length_of_its_header() throws IOException {
        try (var scope = Scope.open()) {
            var firstBytes = new HashSet<Integer>();
            for (int length = 1; length <= 256; length += 4) {
                var file = folder.resolve("n" + length + ".safetensors");
                Safetensors.write(file, Map.of("w".repeat(length), Tensor.ones(3)), Map.of());
                firstBytes.add(Files.readAllBytes(file)[0] & 0xff);
                assertThat(Checkpoints.read(file).format()).isEqualTo(Checkpoint.Format.SAFETENSORS);
            }
            assertThat(firstBytes).contains(0x80);
        }
    }

    static void assertSame(String name, Tensor expected, Tensor actual) {
        assertThat(actual.dtype()).as(name).isEqualTo(expected.dtype());
        assertThat(actual.shape()).as(name).isEqualTo(expected.shape());
        assertThat(actual.isContiguous()).as(name).isTrue();
        assertThat(actual.toDoubleArray()).as(name).containsExactly(expected.toDoubleArray());
    }

    private List<String> files() throws IOException {
        try (var list = Files.list(folder)) {
            return list.map(p -> p.getFileName().toString()).toList();
        }
    }

    @Test
    void every_tensor_begins_at_a_multiple_of_its_element_and_the_data_at_a_multiple_of_eight() throws IOException {
        try (var scope = Scope.open()) {
            var file = folder.resolve("aligned.safetensors");
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("a", Tensor.of(new byte[] {1, 2, 3}, DType.UINT8, 3));
            tensors.put("b", Tensor.of(new long[] {5}, 1));
            tensors.put("c", Tensor.of(new float[] {7}, 1));
            Safetensors.write(file, tensors, Map.of());
            try (var input = FileBytes.open(file)) {
                var header = SafetensorsHeader.read(input);
                assertThat(header.dataStart() % 8).isZero();
                assertThat(header.entries()).allMatch(e -> e.begin() % e.dtype().bytes() == 0);
                assertThat(header.entries())
                        .extracting(SafetensorsHeader.Entry::begin)
                        .containsExactly(12L, 0L, 8L);
            }
        }
    }

    @Test
    void tensors_live_in_the_scope_of_the_reader() throws IOException {
        var file = folder.resolve("w.safetensors");
        Tensor read;
        try (var scope = Scope.open()) {
            Safetensors.write(file, Map.of("x", Tensor.ones(3)), Map.of());
            read = Safetensors.read(file).tensors().get("x");
            assertThat(read.toFloatArray()).containsExactly(1, 1, 1);
        }
        assertThat(read.isClosed()).isTrue();
    }

    private Path raw(String header, int dataBytes) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        var bytes = ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(text.length).put(text);
        return Files.write(folder.resolve("raw.safetensors"), bytes.array());
    }

    private void refused(String header, int dataBytes, String... words) throws IOException {
        var file = raw(header, dataBytes);
        assertThatThrownBy(() -> Safetensors.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContainingAll(words)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void a_header_that_does_not_fit_the_file_is_refused_in_one_sentence() throws IOException {
        String f = "{\"x\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":%s}}";
        refused(f.formatted("[2]", "[0,8]"), 4, "need 8 bytes, but 4 are there");
        refused(f.formatted("[2]", "[0,8]"), 12, "need 8 bytes, but 12 are there");
        refused(f.formatted("[3]", "[0,8]"), 8, "needs 12 bytes, but 8 are given");
        refused(f.formatted("[2]", "[4,12]"), 12, "overlap or leave a gap");
        refused(f.formatted("[-2]", "[0,8]"), 8, "cannot be");
        refused(f.formatted("[4611686018427387904,4611686018427387904]", "[0,8]"), 8, "impossible shape");
        refused(f.formatted("[99999999999999999999999]", "[0,8]"), 8, "damaged");
        refused(f.formatted("[2]", "[8,0]"), 8, "needs 8 bytes, but -8");
        refused(f.formatted("[2.5]", "[0,8]"), 8, "damaged");
        refused(f.formatted("[[[[[[2]]]]]]", "[0,8]"), 8, "damaged");
        refused(f.formatted("[2]", "[0,8]").replace("F32", "F8_E4M3"), 8, "F8_E4M3", "convert it");
        refused(f.formatted("[2]", "[0,8]").replace("dtype", "type"), 8, "unknown field 'type'");
        String two = "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
                + "\"%s\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}";
        refused(two.formatted("y"), 12, "'y'", "overlap");
        refused(two.formatted("x"), 12, "Duplicate field");
        refused("{\"x\":", 0, "damaged");
        refused("{} {}", 0, "text behind its end");
        refused("{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a'");
        refused("{\"\\u001b[31mred\":1}", 0, "'?[31mred'");
    }

    @Test
    void a_header_longer_than_file_or_limit_is_refused_before_memory_is_taken() throws IOException {
        for (long length : new long[] {Long.MAX_VALUE, -1, 1, 100_000_001, 50}) {
            var bytes = ByteBuffer.allocate(40).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
            var file = Files.write(folder.resolve("long.safetensors"), bytes.array());
            assertThatThrownBy(() -> Safetensors.read(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("header should have");
        }
    }

    @Test
    void a_file_that_cannot_be_written_leaves_the_old_one_and_no_rubbish() throws IOException {
        var file = folder.resolve("w.safetensors");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, 3_000_000, channel -> {
                    channel.write(ByteBuffer.allocate(100));
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file.toString(), "needs 3.0 MB", "were left in", "No space left on device");
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly("w.safetensors");
        assertThatThrownBy(() -> Safetensors.write(folder.resolve("no/w"), Map.of(), Map.of()))
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> Safetensors.write(folder, Map.of(), Map.of())).hasMessageContaining("is a folder");
    }

    @Test
    void a_full_disk_leaves_the_old_file_and_says_what_is_needed() throws IOException {
        // /dev/full takes no byte; a real small file system is needed for the whole way, which a test cannot mount.
        var full = Path.of("/dev/full");
        Assumptions.assumeTrue(Files.exists(full), "/dev/full is not here");
        var file = folder.resolve("w.safetensors");
        Files.writeString(file, "old");
        assertThatThrownBy(() -> AtomicFile.write(file, 10, channel -> {
                    try (var out = FileChannel.open(full, StandardOpenOption.WRITE)) {
                        out.write(ByteBuffer.allocate(10));
                    }
                }))
                .hasMessageContaining("No space left");
        assertThat(file).hasContent("old");
        assertThat(files()).containsExactly("w.safetensors");
    }
}
