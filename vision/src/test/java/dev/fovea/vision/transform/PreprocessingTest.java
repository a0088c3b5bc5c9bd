package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessingTest {
    private static final Normalize GREY = new Normalize(List.of(0.13f), List.of(0.31f));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resize32-crop28-bilinear",
                "resize20-crop28-bicubic",
                "resize24-crop40x16-lanczos",
                "resize28-crop28-nearest",
                "stretch24x17-bilinear",
                "stretch30x40-nearest",
                "stretch9x50-box",
                "letterbox32-fill114-bilinear",
                "letterbox20x44-fill0-bicubic",
                "letterbox44x20-fill255-nearest"
            })
    void one_pass_gives_the_floats_of_resizing_and_normalising(String policy) {
        int[][] sizes = {{57, 43}, {43, 57}, {30, 40}, {24, 17}, {28, 28}, {5, 90}, {1, 1}, {200, 31}};
        for (var normalize : List.of(Normalize.IMAGENET, GREY)) {
            var preprocessing = new Preprocessing(ResizePolicy.parse(policy), normalize);
            int length = normalize.channels() * (int) preprocessing.size().area();
            for (int[] size : sizes) {
                for (int channels : new int[] {1, 3}) {
                    var image = random(size[0], size[1], channels);
                    var expected = new float[length + 2];
                    expected[0] = expected[length + 1] = 7;
                    normalize.apply(preprocessing.apply(image), expected, 1);
                    for (boolean direct : new boolean[] {false, true}) {
                        var out = direct ? direct(length + 2) : FloatBuffer.allocate(length + 2);
                        out.put(0, 7).put(length + 1, 7);
                        preprocessing.apply(image, out, 1);
                        float[] got = new float[length + 2];
                        out.get(0, got);
                        assertThat(got)
                                .as("%s by %s, %d channels", image, policy, normalize.channels())
                                .isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Test
    void a_target_that_is_too_small_is_refused() {
        var preprocessing = new Preprocessing(ResizePolicy.parse("stretch8"), Normalize.UNIT);
        assertThatThrownBy(() -> preprocessing.apply(random(9, 9, 3), FloatBuffer.allocate(192), 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("192");
    }

    private static FloatBuffer direct(int length) {
        return ByteBuffer.allocateDirect(length * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static Image random(int width, int height, int channels) {
        var pixels = new byte[width * height * channels];
        var random = new SplittableRandom(width * 1000L + height);
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) random.nextInt();
        }
        return Image.wrap(width, height, channels, pixels);
    }
}
