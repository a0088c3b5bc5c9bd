package dev.fovea.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Comparator;
import org.junit.jupiter.api.Test;

class SelectiveSearchTest {
    /** A bright rectangle and a dark one on a grey ground with a little texture. */
    private static Image picture() {
        int width = 96;
        int height = 80;
        var pixels = new byte[width * height * 3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                boolean bright = x >= 10 && x < 40 && y >= 12 && y < 60;
                boolean dark = x >= 55 && x < 90 && y >= 30 && y < 50;
                int value = (bright ? 220 : dark ? 30 : 120) + (x * 7 + y * 13) % 5;
                int at = 3 * (y * width + x);
                pixels[at] = (byte) value;
                pixels[at + 1] = (byte) (bright ? 60 : value);
                pixels[at + 2] = (byte) (dark ? 200 : value);
            }
        }
        return Image.wrap(width, height, 3, pixels);
    }

    @Test
    void objects_are_among_the_regions_which_lie_in_the_picture() {
        var regions = new SelectiveSearch(8, 500).regions(picture());
        for (var object : new Box[] {new Box(10, 12, 40, 60), new Box(55, 30, 90, 50)}) {
            var best = regions.stream()
                    .max(Comparator.comparingDouble(r -> r.iou(object)))
                    .orElseThrow();
            assertThat(best.iou(object)).isGreaterThan(0.85);
        }
        assertThat(regions).doesNotHaveDuplicates().allSatisfy(r -> {
            assertThat(r.clip(new Size(80, 96))).isEqualTo(r);
            assertThat(r.width()).isGreaterThanOrEqualTo(8);
            assertThat(r.height()).isGreaterThanOrEqualTo(8);
        });
    }

    @Test
    void the_same_picture_gives_the_same_regions_and_a_limit_the_first_of_them() {
        var all = new SelectiveSearch(4, 1000).regions(picture());
        assertThat(new SelectiveSearch(4, 1000).regions(picture())).isEqualTo(all);
        assertThat(new SelectiveSearch(4, 2).regions(picture())).isEqualTo(all.subList(0, 2));
        assertThatThrownBy(() -> new SelectiveSearch(0, 1)).hasMessageContaining("at least 1");
    }
}
