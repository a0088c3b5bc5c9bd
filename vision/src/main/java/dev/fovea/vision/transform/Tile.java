package dev.fovea.vision.transform;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A picture that an upright map puts onto a canvas of the map's size, over what is there. The map is rounded so that the
 * picture begins and ends between pixels.
 */
record Tile(Picture moved, Image scaled, int left, int top) {
    /**
     * A picture on its way onto a canvas.
     *
     * @param map scales by positive factors and shifts
     * @param leastVisible objects of which a smaller share of their box is on the canvas are dropped
     */
    static Tile of(Picture picture, Warp map, double leastVisible) {
        Size from = picture.image().size();
        int left = (int) Math.floor(map.c() + 0.5);
        int top = (int) Math.floor(map.f() + 0.5);
        Size full = new Size(Math.max(1, (int) Math.round(from.height() * map.e())), Math.max(1, (int)
                Math.round(from.width() * map.a())));
        Warp exact = Warp.affine(
                full.width() / (double) from.width(),
                0,
                left,
                0,
                full.height() / (double) from.height(),
                top,
                map.size());
        Image rgb = picture.image().toRgb();
        Annotation kept = withoutSlivers(picture.annotation(), exact, leastVisible);
        Annotation objects = exact.annotation(kept.withSemantic(Optional.empty()), from);
        var moved = new Picture(Image.filled(1, 1, 0), objects, exact.geometry(picture.geometry(), from));
        return new Tile(moved, Resample.resize(rgb, full, Interpolation.BILINEAR), left, top);
    }

    private static Annotation withoutSlivers(Annotation annotation, Warp map, double leastVisible) {
        List<Instance> kept = new ArrayList<>();
        for (Instance object : annotation.instances()) {
            Box whole = object.box();
            double full = whole.area() * map.a() * map.e();
            if (full > 0 && map.box(whole).area() >= leastVisible * full) {
                kept.add(object);
            }
        }
        return annotation.withInstances(kept);
    }

    /** Writes the pixels onto a canvas of RGB, with a share of 0-1 of what is there then. */
    void paint(byte[] pixels, Size canvas, double share) {
        for (int y = Math.max(0, top); y < Math.min(canvas.height(), top + scaled.height()); y++) {
            int from = Math.max(0, left);
            int to = Math.min(canvas.width(), left + scaled.width());
            int source = ((y - top) * scaled.width() + from - left) * 3;
            int target = (y * canvas.width() + from) * 3;
            for (int i = 0; i < (to - from) * 3; i++) {
                int own = scaled.pixels()[source + i] & 0xff;
                int under = pixels[target + i] & 0xff;
                pixels[target + i] = (byte) (share == 1 ? own : Math.round(share * own + (1 - share) * under));
            }
        }
    }
}
