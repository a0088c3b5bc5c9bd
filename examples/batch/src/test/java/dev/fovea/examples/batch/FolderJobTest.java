package dev.fovea.examples.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderJobTest {
    private static final Path MODEL = Path.of("../colours.onnx");

    @TempDir
    private Path folder;

    @Test
    void every_picture_gets_its_row_in_order_and_a_broken_one_a_problem() throws IOException {
        var pictures = Files.createDirectories(folder.resolve("pictures/inner")).getParent();
        byte[][] colours = {png(255, 0, 0), png(0, 255, 0), png(0, 0, 255)};
        for (int i = 100; i < 300; i++) { // more than are in work at a time
            Files.write(pictures.resolve("inner/" + i + ".png"), colours[i % 3]);
        }
        Files.write(pictures.resolve("a \"torn\", one.png"), Arrays.copyOf(colours[0], 40));
        Files.writeString(pictures.resolve("notes.txt"), "no picture");
        var results = folder.resolve("results.csv");

        assertThat(FolderJob.run(MODEL, pictures, results)).isEqualTo(new FolderJob.Summary(201, 1));

        var lines = Files.readAllLines(results);
        assertThat(lines).hasSize(202);
        assertThat(lines.get(0)).isEqualTo("file,class,score,problem");
        assertThat(lines.get(1)).startsWith("\"a \"\"torn\"\", one.png\",,,\"").contains("torn");
        String[] names = {"red", "green", "blue"};
        for (int i = 100; i < 300; i++) {
            assertThat(lines.get(i - 98))
                    .startsWith("\"" + Path.of("inner", i + ".png") + "\",\"" + names[i % 3] + "\",0.9999");
        }
    }

    @Test
    void a_job_that_cannot_run_leaves_no_results() {
        var results = folder.resolve("results.csv");
        assertThatThrownBy(() -> FolderJob.run(MODEL, folder.resolve("nothing"), results))
                .isInstanceOf(NoSuchFileException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private static byte[] png(int red, int green, int blue) {
        return ImageWriter.png(Image.filled(16, 12, red, green, blue));
    }
}
