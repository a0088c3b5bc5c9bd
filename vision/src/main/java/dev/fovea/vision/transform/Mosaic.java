package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Four pictures that meet at a random point of a sheet of twice the size, of which a random view of the size is taken, as
 * YOLOX was trained (Bochkovskiy et al. 2020, arXiv 2004.10934; Ge et al. 2021, arXiv 2107.08430). Each picture is scaled
 * to fit the size and keeps its shape; the first is the one given, and the geometry stays its own.
 *
 * @param size of every picture that leaves
 * @param minScale smallest scale of the view, above 0; below 1 more of the sheet is seen
 * @param maxScale largest scale of the view
 * @param leastVisible objects of which a smaller share of their box is left are dropped, 0-1
 * @param fill grey level where there is no picture, 0-255
 */
public record Mosaic(Size size, double probability, double minScale, double maxScale, double leastVisible, int fill)
        implements Combining {
    public Mosaic {
        Chance.requireProbability("mosaic", probability);
        Chance.requireRange("mosaic", "minScale", minScale, 0.05, 10);
        Chance.requireRange("mosaic", "maxScale", maxScale, 0.05, 10);
        Chance.requireOrdered("mosaic", "scale", minScale, maxScale);
        Chance.requireRange("mosaic", "leastVisible", leastVisible, 0, 1);
        Chance.requireRange("mosaic", "fill", fill, 0, 255);
    }

    /** Always, with views of half to one and a half times the scale, the range for small networks. */
    public static Mosaic of(Size size) {
        return new Mosaic(size, 1, 0.5, 1.5, 0.1, 114);
    }

    @Override
    public Picture apply(Picture picture, Companions others, RandomGenerator random) {
        if (!Chance.happens(probability, random)) {
            return picture;
        }
        int centreX = (int) Chance.between(0.5 * size.width(), 1.5 * size.width(), random);
        int centreY = (int) Chance.between(0.5 * size.height(), 1.5 * size.height(), random);
        double scale = Chance.between(minScale, maxScale, random);
        // the view slides over the sheet by a tenth of the size around its middle
        double shiftX = Chance.between(-0.1, 0.1, random) * size.width();
        double shiftY = Chance.between(-0.1, 0.1, random) * size.height();
        Warp view = Warp.affine(
                scale,
                0,
                size.width() * (0.5 - scale) + shiftX,
                0,
                scale,
                size.height() * (0.5 - scale) + shiftY,
                size);
        Image canvas = Image.filled(size.width(), size.height(), fill, fill, fill);
        byte[] pixels = canvas.pixels();
        List<Instance> objects = new ArrayList<>();
        Picture first = null;
        int firstPlace = random.nextInt(4);
        for (int i = 0; i < 4; i++) {
            Picture tile = i == 0 ? picture : others.draw(random);
            Picture placed = place(tile, (firstPlace + i) % 4, centreX, centreY, view, pixels);
            objects.addAll(placed.annotation().instances());
            first = i == 0 ? placed : first;
        }
        return new Picture(
                Image.wrap(size.width(), size.height(), 3, pixels),
                picture.annotation().withInstances(objects),
                first.geometry());
    }

    /** A picture in its quarter, seen through the view: its pixels are written, its objects and geometry returned. */
    private Picture place(Picture tile, int quarter, int centreX, int centreY, Warp view, byte[] pixels) {
        Size from = tile.image().size();
        double fit = Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
        Size inner = new Size(Math.max(1, (int) (from.height() * fit)), Math.max(1, (int) (from.width() * fit)));
        int left = quarter % 2 == 0 ? centreX - inner.width() : centreX;
        int top = quarter < 2 ? centreY - inner.height() : centreY;
        double sx = inner.width() / (double) from.width() * view.a();
        double sy = inner.height() / (double) from.height() * view.e();
        Warp whole = Warp.affine(sx, 0, left * view.a() + view.c(), 0, sy, top * view.e() + view.f(), size);
        Tile placed = Tile.of(tile, whole, leastVisible);
        placed.paint(pixels, size, 1);
        return placed.moved();
    }
}
