package dev.fovea.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.fovea.tensor.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files made to harm: nothing runs, nothing hangs, no memory is taken that the file does not have. */
class HostileFilesTest {
    @TempDir
    Path folder;

    private void refused(String pickle, String... words) throws IOException {
        var files = new Path[] {
            PickleFile.zip(folder.resolve("evil.pt"), pickle, Map.of("0", new byte[16])),
            PickleFile.legacy(folder.resolve("evil.pth"), pickle, "].", new byte[0])
        };
        for (var file : files) {
            assertThatThrownBy(() -> Checkpoints.read(file))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageStartingWith(file.toString())
                    .hasMessageContainingAll(words)
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void commands_are_refused_by_name_and_never_run() throws IOException {
        var trace = folder.resolve("ran");
        String command = "touch " + trace;
        String argument = "U" + (char) command.length() + command;
        refused("cos\nsystem\n(" + argument + "tR.", "'os.system'", "never run");
        refused("cposix\nsystem\n(" + argument + "tR.", "'posix.system'");
        refused("\u0080\u0004\u008c\u0002os\u008c\u0006system\u0093(" + argument + "tR.", "'os.system'");
        refused("c__builtin__\neval\n(U\u0001xtR.", "'__builtin__.eval'");
        refused("cbuiltins\neval\n(U\u0001xtR.", "'builtins.eval'");
        refused("(ios\nsystem\n.", "instruction");
        refused("(cos\nsystem\n" + argument + "o.", "'os.system'");
        refused("csubprocess\nPopen\n)\u0081.", "'subprocess.Popen'");
        refused("cdatetime\ndatetime\n(tR.", "'datetime.datetime'");
        refused("cdecimal\nDecimal\n(U\u0003" + "1e9tR.", "'decimal.Decimal'");
        refused("coperator\nattrgetter\n(tR.", "'operator.attrgetter'");
        refused("cjava.lang\nRuntime\n(tR.", "'java.lang.Runtime'");
        refused("ctorchvision.models.resnet\nResNet\n)\u0081}b.", "'torchvision.models.resnet.ResNet'", "state_dict");
        refused("c\u001b[31mos\nsystem\n(tR.", "'?[31mos.system'");
        assertThat(trace).doesNotExist();
    }

    @Test
    void data_cannot_be_called_changed_or_used_as_a_key() throws IOException {
        refused("U\u0001x(tR.", "calls a text");
        refused("]}b.", "sets attributes");
        refused("}]I1\ns.", "for a key");
        refused("U\u0004moduleQ.".replace("\u0004module", "\u0006module"), "refers to something outside");
        refused("Pmodule\n.", "refers to something outside");
        refused("ccollections\nOrderedDict\n.", "holds a class");
        refused("\u0082\u0001.", "instruction 130");
    }

    @Test
    void sizes_that_the_file_does_not_have_are_refused_before_memory_is_taken() throws IOException {
        refused("X\u00ff\u00ff\u00ff\u007f.", "damaged");
        refused("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f.", "damaged");
        refused("B\u00ff\u00ff\u00ff\u00ff.", "damaged");
        refused("\u008b\u00ff\u00ff\u00ff\u007f.", "damaged");
        refused("L" + "9".repeat(5000) + "L\n.", "5001 digits");
        refused("(".repeat(100) + "1".repeat(101) + ".", "damaged");
        refused("]q\u0000h\u0000a.", "nested");
    }

    @Test
    void lists_that_multiply_are_refused() throws IOException {
        // Each level holds the one before ten times: a few hundred bytes that would unfold to 10^30 values.
        var pickle = new StringBuilder("]q\u0000");
        for (int level = 1; level <= 30; level++) {
            pickle.append("](")
                    .append(("h" + (char) (level - 1)).repeat(10))
                    .append("eq")
                    .append((char) level);
        }
        refused(pickle + ".", "nested");
    }

    private void viewRefused(int numel, int offset, String shape, String strides, String... words) throws IOException {
        var file = PickleFile.zip(
                folder.resolve("view.pt"),
                "}U\u0001x" + PickleFile.tensor("0", numel, offset, shape, strides) + "s.",
                Map.of("0", new byte[16]));
        assertThatThrownBy(() -> Checkpoints.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll(words);
    }

    @Test
    void views_outside_their_storage_are_refused() throws IOException {
        var file = PickleFile.zip(
                folder.resolve("good.pt"),
                "}U\u0001x" + PickleFile.tensor("0", 4, 0, "(I2\nI2\nt", "(I1\nI2\nt") + "s.",
                Map.of("0", new byte[] {0, 0, 0, 0, 0, 0, -128, 63, 0, 0, 0, 64, 0, 0, 64, 64}));
        try (var scope = Scope.open()) {
            assertThat(Checkpoints.read(file).stateDict().get("x").toFloatArray())
                    .containsExactly(0, 2, 1, 3);
        }
        viewRefused(4, 0, "(I5\nt", "(I1\nt", "does not fit its storage of 4");
        viewRefused(4, 1, "(I4\nt", "(I1\nt", "does not fit");
        viewRefused(4, -1, "(I4\nt", "(I1\nt", "does not fit");
        viewRefused(4, 0, "(I2\nt", "(I4\nt", "does not fit");
        viewRefused(4, 0, "(I2\nt", "(I-1\nt", "does not fit");
        viewRefused(4, 0, "(I-2\nt", "(I1\nt", "does not fit");
        viewRefused(4, 0, "(I2\nt", "(I1\nI1\nt", "does not fit");
        viewRefused(4, 0, "(I9223372036854775807\nI9223372036854775807\nt", "(I1\nI1\nt", "does not fit");
        viewRefused(5, 0, "(I4\nt", "(I1\nt", "should have 5 elements");
        viewRefused(1000000000, 0, "(I4\nt", "(I1\nt", "should have 1000000000 elements");
        viewRefused(4, 0, "(I1000000000000\nt", "(I0\nt", "overlap so much");
        viewRefused(4, 0, "(I" + "1\nI".repeat(40) + "4\nt", "(I1\nt", "dimensions");
    }

    @Test
    void a_storage_that_is_missing_or_damaged_is_named() throws IOException {
        String pickle = "}U\u0001x" + PickleFile.tensor("0", 4, 0, "(I4\nt", "(I1\nt") + "s.";
        var file = PickleFile.zip(folder.resolve("m.pt"), pickle, Map.of());
        assertThatThrownBy(() -> Checkpoints.read(file)).hasMessageContaining("lacks its part 'data/0'");
        var damaged = PickleFile.zip(folder.resolve("d.pt"), pickle, Map.of("0", PickleFile.latin("0123456789abcdef")));
        byte[] bytes = Files.readAllBytes(damaged);
        bytes[new String(bytes, StandardCharsets.ISO_8859_1).indexOf("0123456789")] ^= 1;
        Files.write(damaged, bytes);
        assertThatThrownBy(() -> Checkpoints.read(damaged)).hasMessageContaining("wrong checksum");
    }

    @Test
    void a_decompression_bomb_is_refused() throws IOException {
        var file = folder.resolve("bomb.pt");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            PickleFile.stored(
                    zip,
                    "a/data.pkl",
                    PickleFile.latin("}U\u0001x" + PickleFile.tensor("0", 25_000_000, 0, "(I4\nt", "(I1\nt") + "s."));
            zip.putNextEntry(new ZipEntry("a/data/0"));
            for (int i = 0; i < 100; i++) {
                zip.write(new byte[1_000_000]);
            }
        }
        assertThatThrownBy(() -> Checkpoints.read(file)).hasMessageContaining("unpacks to over 20 times its size");
    }

    @ParameterizedTest
    @ValueSource(strings = {"state_dict_zip.pt", "state_dict_legacy.pt", "training_checkpoint_zip.pt"})
    void truncation_anywhere_gives_one_sentence(String name) throws IOException {
        byte[] whole = Files.readAllBytes(PyTorchFilesTest.resource(name));
        for (int length = 0; length < whole.length; length += length < 64 ? 1 : 23) {
            readsOrRefuses(Arrays.copyOf(whole, length), "cut to " + length);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"state_dict_zip.pt", "state_dict_legacy.pt", "training_checkpoint_zip.pt"})
    void random_damage_gives_one_sentence_or_data(String name) throws IOException {
        byte[] whole = Files.readAllBytes(PyTorchFilesTest.resource(name));
        damage(whole);
    }

    @Test
    void random_damage_of_safetensors_gives_one_sentence_or_data() throws IOException {
        var file = folder.resolve("s.safetensors");
        try (var scope = Scope.open()) {
            Safetensors.write(
                    file,
                    new HashMap<>(Checkpoints.read(PyTorchFilesTest.resource("state_dict_zip.pt"))
                            .stateDict()),
                    Map.of("a", "b"));
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += length < 64 ? 1 : 23) {
            readsOrRefuses(Arrays.copyOf(whole, length), "cut to " + length);
        }
        damage(whole);
    }

    private void damage(byte[] whole) throws IOException {
        var random = new Random(7);
        for (int round = 0; round < 400; round++) {
            byte[] bytes = whole.clone();
            int flips = 1 + random.nextInt(3);
            for (int i = 0; i < flips; i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            readsOrRefuses(bytes, "round " + round);
        }
    }

    private void readsOrRefuses(byte[] bytes, String what) throws IOException {
        var file = Files.write(folder.resolve("fuzz"), bytes);
        try (var scope = Scope.open()) {
            Checkpoints.read(file).tensors();
        } catch (CheckpointException e) {
            assertThat(e.getMessage()).as(what).startsWith(file.toString()).doesNotContain("\n");
        } catch (IOException | RuntimeException e) {
            fail(what, e);
        }
    }
}
