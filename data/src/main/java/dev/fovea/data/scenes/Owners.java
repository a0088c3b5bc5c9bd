package dev.fovea.data.scenes;

import dev.fovea.vision.Size;
import java.util.Arrays;

/**
 * Which item each pixel shows. A pixel belongs to the frontmost item that covers at least half of it; so the masks of
 * the objects never share a pixel.
 */
final class Owners {
    /** The owner of pixels that show the backdrop. */
    static final int BACKDROP = -1;

    private final Size size;
    private final int[] items;

    private Owners(Size size) {
        this.size = size;
        items = new int[Math.toIntExact(size.area())];
        Arrays.fill(items, BACKDROP);
    }

    static Owners of(Scene scene, Size size) {
        var owners = new Owners(size);
        for (int item = 0; item < scene.items().size(); item++) {
            var thing = scene.items().get(item);
            owners.claim(item, Coverage.of(thing.figure().contours(), thing.pose(), size, 0));
        }
        return owners;
    }

    private void claim(int item, Coverage coverage) {
        int right = Math.min(size.width(), coverage.left + coverage.width);
        int bottom = Math.min(size.height(), coverage.top + coverage.height);
        for (int y = Math.max(0, coverage.top); y < bottom; y++) {
            for (int x = Math.max(0, coverage.left); x < right; x++) {
                if (coverage.at(x, y) >= 0.5f) {
                    items[y * size.width() + x] = item;
                }
            }
        }
    }

    Size size() {
        return size;
    }

    /** The item's place in the scene, or {@link #BACKDROP}. */
    int at(int x, int y) {
        return items[y * size.width() + x];
    }
}
