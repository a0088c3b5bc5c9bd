package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Boxes of fixed sizes and aspect ratios around the cells of each map of a pyramid (Ren et al. 2015): the same shapes at every cell, their
 * corners rounded to integers.
 *
 * @param sizes for each map the sides in pixels of square anchors
 * @param aspectRatios for each map heights over widths
 */
public record AnchorGenerator(List<List<Double>> sizes, List<List<Double>> aspectRatios) {
    public AnchorGenerator {
        sizes = sizes.stream().map(List::copyOf).toList();
        aspectRatios = aspectRatios.stream().map(List::copyOf).toList();
        if (sizes.size() != aspectRatios.size() || sizes.isEmpty()) {
            throw new IllegalArgumentException("anchors need sizes and aspect ratios for the same maps, got "
                    + sizes.size() + " and " + aspectRatios.size() + " lists");
        }
        for (var list : List.of(sizes, aspectRatios)) {
            if (list.stream().anyMatch(row -> row.isEmpty() || row.stream().anyMatch(v -> !(v > 0)))) {
                throw new IllegalArgumentException("sizes and aspect ratios of anchors are positive, got " + list);
            }
        }
    }

    /** How many anchors lie at each cell of each map. */
    public List<Integer> perCell() {
        return IntStream.range(0, sizes.size())
                .mapToObj(i -> sizes.get(i).size() * aspectRatios.get(i).size())
                .toList();
    }

    /**
     * All anchors {@code [A, 4]} float32: map after map, row after row, cell after cell.
     *
     * @param height of the batch in pixels
     * @param width of the batch in pixels
     * @param maps height and width of each map
     */
    public Tensor anchors(long height, long width, List<long[]> maps) {
        if (maps.size() != sizes.size()) {
            throw new IllegalArgumentException(
                    "anchors are defined for " + sizes.size() + " maps, got " + maps.size() + " maps");
        }
        long count = 0;
        for (int level = 0; level < maps.size(); level++) {
            count += maps.get(level)[0] * maps.get(level)[1] * perCell().get(level);
        }
        var corners = new float[Math.toIntExact(4 * count)];
        int at = 0;
        for (int level = 0; level < maps.size(); level++) {
            var map = maps.get(level);
            at = fill(corners, at, base(level), map, height / map[0], width / map[1]);
        }
        return Tensor.of(corners, count, 4);
    }

    private static int fill(float[] corners, int start, float[] base, long[] map, long strideY, long strideX) {
        int at = start;
        for (long y = 0; y < map[0]; y++) {
            for (long x = 0; x < map[1]; x++) {
                for (int k = 0; k < base.length; k++) {
                    corners[at++] = base[k] + (k % 2 == 0 ? x * strideX : y * strideY);
                }
            }
        }
        return at;
    }

    /** The anchors around the origin: for each aspect ratio all sizes. In float32 as the reference, since rounding follows. */
    private float[] base(int level) {
        var base = new float[4 * perCell().get(level)];
        int at = 0;
        for (double ratio : aspectRatios.get(level)) {
            float high = (float) Math.sqrt((float) ratio);
            float wide = 1 / high;
            for (double size : sizes.get(level)) {
                float halfWidth = wide * (float) size / 2;
                float halfHeight = high * (float) size / 2;
                base[at++] = (float) Math.rint(-halfWidth);
                base[at++] = (float) Math.rint(-halfHeight);
                base[at++] = (float) Math.rint(halfWidth);
                base[at++] = (float) Math.rint(halfHeight);
            }
        }
        return base;
    }
}
