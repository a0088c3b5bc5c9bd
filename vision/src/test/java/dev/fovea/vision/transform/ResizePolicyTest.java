package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.ResizePolicy.Letterbox;
import dev.fovea.vision.transform.ResizePolicy.ShortestSideCrop;
import dev.fovea.vision.transform.ResizePolicy.Stretch;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResizePolicyTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resize256-crop224-bilinear",
                "resize30-crop40x20-bicubic",
                "stretch320x240-nearest",
                "letterbox640-fill114-lanczos"
            })
    void text_form_round_trips(String text) {
        assertThat(ResizePolicy.parse(text)).hasToString(text);
        assertThat(ResizePolicy.parse(ResizePolicy.parse(text).toString())).isEqualTo(ResizePolicy.parse(text));
    }

    @Test
    void text_form_reads_width_before_height_and_bilinear_by_default() {
        assertThat(ResizePolicy.parse("stretch320x240"))
                .isEqualTo(new Stretch(new Size(240, 320), Interpolation.BILINEAR));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "crop224", "resize256-crop224-cubic", "letterbox640", "stretch0", "resize256-crop224-"})
    void wrong_text_is_refused(String text) {
        assertThatThrownBy(() -> ResizePolicy.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void evaluation_is_the_usual_preparation() {
        assertThat(ResizePolicy.evaluation(224)).hasToString("resize256-crop224-bilinear");
    }

    @Property(tries = 200)
    void every_policy_gives_its_size_and_a_geometry_that_finds_the_way_back(
            @ForAll @IntRange(min = 1, max = 70) int width,
            @ForAll @IntRange(min = 1, max = 70) int height,
            @ForAll @IntRange(min = 1, max = 40) int w,
            @ForAll @IntRange(min = 1, max = 40) int h) {
        var size = new Size(h, w);
        var picture = Picture.of(Image.filled(width, height, 9), Annotation.NONE);
        for (ResizePolicy policy : List.of(
                new Stretch(size, Interpolation.BOX),
                new ShortestSideCrop(20, size, Interpolation.BILINEAR),
                new Letterbox(size, 0, Interpolation.BILINEAR))) {
            Picture prepared = policy.apply(picture);
            assertThat(prepared.image().size()).isEqualTo(size);
            double[] there = policy.warp(picture.image().size()).map(width / 3.0, height / 4.0);
            assertThat(prepared.geometry().toOriginal(there[0], there[1]))
                    .containsExactly(new double[] {width / 3.0, height / 4.0}, within(1e-6));
        }
    }

    @Property(tries = 100)
    void part_of_a_resized_image_equals_resizing_and_cutting(
            @ForAll @IntRange(min = 1, max = 50) int width,
            @ForAll @IntRange(min = 1, max = 50) int height,
            @ForAll @IntRange(min = 1, max = 30) int w,
            @ForAll @IntRange(min = 1, max = 30) int h,
            @ForAll Interpolation filter) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) ((i * i * 31) >> 3);
        }
        Image image = Image.wrap(width, height, 3, pixels);
        var full = new Size(h, w);
        int left = w / 3;
        int top = h / 2;
        var part = new Size(h - top, w - left);
        Image whole = Resample.window(image, full, 0, 0, full, filter);
        assertThat(Resample.window(image, full, left, top, part, filter))
                .isEqualTo(new Frame(left, top, part).cut(whole, 0));
        // Three equal channels are resized as one is.
        assertThat(Resample.resize(image.toGrey().toRgb(), full, filter))
                .isEqualTo(Resample.resize(image.toGrey(), full, filter).toRgb());
    }

    @Test
    void annotation_follows_the_pixels_through_crop_and_bars() {
        var box = new Box(10, 0, 30, 20);
        byte[] classes = new byte[800];
        var annotation = new Annotation(
                List.of(),
                List.of(Instance.of(new Label(0, "cat"), box)),
                Optional.of(new LabelMap(new Size(20, 40), classes)),
                Optional.empty());
        var picture = Picture.of(Image.filled(40, 20, 1, 2, 3), annotation);
        var cropped = new ShortestSideCrop(10, Size.square(10), Interpolation.BILINEAR).apply(picture);
        assertThat(cropped.annotation().instances().get(0).box()).isEqualTo(new Box(0, 0, 10, 10));
        var boxed = new Letterbox(Size.square(20), 114, Interpolation.BILINEAR).apply(picture);
        assertThat(boxed.annotation().instances().get(0).box()).isEqualTo(new Box(5, 5, 15, 15));
        assertThat(boxed.image().get(0, 4, 0)).isEqualTo(114);
        assertThat(boxed.image().get(0, 5, 2)).isEqualTo(3);
        assertThat(boxed.annotation().semantic().orElseThrow().get(0, 4)).isEqualTo(LabelMap.IGNORE);
        assertThat(boxed.annotation().semantic().orElseThrow().get(0, 5)).isZero();
    }

    @Test
    void crop_reads_its_text_and_refuses_a_region_beside_the_picture() {
        var picture = Picture.of(Image.filled(4, 4, 7), Annotation.NONE);
        assertThat(Crop.parse("1, 2,3,4")).isEqualTo(new Crop(1, 2, 3, 4)).hasToString("1,2,3,4");
        assertThatThrownBy(() -> Crop.parse("1,2,3")).hasMessageContaining("x,y,width,height");
        assertThatThrownBy(() -> Crop.parse("0,0,0,4")).hasMessageContaining("at least 1x1");
        assertThatThrownBy(() -> new Crop(4, 0, 2, 2).apply(picture, new Random(0)))
                .hasMessageContaining("outside the picture of 4x4");
    }
}
