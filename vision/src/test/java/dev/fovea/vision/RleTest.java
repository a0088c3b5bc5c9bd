package dev.fovea.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RleTest {
    private static Mask random(long seed, int width, int height) {
        var random = new Random(seed);
        var bits = new BitSet();
        double share = random.nextDouble();
        for (int i = 0; i < width * height; i++) {
            bits.set(i, random.nextDouble() < share);
        }
        return new Mask(new Size(height, width), bits);
    }

    @Property(tries = 200)
    void text_runs_and_pixels_say_the_same(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int w, @ForAll @IntRange(min = 1, max = 40) int h) {
        Mask mask = random(seed, w, h);
        Rle runs = Rle.of(mask);
        assertThat(runs.toMask()).isEqualTo(mask);
        assertThat(runs.area()).isEqualTo(mask.area());
        assertThat(Rle.parse(mask.size(), runs.toString())).isEqualTo(runs);
        assertThat(Rle.of(mask.size(), runs.counts())).isEqualTo(runs);
        assertBounds(runs.bounds(), mask);
    }

    private static void assertBounds(Box bounds, Mask mask) {
        for (int y = 0; y < mask.size().height(); y++) {
            for (int x = 0; x < mask.size().width(); x++) {
                if (mask.get(x, y)) {
                    assertThat(x >= bounds.x1() && x < bounds.x2() && y >= bounds.y1() && y < bounds.y2())
                            .isTrue();
                }
            }
        }
        if (mask.area() > 0) {
            Box tight = bounds;
            assertThat(anyInColumn(mask, (int) tight.x1()) && anyInColumn(mask, (int) tight.x2() - 1))
                    .isTrue();
        }
    }

    private static boolean anyInColumn(Mask mask, int x) {
        for (int y = 0; y < mask.size().height(); y++) {
            if (mask.get(x, y)) {
                return true;
            }
        }
        return false;
    }

    @Property(tries = 100)
    void intersection_counts_common_pixels(@ForAll long a, @ForAll long b) {
        Mask first = random(a, 13, 9);
        Mask second = random(b, 13, 9);
        BitSet common = first.bits();
        common.and(second.bits());
        assertThat(Rle.of(first).intersection(Rle.of(second))).isEqualTo(common.cardinality());
    }

    @Test
    void a_rectangle_on_pixel_borders_is_its_pixels() {
        Rle rectangle = Rle.ofPolygons(new Size(10, 12), List.of(new double[] {2, 3, 7, 3, 7, 9, 2, 9}));
        assertThat(rectangle.area()).isEqualTo(30);
        assertThat(rectangle.bounds()).isEqualTo(new Box(2, 3, 7, 9));
        Rle same = Rle.of(new Size(10, 12), new Outline(List.of(new float[] {2, 3, 7, 3, 7, 9, 2, 9})));
        assertThat(same).isEqualTo(rectangle);
        assertThat(rectangle.iou(same)).isEqualTo(1);
    }

    @Test
    void overlapping_polygons_are_united_not_subtracted() {
        double[] a = {0, 0, 6, 0, 6, 6, 0, 6};
        double[] b = {3, 0, 9, 0, 9, 6, 3, 6};
        assertThat(Rle.ofPolygons(new Size(10, 10), List.of(a, b)).area()).isEqualTo(54);
    }

    @Test
    void what_lies_outside_the_image_is_cut_off() {
        Rle cut = Rle.ofPolygons(new Size(10, 10), List.of(new double[] {-5, -5, 5, -5, 5, 20, -5, 20}));
        assertThat(cut.area()).isEqualTo(50);
    }

    @Test
    void damaged_or_hostile_masks_are_refused() {
        var size = new Size(4, 4);
        assertThatThrownBy(() -> Rle.parse(size, "zzz~")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rle.parse(size, "oooooooooooooooooooo")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Rle.parse(size, "4")).hasMessageContaining("16 pixels");
        assertThatThrownBy(() -> Rle.of(size, 20, -4)).hasMessageContaining("-4");
        assertThatThrownBy(() -> Rle.of(new Size(1 << 20, 1 << 20), 1)).hasMessageContaining("limit");
        assertThatThrownBy(() -> Rle.ofPolygons(size, List.of(new double[] {0, 0, 1e300, 0, 0, 1})))
                .hasMessageContaining("1.0E300");
        assertThatThrownBy(() -> Rle.ofPolygons(size, List.of(new double[] {0, 0, Double.NaN, 0, 0, 1})))
                .hasMessageContaining("NaN");
    }
}
