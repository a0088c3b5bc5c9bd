package dev.fovea.vision;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_ximgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.RectVector;

/**
 * Regions of a picture that may be objects of any kind: segments, and what comes of joining the most alike again and again ("Selective
 * Search for Object Recognition", Uijlings et al. 2013), by OpenCV in its fast form. The same picture gives the same regions in the same
 * order.
 *
 * @param shortestSide regions with a shorter side in pixels are left out
 * @param most how many regions of a picture there are at most
 */
public record SelectiveSearch(int shortestSide, int most) {
    public SelectiveSearch {
        if (shortestSide < 1 || most < 1) {
            throw new IllegalArgumentException(
                    "selective search needs a side and a count of at least 1, got " + shortestSide + " and " + most);
        }
    }

    /** The regions of an RGB or grey picture; where there are too many, a choice that looks random. */
    public List<Box> regions(Image image) {
        var rgb = image.withChannels(3);
        var found = new LinkedHashSet<Box>();
        try (var data = new BytePointer(bgr(rgb.pixels()));
                var mat = new Mat(rgb.height(), rgb.width(), opencv_core.CV_8UC3, data);
                var search = opencv_ximgproc.createSelectiveSearchSegmentation();
                var rectangles = new RectVector()) {
            search.setBaseImage(mat);
            search.switchToSelectiveSearchFast();
            search.process(rectangles);
            for (long i = 0; i < rectangles.size(); i++) {
                var r = rectangles.get(i);
                if (r.width() >= shortestSide && r.height() >= shortestSide) {
                    found.add(new Box(r.x(), r.y(), r.x() + r.width(), r.y() + r.height()));
                }
            }
        }
        // OpenCV ranks regions by the random numbers of the process; the order of a hash is as good and always the
        // same.
        var ranked = new ArrayList<>(found);
        ranked.sort(Comparator.comparingLong(SelectiveSearch::rank)
                .thenComparingDouble(Box::x1)
                .thenComparingDouble(Box::y1)
                .thenComparingDouble(Box::x2)
                .thenComparingDouble(Box::y2));
        return List.copyOf(ranked.subList(0, Math.min(most, ranked.size())));
    }

    private static byte[] bgr(byte[] rgb) {
        var swapped = rgb.clone();
        for (int i = 0; i < rgb.length; i += 3) {
            swapped[i] = rgb[i + 2];
            swapped[i + 2] = rgb[i];
        }
        return swapped;
    }

    /** Mixes the corners so that neighbours get far apart (the finaliser of SplitMix64). */
    private static long rank(Box box) {
        long x = 0;
        for (float corner : new float[] {box.x1(), box.y1(), box.x2(), box.y2()}) {
            x = x * 1_000_003 + (long) corner;
        }
        x = (x ^ (x >>> 30)) * 0xbf58476d1ce4e5b9L;
        x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
        return x ^ (x >>> 31);
    }
}
