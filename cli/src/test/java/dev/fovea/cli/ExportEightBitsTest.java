package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.runtime.Classifier;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fovea export --int8} from its arguments to a file that recognises, on tiny data. */
class ExportEightBitsTest {
    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static Path scenes;
    private static Path run;

    @BeforeAll
    static void train() {
        scenes = shared.resolve("scenes");
        run = shared.resolve("run");
        assertThat(Call.of("data", "scenes", scenes, "--size", 16, "--count", 60)
                        .code())
                .isZero();
        var call = Call.of(
                "train",
                "classify",
                "--data",
                scenes,
                "--epochs",
                1,
                "--arch",
                "conv16-bn-pool,conv32-bn-pool,fc64",
                "--precision",
                "float32",
                "--out",
                run);
        assertThat(call.code()).as(call.err()).isZero();
    }

    private Call export(Object... more) {
        var arguments = new java.util.ArrayList<Object>(
                java.util.List.of("export", run, "--to", temp.resolve("eight.onnx"), "--int8"));
        arguments.addAll(java.util.List.of(more));
        return Call.of(arguments.toArray());
    }

    private Path picture() {
        return scenes.resolve("test/cup/00009.png");
    }

    @Test
    void a_file_in_eight_bits_is_smaller_recognises_and_tells_what_was_lost() throws IOException {
        var exact = Call.of("export", run, "--to", temp.resolve("exact.onnx"), "--json");
        assertThat(exact.code()).as(exact.err()).isZero();
        for (String method : new String[] {"minmax", "percentile", "entropy"}) {
            var call = export("--calibrate", scenes, "--calibration", method, "--calibration-pictures", 20, "--json");
            assertThat(call.code()).as(call.err()).isZero();
            var json = call.json();
            assertThat(json.get("weights").asText()).isEqualTo("int8");
            assertThat(json.get("bytes").asLong())
                    .isLessThan(exact.json().get("bytes").asLong() / 2);
            assertThat(json.get("operators").has("QuantizeLinear")).isTrue();
            var int8 = json.get("int8");
            assertThat(int8.get("kind").asText()).isEqualTo("static");
            assertThat(int8.get("calibration").asText()).isEqualTo(method);
            assertThat(int8.get("pictures").asInt()).isEqualTo(20);
            assertThat(int8.get("deviation").asDouble()).isBetween(1e-6, 0.3);
            assertThat(int8.get("agreement").asDouble()).isGreaterThan(0.8);
            assertThat(int8.get("layers").asInt()).isEqualTo(4);
            assertThat(int8.get("float32_layers")).isEmpty();
            assertThat(int8.get("accuracy_pictures").asInt()).isPositive();
            assertThat(int8.get("accuracy_int8").asDouble())
                    .isCloseTo(int8.get("accuracy_float32").asDouble(), org.assertj.core.api.Assertions.within(0.2));
        }
        var image = new ImageReader().read(picture());
        try (var before = Classifier.load(temp.resolve("exact.onnx"));
                var after = Classifier.load(temp.resolve("eight.onnx"))) {
            assertThat(after.labels()).isEqualTo(before.labels());
            var label = before.predict(image).top(1).get(0).label();
            assertThat(after.predict(image).top(2)).anyMatch(s -> s.label().equals(label));
        }
    }

    @Test
    void accuracy_in_float32_is_that_of_eval() throws IOException {
        var eval = Call.of("eval", run, "--data", scenes, "--json");
        var call = export("--calibrate", scenes.resolve("train"), "--data", scenes, "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var int8 = call.json().get("int8");
        assertThat(int8.get("accuracy_float32").asDouble())
                .isEqualTo(eval.json().get("accuracy").asDouble());
        assertThat(int8.get("accuracy_pictures").asInt())
                .isEqualTo(eval.json().get("samples").asInt());
    }

    @Test
    void limits_leave_layers_in_float32_and_tell_which() {
        var call = export("--calibrate", scenes, "--max-deviation", 1e-9);
        assertThat(call.code()).isEqualTo(Main.FAILED);
        assertThat(call.err()).contains("no layer can be in eight bits within a deviation of 1.0E-9");
        assertThat(temp).isEmptyDirectory();
        call = export("--calibrate", scenes, "--max-deviation", 0.01, "--max-loss", 100);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).containsPattern("[123] of 4 layers stay in float32");
        var again = export("--calibrate", scenes, "--max-deviation", 0.01, "--max-loss", 100);
        assertThat(again.out()).isEqualTo(call.out());
    }

    @Test
    void pictures_without_classes_are_enough_but_for_accuracy() throws IOException {
        var loose = Files.createDirectory(temp.resolve("loose"));
        Files.copy(picture(), loose.resolve("a.png"));
        Files.writeString(loose.resolve("b.png"), "no picture");
        var call = export("--calibrate", loose);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).contains("on 1 pictures (1 more cannot be read)", "Accuracy was not measured");
        call = export("--calibrate", loose, "--max-loss", 1);
        assertThat(call.code()).isEqualTo(Main.WRONG_CALL);
        assertThat(call.err()).contains("--max-loss needs pictures with the network's classes");
        Files.delete(loose.resolve("a.png"));
        call = export("--calibrate", loose);
        assertThat(call.code()).isEqualTo(Main.FAILED);
        assertThat(call.err()).contains("none of 1 pictures of " + loose + " can be read");
    }

    @Test
    void linear_layers_alone_need_no_pictures() throws IOException {
        var call = export("dynamic", "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var json = call.json();
        assertThat(json.get("operators").get("MatMulInteger").asInt()).isEqualTo(2);
        assertThat(json.get("int8").get("kind").asText()).isEqualTo("dynamic");
        assertThat(json.get("int8").get("pictures").asInt()).isZero();
        var predicted = Call.of("predict", temp.resolve("eight.onnx"), picture());
        assertThat(predicted.code()).as(predicted.err()).isZero();
    }

    @Test
    void wrong_calls_say_what_is_missing_and_leave_nothing() throws IOException {
        var empty = Files.createDirectory(shared.resolve("empty"));
        check(export(), "--int8 needs pictures like those of real use; give a folder of them with --calibrate");
        check(export("--calibrate", "nowhere"), "nowhere: no such file or folder");
        check(export("--calibrate", scenes, "--fp16"), "--int8 and --fp16 or --bf16 exclude each other");
        check(export("--calibrate", scenes, "--calibration", "mean"), "unknown calibration 'mean'", "percentile");
        check(export("--calibrate", scenes, "--calibration-pictures", 0), "must be at least 1, got 0");
        check(export("--calibrate", scenes, "--max-loss", -1), "a number from 0 on, got -1.0");
        check(Call.of("export", run, "--calibrate", scenes), "--calibrate needs --int8");
        var call = export("--calibrate", empty);
        assertThat(call.code()).isEqualTo(Main.FAILED);
        assertThat(call.err()).contains(empty + " holds no pictures");
        assertThat(temp).isEmptyDirectory();
    }

    private static void check(Call call, String... says) {
        assertThat(call.code()).as(call.err()).isEqualTo(Main.WRONG_CALL);
        assertThat(call.err()).contains(says);
    }
}
