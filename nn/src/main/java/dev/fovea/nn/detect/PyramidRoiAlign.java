package dev.fovea.nn.detect;

import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/**
 * {@link RoiAlign} on a pyramid of maps: each region is read from the map that fits its size (Lin et al. 2017, equation 1).
 *
 * @param height cells from top to bottom
 * @param width cells from left to right
 * @param samples points in each direction of a cell
 * @param canonicalSize side in pixels of the square that is read from {@code canonicalLevel}
 * @param canonicalLevel logarithm to base 2 of that map's stride
 */
public record PyramidRoiAlign(int height, int width, int samples, double canonicalSize, int canonicalLevel) {
    /** Keeps sizes that are exactly at a border from falling by rounding. */
    private static final float TOLERANCE = 1e-6f;

    /** As published: 224 pixels belong to stride 16. */
    public static PyramidRoiAlign of(int height, int width, int samples) {
        return new PyramidRoiAlign(height, width, samples, 224, 4);
    }

    /**
     * Pools {@code boxes [R_i, 4]} of each picture: {@code [R, C, height, width]}, picture after picture.
     *
     * @param maps {@code [N, C, H_l, W_l]}, finest first, each with half the size of the one before
     * @param pictureHeight the largest height of a picture in the batch, without padding
     */
    public Tensor pool(List<Tensor> maps, List<Tensor> boxes, long pictureHeight) {
        var all = Tensor.cat(boxes, 0);
        var pictures = new long[(int) all.dim(0)];
        int at = 0;
        for (int i = 0; i < boxes.size(); i++) {
            for (long k = 0; k < boxes.get(i).dim(0); k++) {
                pictures[at++] = i;
            }
        }
        if (maps.size() == 1) {
            return align(scale(maps.get(0), pictureHeight)).pool(maps.get(0), all, pictures);
        }
        var levels = levels(maps, all.toFloatArray(), pictureHeight);
        var pooled = new ArrayList<Tensor>();
        var back = new long[levels.length];
        int done = 0;
        for (int level = 0; level < maps.size(); level++) {
            int wanted = level;
            var here = IntStream.range(0, levels.length)
                    .filter(i -> levels[i] == wanted)
                    .toArray();
            if (here.length == 0) {
                continue;
            }
            var rows = new long[here.length];
            var owners = new long[here.length];
            for (int i = 0; i < here.length; i++) {
                rows[i] = here[i];
                owners[i] = pictures[here[i]];
                back[here[i]] = done++;
            }
            var part = all.indexSelect(0, Tensor.of(rows, rows.length).to(all.device()));
            var map = maps.get(level);
            pooled.add(align(scale(map, pictureHeight)).pool(map, part, owners));
        }
        if (pooled.isEmpty()) {
            var map = maps.get(0);
            return Tensor.zeros(map.dtype(), map.device(), 0, map.dim(1), height, width);
        }
        return Tensor.cat(pooled, 0).indexSelect(0, Tensor.of(back, back.length).to(all.device()));
    }

    /**
     * Pools equally many boxes {@code [N, R, 4]} of each picture: {@code [N R, C, height, width]}, in the form that a graph can show.
     *
     * @param frameHeight height in pixels of what the maps show, padding included
     */
    public Tensor poolAll(List<Tensor> maps, Tensor boxes, long frameHeight) {
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("height", (long) height);
        parameters.put("width", (long) width);
        parameters.put("samples", (long) samples);
        parameters.put("canonical_size", canonicalSize);
        parameters.put("canonical_level", (long) canonicalLevel);
        parameters.put(
                "scales", maps.stream().mapToDouble(m -> scale(m, frameHeight)).toArray());
        var inputs = new ArrayList<>(maps);
        inputs.add(boxes);
        return Recording.as("pyramid_roi_align", parameters, inputs, () -> pool(maps, boxes.unbind(0), frameHeight));
    }

    private RoiAlign align(double scale) {
        return new RoiAlign(height, width, scale, samples, false);
    }

    /** The power of 2 that is nearest to the map's scale. */
    private static double scale(Tensor map, long pictureHeight) {
        return Math.pow(2, Math.rint(log2((double) map.dim(2) / pictureHeight)));
    }

    private static double log2(double value) {
        return Math.log(value) / Math.log(2);
    }

    /** The place of the map for each box {@code (x1, y1, x2, y2)}. */
    int[] levels(List<Tensor> maps, float[] boxes, long pictureHeight) {
        double finest = -log2(scale(maps.get(0), pictureHeight));
        double coarsest = -log2(scale(maps.get(maps.size() - 1), pictureHeight));
        var levels = new int[boxes.length / 4];
        for (int i = 0; i < levels.length; i++) {
            float width = boxes[4 * i + 2] - boxes[4 * i];
            float height = boxes[4 * i + 3] - boxes[4 * i + 1];
            float side = (float) Math.sqrt(width * height);
            float ratio = (float) log2(side / (float) canonicalSize);
            double level = Math.floor(canonicalLevel + ratio + TOLERANCE);
            levels[i] = (int) (Math.min(Math.max(level, finest), coarsest) - finest);
        }
        return levels;
    }
}
