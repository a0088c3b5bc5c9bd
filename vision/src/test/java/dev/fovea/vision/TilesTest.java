package dev.fovea.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TilesTest {
    private static final Label THING = new Label(0, "thing");

    /** Finds the rectangle of bright pixels of each image. */
    private static List<Detections> bright(List<Image> images) {
        return images.stream().map(TilesTest::bright).toList();
    }

    private static Detections bright(Image image) {
        int left = image.width();
        int top = image.height();
        int right = -1;
        int bottom = -1;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (image.get(x, y, 0) > 0) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    top = Math.min(top, y);
                    bottom = Math.max(bottom, y);
                }
            }
        }
        return right < 0
                ? Detections.none(image.size())
                : new Detections(
                        image.size(), List.of(new Detection(THING, 0.9f, new Box(left, top, right + 1, bottom + 1))));
    }

    private static Image withRectangle(int width, int height, int x, int y, int w, int h) {
        byte[] pixels = new byte[width * height];
        for (int j = y; j < y + h; j++) {
            for (int i = x; i < x + w; i++) {
                pixels[j * width + i] = 1;
            }
        }
        return Image.wrap(width, height, 1, pixels);
    }

    @Test
    void an_object_is_found_once_wherever_the_edges_of_tiles_run() {
        for (int x = 0; x <= 80; x += 7) {
            var image = withRectangle(100, 70, x, 20, 18, 12);
            var found = new Tiles(40, 0.25).detect(image, TilesTest::bright);
            assertThat(found.image()).isEqualTo(image.size());
            assertThat(found.items()).as("x = %d", x).hasSize(1);
            assertThat(found.items().get(0).box()).isEqualTo(new Box(x, 20, x + 18, 32));
        }
    }

    @Test
    void a_cut_object_that_no_view_has_whole_is_kept() {
        // Only tiles see it: the whole picture is too large for this network.
        var image = withRectangle(200, 40, 10, 10, 12, 12);
        var found = new Tiles(16, 0).detect(image, images -> images.stream()
                .map(i -> i.width() > 16 ? Detections.none(i.size()) : bright(i))
                .toList());
        assertThat(found.items()).isNotEmpty();
    }

    @Test
    void small_pictures_are_looked_at_once_and_tiles_cover_large_ones() {
        assertThat(new Tiles(64, 0.2).count(new Size(64, 10))).isEqualTo(1);
        var seen = new ArrayList<Size>();
        new Tiles(64, 0.5).detect(Image.filled(100, 64, 0), images -> {
            images.forEach(i -> seen.add(i.size()));
            return bright(images);
        });
        assertThat(seen).containsExactly(new Size(64, 100), Size.square(64), Size.square(64), Size.square(64));
    }

    @Test
    void impossible_tiles_are_refused() {
        assertThatThrownBy(() -> new Tiles(0, 0.2)).hasMessageContaining("side");
        assertThatThrownBy(() -> new Tiles(64, 1)).hasMessageContaining("overlap");
        assertThatThrownBy(() -> new Tiles(1, 0).detect(Image.filled(200, 200, 0), TilesTest::bright))
                .hasMessageContaining("40000 tiles");
    }
}
