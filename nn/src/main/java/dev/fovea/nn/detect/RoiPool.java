package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;

/**
 * Regions of maps pooled to one size by the largest value in each cell (Fast R-CNN, Girshick 2015); corners and cells are rounded to whole
 * pixels. A cell without pixels is 0. Gradients flow to the maps.
 *
 * @param height cells from top to bottom
 * @param width cells from left to right
 * @param scale of the maps against the boxes, for example 1/16
 */
public record RoiPool(int height, int width, double scale) {
    public RoiPool {
        if (height < 1 || width < 1 || !(scale > 0)) {
            throw new IllegalArgumentException("RoI pooling needs cells and a positive scale, got " + height + "x"
                    + width + " cells and scale " + scale);
        }
    }

    /**
     * Pools {@code maps [N, C, H, W]} at {@code boxes [R, 4]}: {@code [R, C, height, width]}.
     *
     * @param pictures for each box the place of its picture in the batch
     */
    public Tensor pool(Tensor maps, Tensor boxes, long[] pictures) {
        Bags.check("RoI pooling", maps, boxes, pictures);
        if (pictures.length == 0) {
            return Tensor.zeros(maps.dtype(), maps.device(), 0, maps.dim(1), height, width);
        }
        var corners = boxes.toFloatArray();
        int mapHeight = (int) maps.dim(2);
        int mapWidth = (int) maps.dim(3);
        var bags = new Bags(Math.multiplyExact(pictures.length, height * width));
        for (int r = 0; r < pictures.length; r++) {
            var columns = cells(corners[4 * r], corners[4 * r + 2], width, mapWidth);
            var rows = cells(corners[4 * r + 1], corners[4 * r + 3], height, mapHeight);
            long base = pictures[r] * mapHeight * mapWidth;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    bags.next();
                    for (int row = rows[2 * y]; row < rows[2 * y + 1]; row++) {
                        for (int column = columns[2 * x]; column < columns[2 * x + 1]; column++) {
                            bags.add(base + (long) row * mapWidth + column, 1);
                        }
                    }
                }
            }
        }
        return Bags.regions(bags.maxima(maps), height, width);
    }

    /** First pixel of each cell and the one after its last. */
    private int[] cells(float from, float to, int cells, int length) {
        int start = roundAway(from * (float) scale);
        int end = roundAway(to * (float) scale);
        float cell = (float) Math.max(end - start + 1, 1) / cells;
        var bounds = new int[2 * cells];
        for (int c = 0; c < cells; c++) {
            bounds[2 * c] = inside((int) Math.floor(c * cell) + start, length);
            bounds[2 * c + 1] = inside((int) Math.ceil((c + 1) * cell) + start, length);
        }
        return bounds;
    }

    private static int inside(int pixel, int length) {
        return Math.min(Math.max(pixel, 0), length);
    }

    /** Halves away from zero, as the reference rounds. */
    private static int roundAway(float value) {
        return (int) (Math.signum(value) * Math.floor(Math.abs((double) value) + 0.5));
    }
}
