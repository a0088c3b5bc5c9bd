package dev.fovea.vision.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.fovea.vision.Image;
import dev.fovea.vision.SharedData;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The awkward files of shared/data/robustness, against their index. */
class RobustnessTest {
    private static final long MOST_BYTES = 4 << 20;
    private static final int MOST_FILES = 500;

    private final ImageReader reader = new ImageReader();

    private static Map<String, byte[]> files() throws IOException {
        var files = new TreeMap<String, byte[]>();
        try (var zip =
                new ZipFile(SharedData.file("robustness/image_robustness.zip").toFile())) {
            assertThat(zip.size()).isLessThan(MOST_FILES);
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (var in = zip.getInputStream(entry)) {
                    byte[] bytes = in.readNBytes((int) MOST_BYTES + 1);
                    assertThat((long) bytes.length).as(entry.getName()).isLessThanOrEqualTo(MOST_BYTES);
                    files.put(entry.getName(), bytes);
                }
            }
        }
        return files;
    }

    @TestFactory
    List<DynamicTest> every_row_of_the_index() throws IOException {
        var files = files();
        var tests = new ArrayList<DynamicTest>();
        for (String line : new String(files.get("index.csv"), StandardCharsets.UTF_8)
                .lines()
                .skip(1)
                .toList()) {
            String[] row = line.split(",", -1);
            byte[] bytes = files.get(row[0]);
            tests.add(dynamicTest(row[0] + " " + row[1], () -> {
                switch (row[1]) {
                    case "decode" -> decodes(bytes, row);
                    case "unsupported" ->
                        assertThatThrownBy(() -> reader.read(bytes, row[0]))
                                .isInstanceOf(ImageFormatException.class)
                                .hasMessageContaining(row[0])
                                .hasMessageContaining("SVG");
                    default -> pictureOrCleanException(bytes, row[0]);
                }
            }));
        }
        assertThat(tests).hasSizeGreaterThan(70);
        return tests;
    }

    private void decodes(byte[] bytes, String[] row) throws IOException {
        Image image = reader.read(bytes, row[0]);
        ImageHeader header = reader.header(bytes, row[0]);
        // The index states the stored size, and the orientation beside it; both matter for g4_orientation_6.tif.
        assertThat(header.size()).isEqualTo(new Size(Integer.parseInt(row[6]), Integer.parseInt(row[5])));
        assertThat(image.size()).isEqualTo(header.uprightSize());
        assertThat(header.channels()).isEqualTo(image.channels());
        assertThat(header.orientation()).isEqualTo(Integer.parseInt(row[8]));
        String format = row[3].equals("PPM") ? "PNM" : row[3];
        assertThat(header.format()).isEqualTo(ImageFormat.valueOf(format));
        if (!row[9].isEmpty()) {
            double tolerance = row[4].equals("CMYK") ? 30 : 3;
            double[] mean = mean(image.toRgb());
            for (int c = 0; c < 3; c++) {
                assertThat(mean[c])
                        .as("mean of channel " + c)
                        .isCloseTo(Double.parseDouble(row[9 + c]), within(tolerance));
            }
        }
    }

    private void pictureOrCleanException(byte[] bytes, String name) {
        assertThatCode(() -> {
                    try {
                        reader.read(bytes, name);
                    } catch (ImageFormatException e) {
                        assertThat(e).hasMessageStartingWith(name + ": ");
                        assertThat(e.reason()).isNotBlank();
                    }
                })
                .doesNotThrowAnyException();
    }

    static double[] mean(Image image) {
        double[] sum = new double[image.channels()];
        byte[] pixels = image.pixels();
        for (int i = 0; i < pixels.length; i++) {
            sum[i % sum.length] += pixels[i] & 0xff;
        }
        for (int c = 0; c < sum.length; c++) {
            sum[c] /= image.size().area();
        }
        return sum;
    }

    @Test
    void eight_exif_orientations_show_the_same_picture() throws IOException {
        Image upright = reader.read(SharedData.file("exif/Portrait_1.jpg"));
        assertThat(upright.size()).isEqualTo(new Size(1800, 1200));
        for (int orientation = 2; orientation <= 8; orientation++) {
            var file = SharedData.file("exif/Portrait_" + orientation + ".jpg");
            assertThat(reader.header(file).orientation()).isEqualTo(orientation);
            Image image = reader.read(file);
            assertThat(image.size()).isEqualTo(upright.size());
            assertThat(meanDifference(image, upright))
                    .as("orientation " + orientation)
                    .isLessThan(4);
        }
    }

    static double meanDifference(Image a, Image b) {
        long sum = 0;
        for (int i = 0; i < a.pixels().length; i++) {
            sum += Math.abs((a.pixels()[i] & 0xff) - (b.pixels()[i] & 0xff));
        }
        return sum / (double) a.pixels().length;
    }
}
