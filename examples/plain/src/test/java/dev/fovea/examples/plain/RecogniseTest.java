package dev.fovea.examples.plain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecogniseTest {
    @TempDir
    private Path folder;

    @Test
    void it_says_what_is_in_each_picture() throws IOException {
        var meadow = Files.write(folder.resolve("meadow.png"), ImageWriter.png(Image.filled(20, 10, 0, 200, 100)));
        var sea = Files.write(folder.resolve("sea.png"), ImageWriter.png(Image.filled(9, 30, 100, 0, 200)));
        var out = new ByteArrayOutputStream();
        Recognise.print(
                Path.of("../colours.onnx"), List.of(meadow, sea), new PrintStream(out, true, StandardCharsets.UTF_8));
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "meadow.png  green 98.0 %  blue 1.9 %  red 0.0 %",
                        "sea.png  blue 98.0 %  red 1.9 %  green 0.0 %");
    }
}
