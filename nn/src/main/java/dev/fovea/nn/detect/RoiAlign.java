package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;
import java.util.Arrays;

/**
 * Regions of maps resampled to one size (RoIAlign, He et al. 2017): each cell is the average of bilinear samples at evenly spread points;
 * a sample more than one pixel outside the map is 0. Gradients flow to the maps, not to the boxes.
 *
 * <p>Bilinear samples on a grid are sums over pixels whose weights are products of a weight for the row and one for the column, so that a
 * cell is one weighted sum over few pixels: no samples are ever stored.
 *
 * @param height cells from top to bottom
 * @param width cells from left to right
 * @param scale of the maps against the boxes, for example 1/16
 * @param samples points in each direction of a cell; 0 or less for as many as the cell has pixels
 * @param aligned whether boxes are shifted by half a pixel, so that pixel centres lie at whole numbers; without it (the first version)
 *     regions also have at least the size of a pixel
 */
public record RoiAlign(int height, int width, double scale, int samples, boolean aligned) {
    public RoiAlign {
        if (height < 1 || width < 1 || !(scale > 0)) {
            throw new IllegalArgumentException("RoIAlign needs cells and a positive scale, got " + height + "x" + width
                    + " cells and scale " + scale);
        }
    }

    /**
     * Pools {@code maps [N, C, H, W]} at {@code boxes [R, 4]}: {@code [R, C, height, width]}.
     *
     * @param pictures for each box the place of its picture in the batch
     */
    public Tensor pool(Tensor maps, Tensor boxes, long[] pictures) {
        Bags.check("RoIAlign", maps, boxes, pictures);
        long channels = maps.dim(1);
        if (pictures.length == 0) {
            return Tensor.zeros(maps.dtype(), maps.device(), 0, channels, height, width);
        }
        return Bags.regions(bags(maps, boxes.toFloatArray(), pictures).sums(maps), height, width);
    }

    /**
     * The position-sensitive form (R-FCN, Dai et al. 2016): each cell reads channels of its own; {@code maps [N, C h w, H, W]} to
     * {@code [R, C, h, w]}. Always aligned.
     */
    public Tensor poolByPosition(Tensor maps, Tensor boxes, long[] pictures) {
        Bags.check("position-sensitive RoIAlign", maps, boxes, pictures);
        long cells = (long) height * width;
        if (maps.dim(1) % cells != 0) {
            throw new IllegalArgumentException("position-sensitive RoIAlign needs a multiple of " + cells
                    + " channels for " + height + "x" + width + " cells, got " + maps.dim(1));
        }
        long channels = maps.dim(1) / cells;
        var all = bags(maps, boxes.toFloatArray(), pictures).sums(maps).reshape(-1, cells, channels, cells);
        return all.permute(0, 2, 1, 3).diagonal().reshape(-1, channels, height, width);
    }

    private Bags bags(Tensor maps, float[] boxes, long[] pictures) {
        long mapHeight = maps.dim(2);
        long mapWidth = maps.dim(3);
        var bags = new Bags(Math.multiplyExact(pictures.length, height * width));
        var rows = new Axis(height, mapHeight);
        var columns = new Axis(width, mapWidth);
        for (int r = 0; r < pictures.length; r++) {
            columns.sample(boxes[4 * r], boxes[4 * r + 2]);
            rows.sample(boxes[4 * r + 1], boxes[4 * r + 3]);
            long base = pictures[r] * mapHeight * mapWidth;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    bags.next();
                    for (int i = rows.first[y]; i < rows.first[y + 1]; i++) {
                        long row = base + rows.pixels[i] * mapWidth;
                        for (int j = columns.first[x]; j < columns.first[x + 1]; j++) {
                            bags.add(row + columns.pixels[j], rows.weights[i] * columns.weights[j]);
                        }
                    }
                }
            }
        }
        return bags;
    }

    /** One direction: the pixels that each cell reads, and their weights. In float32, as the reference computes. */
    private final class Axis {
        private final int cells;
        private final long length;
        private final int[] first;
        private int[] pixels = new int[64];
        private float[] weights = new float[64];
        private int count;

        Axis(int cells, long length) {
            this.cells = cells;
            this.length = length;
            first = new int[cells + 1];
        }

        void sample(float from, float to) {
            count = 0;
            float offset = aligned ? 0.5f : 0;
            float start = from * (float) scale - offset;
            float size = to * (float) scale - offset - start;
            if (!aligned) {
                size = Math.max(size, 1);
            }
            float cell = size / cells;
            int points = samples > 0 ? samples : (int) Math.ceil(size / cells);
            for (int c = 0; c < cells; c++) {
                first[c] = count;
                for (int p = 0; p < points; p++) {
                    add(start + c * cell + (p + 0.5f) * cell / points, 1f / points, first[c]);
                }
            }
            first[cells] = count;
        }

        private void add(float place, float weight, int begin) {
            if (!(place >= -1 && place <= length)) {
                return;
            }
            float inside = Math.max(place, 0);
            int low = (int) inside;
            if (low >= length - 1) {
                add((int) length - 1, weight, begin);
                return;
            }
            float high = inside - low;
            add(low, (1 - high) * weight, begin);
            add(low + 1, high * weight, begin);
        }

        /** Points follow each other, so that a pixel met before is the last or the last but one. */
        private void add(int pixel, float weight, int begin) {
            for (int i = count - 1; i >= Math.max(begin, count - 2); i--) {
                if (pixels[i] == pixel) {
                    weights[i] += weight;
                    return;
                }
            }
            if (count == pixels.length) {
                pixels = Arrays.copyOf(pixels, 2 * count);
                weights = Arrays.copyOf(weights, 2 * count);
            }
            pixels[count] = pixel;
            weights[count++] = weight;
        }
    }
}
