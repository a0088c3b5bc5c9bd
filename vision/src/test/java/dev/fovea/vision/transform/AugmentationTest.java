package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Size;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AugmentationTest {
    @Test
    void text_becomes_the_transforms_it_names_in_order() {
        assertThat(Augmentation.parse("flip | crop(32, 4) | randaugment(2,9) | erase(0.25)")
                        .steps())
                .containsExactly(
                        new HorizontalFlip(0.5),
                        new RandomCrop(Size.square(32), 4, 0),
                        new RandAugment(2, 9, 0),
                        RandomErasing.of(0.25));
    }

    @Test
    void arguments_may_be_given_by_name() {
        assertThat(Augmentation.parse("affine(10, shear=5, maxScale=1.2)").steps())
                .containsExactly(new RandomAffine(10, 0, 1, 1.2, 5, 0));
    }

    @Test
    void size_stands_for_the_input_of_the_network() {
        assertThat(Augmentation.parse("crop(size,2)", new Size(20, 30)).steps())
                .containsExactly(new RandomCrop(new Size(20, 30), 2, 0));
        assertThatThrownBy(() -> Augmentation.parse("crop(size)"))
                .hasMessage(
                        "crop: 'size' stands for the network's input size, which is not known here; write a number");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "none",
                "flip",
                "resizedcrop(224)|resizedcrop(64x48,0.35)",
                "flip(0.25)|vflip|crop(32,4)|crop(48x32)|rotate(15,128)|affine(10,0.1,0.9,1.1,5)",
                "perspective(0.3,1)|jitter(0.4,0.4,0.4,0.1)|blur(5)|noise(8,0.5)|erase(0.25,0.1)",
                "ioucrop|ioucrop(0.5,0.9)|zoomout(2)|zoomout|scalejitter(64,0.5,1.5)|scalejitter(64x48)",
                "autocontrast|equalize(1)|posterize(4)|solarize(100.5,0.2)|invert|sharpness(2)|grey|randaugment|trivial"
            })
    void text_form_returns_unchanged(String text) {
        assertThat(Augmentation.parse(text)).hasToString(text);
    }

    @Test
    void every_preset_parses_and_returns() {
        for (String preset : Augmentation.presets()) {
            var augmentation = Augmentation.parse(preset, Size.square(64));
            assertThat(Augmentation.parse(augmentation.toString())).isEqualTo(augmentation);
        }
        assertThat(Augmentation.parse("none")).isEqualTo(Augmentation.NONE);
        assertThat(Augmentation.parse("")).isEqualTo(Augmentation.NONE);
        assertThat(Augmentation.parse("digits").toString()).doesNotContain("flip");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "flp; unknown augmentation 'flp'; did you mean 'flip'?",
                "randaugment(2,31); randaugment: magnitude must be 0 to 30, got 31",
                "crop; crop: size is missing; write crop(size, padding=0, fill=0)",
                "crop(ten); crop: size must be a whole number, got 'ten'",
                "crop(0); crop: size must be 1 to 65535, got 0",
                "flip(1.5); flip: probability must be 0 to 1, got 1.5",
                "flip(NaN); flip: probability must be 0 to 1, got NaN",
                "flip(0.5,1); flip takes at most 1 arguments (probability=0.5), got 2",
                "affine(10,sheer=2); affine has no argument 'sheer'; did you mean 'shear'?",
                "affine(10,degrees=2); affine: degrees is given twice",
                "affine(10,0,2,1); affine: the smallest scale must not be above the largest, got 2 and 1",
                "blur(4); blur: kernel must be odd, got 4; use 5",
                "blur(3; augmentation 'blur(3': the closing parenthesis is missing",
                "zoomout(0.5); zoomout: maxScale must be 1 to 16, got 0.5",
                "ioucrop(0.9,0.3); ioucrop: the smallest scale must not be above the largest, got 0.9 and 0.3",
                "flip||flip; augmentation 'flip||flip' has an empty step"
            })
    void wrong_text_is_refused_with_the_way_out(String text, String message) {
        assertThatThrownBy(() -> Augmentation.parse(text.strip()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message.strip());
    }

    @Test
    void only_windows_of_a_size_take_the_place_of_the_resize_policy() {
        assertThat(Augmentation.parse("standard", Size.square(64)).framesItself())
                .isTrue();
        assertThat(Augmentation.parse("scalejitter(64)").framesItself()).isTrue();
        assertThat(Augmentation.parse("flip|crop(32,4)").framesItself()).isFalse();
    }

    @Test
    void help_has_a_line_for_every_augmentation_and_preset() {
        List<String> help = Augmentation.help();
        assertThat(help)
                .hasSize(Augmentation.names().size() + Augmentation.presets().size());
        assertThat(help).anyMatch(line -> line.startsWith("crop(size, padding=0, fill=0)  "));
    }
}
