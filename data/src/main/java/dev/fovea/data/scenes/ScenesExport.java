package dev.fovea.data.scenes;

import dev.fovea.vision.Image;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Writes generated pictures as a folder of classes. */
final class ScenesExport {
    private ScenesExport() {}

    static void write(Path folder, Scenes.Splits splits) throws IOException {
        if (Files.isDirectory(folder)) {
            try (var entries = Files.list(folder)) {
                if (entries.findAny().isPresent()) {
                    throw new DirectoryNotEmptyException(folder + ": not empty; export into a new folder");
                }
            }
        }
        for (var scenes : List.of(splits.train(), splits.val(), splits.test())) {
            Path root = folder.resolve(scenes.split().name().toLowerCase(Locale.ROOT));
            for (String name : scenes.classes()) {
                Files.createDirectories(root.resolve(name));
            }
            for (int i = 0; i < scenes.size(); i++) {
                Path file = root.resolve(scenes.label(i).name()).resolve(String.format(Locale.ROOT, "%05d.png", i));
                png(scenes.image(i), file);
            }
        }
    }

    private static void png(Image image, Path file) throws IOException {
        var buffered = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                buffered.setRGB(x, y, image.get(x, y, 0) << 16 | image.get(x, y, 1) << 8 | image.get(x, y, 2));
            }
        }
        Path temporary = file.resolveSibling(file.getFileName() + ".part");
        if (!ImageIO.write(buffered, "png", temporary.toFile())) {
            throw new IOException(file + ": this Java has no PNG writer");
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
