package dev.fovea.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.fovea.data.scenes.Scenes.Options;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScenesExportTest {
    private final Scenes.Parts splits = Scenes.splits(Options.classify(new Size(24, 32), 12), 10, 3);

    @TempDir
    Path folder;

    @Test
    void every_picture_is_written_without_loss_into_the_folder_of_its_class() throws IOException {
        Scenes.export(folder.resolve("new"), splits);

        for (int i = 0; i < 12; i++) {
            var file = folder.resolve(
                    String.format("new/train/%s/%05d.png", splits.train().label(i), i));
            assertThat(new ImageReader().read(file)).isEqualTo(splits.train().image(i));
        }
        try (var files = Files.walk(folder.resolve("new"))) {
            assertThat(files.filter(Files::isRegularFile)).hasSize(25);
        }
        try (var classes = Files.list(folder.resolve("new/test"))) {
            assertThat(classes.map(path -> path.getFileName().toString()).sorted())
                    .isEqualTo(splits.test().classes());
        }
    }

    @Test
    void a_folder_with_something_in_it_is_refused() throws IOException {
        Files.createFile(folder.resolve("mine.txt"));

        assertThatIOException()
                .isThrownBy(() -> Scenes.export(folder, splits))
                .withMessageContaining(folder.toString())
                .withMessageContaining("not empty");
    }

    @Test
    void scenes_of_several_objects_are_refused() {
        var scenes = Scenes.splits(Options.scene(Size.square(32), 1), 1, 1);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Scenes.export(folder, scenes))
                .withMessageContaining("SCENE");
        assertThat(folder).isEmptyDirectory();
    }
}
