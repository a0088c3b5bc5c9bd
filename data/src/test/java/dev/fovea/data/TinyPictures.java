package dev.fovea.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Assumptions;

/** Files that the tests of the formats need. */
final class TinyPictures {
    private TinyPictures() {}

    /** A PNG file of 4x3 pixels in one colour. */
    static byte[] png(int rgb) throws IOException {
        var image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 12; i++) {
            image.setRGB(i % 4, i / 4, rgb);
        }
        var out = new ByteArrayOutputStream();
        ImageIO.write(image, "png", out);
        return out.toByteArray();
    }

    static void write(Path root, String... paths) throws IOException {
        for (String path : paths) {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.write(file, png(path.hashCode() & 0xffffff));
        }
    }

    static Path zip(Path file, Map<String, byte[]> entries) throws IOException {
        try (OutputStream out = Files.newOutputStream(file);
                var zip = new ZipOutputStream(out)) {
            for (var entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return file;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A folder of the shared data, or a reported skip. */
    static Path shared(String name) {
        Optional<Path> found =
                Optional.ofNullable(System.getenv("FOVEA_SHARED")).map(Path::of);
        for (Path p = Path.of("").toAbsolutePath(); found.isEmpty() && p != null; p = p.getParent()) {
            found = Optional.of(p.resolve("shared")).filter(Files::isDirectory);
        }
        Optional<Path> data = found.map(p -> p.resolve("data").resolve(name)).filter(Files::exists);
        Assumptions.assumeTrue(data.isPresent(), "shared/data is not here");
        return data.orElseThrow();
    }
}
