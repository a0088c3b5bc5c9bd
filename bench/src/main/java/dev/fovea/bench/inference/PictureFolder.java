package dev.fovea.bench.inference;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The JPEG files of a folder. */
public final class PictureFolder {
    private PictureFolder() {}

    /**
     * All of them, folders inside included, in the order of their names.
     *
     * @throws IOException if there is none
     */
    public static List<Path> jpegs(Path folder) throws IOException {
        try (var walk = Files.walk(folder)) {
            var files = walk.filter(f -> f.toString().toLowerCase(Locale.ROOT).matches(".*\\.jpe?g"))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IOException(folder + " has no JPEG files");
            }
            return files;
        }
    }
}
