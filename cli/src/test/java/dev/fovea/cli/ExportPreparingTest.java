package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.RuntimeOptions;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fovea export --embed-preprocessing}: a file that takes pictures as they are. */
class ExportPreparingTest {
    @TempDir
    Path temp;

    private static Image noise(int width, int height) {
        var pixels = new byte[width * height * 3];
        new Random(width).nextBytes(pixels);
        return Image.wrap(width, height, 3, pixels);
    }

    @Test
    void a_file_that_prepares_pictures_itself_tells_the_same() throws IOException {
        var scenes = temp.resolve("scenes");
        var run = temp.resolve("run");
        assertThat(Call.of("data", "scenes", scenes, "--size", 20, "--count", 60)
                        .code())
                .isZero();
        var train = Call.of(
                "train",
                "classify",
                "--data",
                scenes,
                "--epochs",
                1,
                "--arch",
                "conv8-bn-pool,fc16",
                "--size",
                16,
                "--resize",
                "resize18-crop16",
                "--precision",
                "float32",
                "--out",
                run);
        assertThat(train.code()).as(train.err()).isZero();
        var plain = temp.resolve("plain.onnx");
        var whole = temp.resolve("whole.onnx");
        assertThat(Call.of("export", run, "--to", plain).code()).isZero();
        var call = Call.of("export", run, "--to", whole, "--embed-preprocessing");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).contains("Prepares pictures itself", "1 Resize");
        var both = Call.of(
                "export",
                run,
                "--to",
                temp.resolve("both.onnx"),
                "--embed-preprocessing",
                "--int8",
                "--calibrate",
                scenes,
                "--json");
        assertThat(both.code()).as(both.err()).isZero();
        assertThat(both.json().get("weights").asText()).isEqualTo("int8");
        var images = List.of(
                noise(20, 20),
                noise(20, 20),
                noise(61, 33),
                noise(7, 300),
                new ImageReader().read(scenes.resolve("test/cup/00009.png")));
        try (var before = Classifier.load(plain);
                var after = Classifier.load(whole, RuntimeOptions.DEFAULT.withMaxBatch(2))) {
            assertThat(after.signature().input().type()).isEqualTo("UINT8");
            var expected = before.predict(images);
            var actual = after.predict(images);
            for (int i = 0; i < images.size(); i++) {
                for (var score : expected.get(i).top(6)) {
                    double other = actual.get(i).top(6).stream()
                            .filter(s -> s.label().equals(score.label()))
                            .findFirst()
                            .orElseThrow()
                            .score();
                    assertThat(other).isCloseTo(score.score(), within(0.005));
                }
            }
        }
        var predicted = Call.of("predict", whole, scenes.resolve("test"), "--json");
        assertThat(predicted.code()).as(predicted.err()).isZero();
        check(run, "leave out --dynamic-size", "--dynamic-size");
        check(run, "needs --opset 18 or newer, got 17", "--opset", "17");
    }

    private void check(Path run, String says, String... more) {
        var arguments = new java.util.ArrayList<Object>(
                List.of("export", run, "--to", temp.resolve("none.onnx"), "--embed-preprocessing"));
        arguments.addAll(List.of(more));
        var call = Call.of(arguments.toArray());
        assertThat(call.code()).isEqualTo(Main.WRONG_CALL);
        assertThat(call.err()).contains(says);
        assertThat(temp.resolve("none.onnx")).doesNotExist();
    }
}
