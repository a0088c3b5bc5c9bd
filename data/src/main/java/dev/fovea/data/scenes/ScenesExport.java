package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Scenes.Flavour;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Writes generated pictures as a folder of classes. */
final class ScenesExport {
    private ScenesExport() {}

    static void write(Path folder, Scenes.Parts splits) throws IOException {
        var parts = List.of(splits.train(), splits.validation(), splits.test());
        for (var part : parts) {
            if (part.options().flavour() != Flavour.CLASSIFY) {
                throw new IllegalArgumentException(
                        "scenes: only pictures with one class each fit a folder of classes, got flavour "
                                + part.options().flavour() + "; use Options.classify");
            }
        }
        if (Files.isDirectory(folder)) {
            try (var entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw new IOException(folder + ": the folder is not empty; export into a new one");
                }
            }
        }
        for (var part : parts) {
            Path root = folder.resolve(part.split().name().toLowerCase(Locale.ROOT));
            for (String name : part.classes()) {
                Files.createDirectories(root.resolve(name));
            }
            for (int i = 0; i < part.size(); i++) {
                String file = String.format(Locale.ROOT, "%05d.png", i);
                ImageWriter.writePng(
                        part.image(i), root.resolve(part.label(i).name()).resolve(file));
            }
        }
    }
}
