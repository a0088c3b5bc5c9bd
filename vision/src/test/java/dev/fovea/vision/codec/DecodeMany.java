package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * A program that decodes pictures over and over and prints what memory it holds, first after a warm-up and then after
 * 2,000 decodes: native objects, their bytes, resident bytes. A process of its own with a small heap, whose growth
 * would hide that of native memory.
 */
final class DecodeMany {
    private DecodeMany() {}

    public static void main(String[] arguments) throws Exception {
        byte[] jpeg = ImageWriter.jpeg(Image.filled(320, 240, 200, 30, 60), 85);
        byte[] png = ImageWriter.png(Image.filled(320, 240, 90));
        decode(jpeg, png, 500);
        report();
        decode(jpeg, png, 1000);
        report();
    }

    private static void decode(byte[] jpeg, byte[] png, int times) throws ImageFormatException {
        var reader = new ImageReader();
        for (int i = 0; i < times; i++) {
            if (reader.read(jpeg, "jpeg").width() + reader.read(png, "png").width() != 640) {
                throw new IllegalStateException("wrong picture");
            }
        }
    }

    private static void report() {
        System.out.println(Pointer.totalCount() + " " + Pointer.totalBytes() + " " + Pointer.physicalBytes());
    }

    /** The two lines of a run: after the warm-up and at the end. */
    static List<long[]> run() throws Exception {
        var command = List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                DecodeMany.class.getName());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var reports = new ArrayList<long[]>();
        for (String line : new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            if (line.matches("\\d+ \\d+ \\d+")) {
                String[] numbers = line.split(" ", -1);
                reports.add(
                        new long[] {Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2])
                        });
            }
        }
        if (process.waitFor() != 0 || reports.size() != 2) {
            throw new IllegalStateException("the decoding process failed with exit code " + process.exitValue());
        }
        return reports;
    }
}
