package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestViewsTest {
    /** Every pixel different from its neighbours, so that a shift by one shows. */
    private static Image picture(int width, int height) {
        var pixels = new byte[width * height];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7 + i / width * 31);
        }
        return Image.wrap(width, height, 1, pixels);
    }

    private static Preprocessing with(String resize) {
        return new Preprocessing(ResizePolicy.parse(resize), Normalize.UNIT_GREY);
    }

    private static Image part(Image image, int x, int y, int side) {
        return new Crop(x, y, side, side)
                .apply(dev.fovea.vision.Picture.of(image, dev.fovea.vision.Annotation.NONE), null)
                .image();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resize16-crop12", "stretch12", "letterbox12-fill114", "stretch10x14"})
    void no_augmentation_is_the_policy_itself_and_flip_adds_its_mirror_image(String resize) {
        var image = picture(23, 31);
        var usual = with(resize).apply(image);
        assertThat(TestViews.parse("none").of(image, with(resize))).containsExactly(usual);
        assertThat(TestViews.parse("flip").of(image, with(resize))).containsExactly(usual, HorizontalFlip.flip(usual));
        assertThat(TestViews.parse("ten-crop+scales(0.7,1)").of(image, with(resize)))
                .hasSize(20)
                .allMatch(v -> v.size().equals(usual.size()));
    }

    @Test
    void five_crops_are_the_corners_and_the_centre_of_the_resized_picture() {
        var image = picture(16, 20);
        var views = TestViews.parse("five-crop").of(image, with("resize16-crop12"));
        assertThat(views)
                .containsExactly(
                        part(image, 0, 0, 12),
                        part(image, 4, 0, 12),
                        part(image, 0, 8, 12),
                        part(image, 4, 8, 12),
                        with("resize16-crop12").apply(image));
    }

    @Test
    void where_a_policy_leaves_no_margin_crops_are_taken_from_an_enlarged_picture() {
        var image = picture(32, 32);
        var stretched = TestViews.parse("five-crop").of(image, with("stretch28"));
        assertThat(stretched.get(0)).isEqualTo(part(image, 0, 0, 28));
        assertThat(stretched.get(3)).isEqualTo(part(image, 4, 4, 28));
        assertThat(TestViews.parse("five-crop").of(image, with("resize28-crop28")))
                .isEqualTo(stretched);
    }

    @Test
    void smaller_scales_have_rims_and_larger_ones_show_the_centre() {
        var image = Image.filled(8, 8, 200);
        var views = TestViews.parse("scales(0.5,2)").of(image, with("stretch8"));
        assertThat(views.get(0).get(1, 4, 0)).isZero();
        assertThat(views.get(0).get(4, 4, 0)).isEqualTo(200);
        assertThat(views.get(1)).isEqualTo(image);
        assertThat(TestViews.parse("scales(0.5)")
                        .of(image, with("letterbox8-fill99"))
                        .get(0)
                        .get(1, 4, 0))
                .isEqualTo(99);
    }

    @Test
    void words_that_are_not_known_are_answered_with_those_that_are() {
        assertThatThrownBy(() -> TestViews.parse("flips"))
                .hasMessageContaining("'flips' is not known; use flip, five-crop, ten-crop or scales(0.9,1,1.15)");
        assertThatThrownBy(() -> TestViews.parse("scales()")).hasMessageContaining("is not known");
        assertThatThrownBy(() -> TestViews.parse("scales(1,9)")).hasMessageContaining("a scale is 0.25 to 4, got 9.0");
        assertThatThrownBy(() -> TestViews.parse("scales(1.2.3)")).hasMessageContaining("'1.2.3' is no number");
        assertThat(TestViews.parse("Flip+five-crop").count()).isEqualTo(10);
        assertThat(TestViews.NONE.of(picture(9, 9), with("stretch" + new Size(4, 4))))
                .hasSize(1);
        assertThat(List.of(TestViews.parse("ten-crop").count())).containsExactly(10);
    }
}
