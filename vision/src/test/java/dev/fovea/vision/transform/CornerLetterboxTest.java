package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class CornerLetterboxTest {
    private static Stream<List<String>> cases() throws Exception {
        try (var in = CornerLetterboxTest.class.getResourceAsStream("/dev/fovea/vision/golden-letterbox.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .map(l -> List.of(l.split(" \\| ", -1)));
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void equals_the_reference(List<String> golden) {
        var from = size(golden.get(1));
        var fit = new ResizePolicy.CornerLetterbox(size(golden.get(2)), 114);
        var got = fit.apply(image("letterbox." + golden.get(0), from));
        var expected = golden.get(3).split(" ", -1);
        assertThat(got.size()).isEqualTo(fit.size());
        int area = (int) fit.size().area();
        var apart = new ArrayList<Integer>();
        for (int i = 0; i < expected.length; i++) {
            int inPlane = i % area;
            int value =
                    got.get(inPlane % fit.size().width(), inPlane / fit.size().width(), i / area);
            int distance = Math.abs(value - Integer.parseInt(expected[i]));
            assertThat(distance).isLessThanOrEqualTo(1);
            if (distance > 0) {
                apart.add(i);
            }
        }
        assertThat(apart).hasSizeLessThanOrEqualTo(expected.length / 100);
    }

    @Test
    void a_picture_of_the_size_stays_and_a_thin_one_keeps_a_pixel() {
        var fit = new ResizePolicy.CornerLetterbox(new Size(8, 8), 114);
        var image = image("any", new Size(8, 8));
        assertThat(fit.apply(image)).isEqualTo(image);
        assertThat(fit.inner(new Size(2, 1000))).isEqualTo(new Size(1, 8));
    }

    @Test
    void antialiased_pixels_are_those_of_other_policies_and_the_text_says_so() {
        var policy = ResizePolicy.parse("corner24x16-fill7-antialias");
        assertThat(policy).isEqualTo(new ResizePolicy.CornerLetterbox(new Size(16, 24), 7, true));
        assertThat(policy.toString()).isEqualTo("corner24x16-fill7-antialias");
        var image = image("any", new Size(64, 48));
        var expected = ResizePolicy.parse("stretch12x16").apply(image);
        var got = policy.apply(image);
        for (int y = 0; y < 16; y++) {
            for (int x = 0; x < 24; x++) {
                assertThat(got.get(x, y, 1)).isEqualTo(x < 12 ? expected.get(x, y, 1) : 7);
            }
        }
    }

    @Test
    void blue_comes_first_where_the_network_wants_it() {
        var image = image("any", new Size(9, 5));
        var rgb = new Preprocessing(new ResizePolicy.CornerLetterbox(new Size(6, 6), 3), Normalize.UNIT);
        var bgr = new Preprocessing(rgb.resize(), new Normalize(Normalize.UNIT.mean(), Normalize.UNIT.std(), true));
        assertThat(Preprocessing.ofMetadata(bgr.toMetadata())).isEqualTo(bgr);
        var expected = FloatBuffer.allocate(108);
        var got = FloatBuffer.allocate(108);
        rgb.apply(image, expected, 0);
        bgr.apply(image, got, 0);
        for (int i = 0; i < 108; i++) {
            assertThat(got.get(i)).isEqualTo(expected.get((2 - i / 36) * 36 + i % 36));
        }
        assertThat(bgr.normalize().apply(bgr.apply(image))).isEqualTo(got.array());
    }

    private static Size size(String text) {
        var sides = text.split(" ", -1);
        return new Size(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
    }

    /** floor(255.999 u) of the generator of golden numbers. */
    private static Image image(String name, Size size) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.US_ASCII)) {
            h = (h ^ b) * 0x100000001b3L;
        }
        var pixels = new byte[(int) size.area() * 3];
        for (int i = 0; i < pixels.length; i++) {
            long z = h + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            pixels[i] = (byte) (255.999 * (((z ^ (z >>> 31)) >>> 40) / (double) (1 << 24)));
        }
        return Image.wrap(size.width(), size.height(), 3, pixels);
    }
}
