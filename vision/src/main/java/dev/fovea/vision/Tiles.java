package dev.fovea.vision;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Sliced inference for pictures that are much larger than a network's input: the network looks at overlapping tiles in their full
 * resolution, and at the whole picture, in which large objects are not cut (Akyon et al. 2022, arXiv 2202.06934). What is found twice is
 * kept once: class by class, of boxes that overlap by more than {@code iou} the best stays, and a box that an edge inside the picture cuts
 * off is dropped where another view has most of it in a box of the same class.
 *
 * @param side the tiles' height and width in pixels
 * @param overlap what neighbouring tiles share, as a part of their side, 0 to less than 1
 * @param iou from which overlap on two boxes are the same object, 0-1
 */
public record Tiles(int side, double overlap, double iou) {
    /** How many tiles a picture may have. */
    public static final int MOST = 10_000;

    private static final int TOGETHER = 16;
    /** What of a cut box must lie in another that replaces it. */
    private static final double MOSTLY = 0.7;
    /** How near to its edge a box counts as cut, in pixels. */
    private static final float NEAR = 2;

    /** Tiles that share a part of their side; boxes that overlap by more than half are one object. */
    public Tiles(int side, double overlap) {
        this(side, overlap, 0.5);
    }

    public Tiles {
        if (side < 1 || !(overlap >= 0 && overlap < 1) || !(iou >= 0 && iou <= 1)) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "tiles: need a side of at least 1 pixel, an overlap of 0 to less than 1 and an IoU of 0-1, got %d, %s and %s",
                    side,
                    overlap,
                    iou));
        }
    }

    /** A part of a picture. */
    private record View(int x, int y, int width, int height) {
        boolean isCut(Box box, Size picture) {
            return (x > 0 && box.x1() <= x + NEAR)
                    || (y > 0 && box.y1() <= y + NEAR)
                    || (x + width < picture.width() && box.x2() >= x + width - NEAR)
                    || (y + height < picture.height() && box.y2() >= y + height - NEAR);
        }

        Image of(Image image) {
            if (width == image.width() && height == image.height()) {
                return image;
            }
            int row = width * image.channels();
            byte[] pixels = new byte[height * row];
            for (int i = 0; i < height; i++) {
                int from = ((y + i) * image.width() + x) * image.channels();
                System.arraycopy(image.pixels(), from, pixels, i * row, row);
            }
            return Image.wrap(width, height, image.channels(), pixels);
        }
    }

    /** How many parts of a picture the network sees, the whole included. */
    public int count(Size picture) {
        return views(picture).size();
    }

    /**
     * The objects in an image.
     *
     * @param network finds objects in several images, in their order
     * @throws IllegalArgumentException if there were more than {@link #MOST} tiles
     */
    public Detections detect(Image image, Function<List<Image>, List<Detections>> network) {
        var views = views(image.size());
        var whole = new ArrayList<Detection>();
        var cut = new ArrayList<Detection>();
        for (int from = 0; from < views.size(); from += TOGETHER) {
            var some = views.subList(from, Math.min(views.size(), from + TOGETHER));
            var found = network.apply(some.stream().map(v -> v.of(image)).toList());
            for (int i = 0; i < some.size(); i++) {
                var view = some.get(i);
                for (var object : found.get(i).items()) {
                    var moved = moved(object, view.x, view.y);
                    (view.isCut(moved.box(), image.size()) ? cut : whole).add(moved);
                }
            }
        }
        var kept = new ArrayList<>(Nms.classwise(whole, iou));
        int complete = kept.size();
        for (var part : Nms.classwise(cut, iou)) {
            if (kept.subList(0, complete).stream().noneMatch(other -> replaces(other, part))) {
                kept.add(part);
            }
        }
        return new Detections(image.size(), Nms.classwise(kept, iou));
    }

    private static boolean replaces(Detection whole, Detection part) {
        return whole.label().equals(part.label())
                && whole.box().intersection(part.box()) >= MOSTLY * part.box().area();
    }

    private static Detection moved(Detection object, int x, int y) {
        var box = object.box();
        return new Detection(
                object.label(), object.score(), new Box(box.x1() + x, box.y1() + y, box.x2() + x, box.y2() + y));
    }

    /** The whole picture first; it alone where it is no larger than a tile. */
    private List<View> views(Size picture) {
        var views = new ArrayList<View>();
        views.add(new View(0, 0, picture.width(), picture.height()));
        if (picture.width() > side || picture.height() > side) {
            var columns = starts(picture.width());
            var rows = starts(picture.height());
            if ((long) columns.size() * rows.size() > MOST) {
                throw new IllegalArgumentException("a picture of " + picture + " would have "
                        + (long) columns.size() * rows.size() + " tiles of " + side + " pixels, more than " + MOST
                        + "; use larger tiles or less overlap");
            }
            for (int y : rows) {
                for (int x : columns) {
                    views.add(new View(x, y, Math.min(side, picture.width()), Math.min(side, picture.height())));
                }
            }
        }
        return views;
    }

    /** Where tiles begin along a side; the last ends where the picture does. */
    private List<Integer> starts(int length) {
        int step = Math.max(1, (int) Math.round(side * (1 - overlap)));
        var starts = new ArrayList<Integer>();
        for (int start = 0; start + side < length; start += step) {
            starts.add(start);
        }
        starts.add(Math.max(0, length - side));
        return starts;
    }
}
