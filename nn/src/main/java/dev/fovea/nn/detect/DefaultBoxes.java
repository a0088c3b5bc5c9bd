package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The default boxes of SSD (Liu et al. 2016, section 2.2): at each cell of map {@code k} two squares of scales {@code s_k} and
 * {@code sqrt(s_k s_k+1)} and for each aspect ratio one lying and one standing box.
 *
 * @param aspectRatios for each map the ratios besides 1
 * @param scales of each map, with one more for the last square; parts of the picture's sides
 * @param steps for each map the distance of cells in pixels; empty for cells that divide the picture evenly
 * @param clip whether widths and heights end at the picture's
 */
public record DefaultBoxes(List<List<Double>> aspectRatios, List<Double> scales, List<Integer> steps, boolean clip) {
    public DefaultBoxes {
        aspectRatios = aspectRatios.stream().map(List::copyOf).toList();
        scales = List.copyOf(scales);
        steps = List.copyOf(steps);
        if (aspectRatios.isEmpty() || scales.size() != aspectRatios.size() + 1) {
            throw new IllegalArgumentException("default boxes of " + aspectRatios.size() + " maps need "
                    + (aspectRatios.size() + 1) + " scales, got " + scales);
        }
        if (!steps.isEmpty() && steps.size() != aspectRatios.size()) {
            throw new IllegalArgumentException(
                    "default boxes need a step for each of " + aspectRatios.size() + " maps, got " + steps);
        }
    }

    /** Scales that grow evenly from {@code least} to {@code largest}, the last square fills the picture. */
    public static DefaultBoxes evenly(
            List<List<Double>> aspectRatios, double least, double largest, List<Integer> steps) {
        int maps = aspectRatios.size();
        var scales = new ArrayList<Double>();
        if (maps == 1) {
            scales.add(least);
            scales.add(largest);
        } else {
            IntStream.range(0, maps).forEach(k -> scales.add(least + (largest - least) * k / (maps - 1.0)));
            scales.add(1.0);
        }
        return new DefaultBoxes(aspectRatios, scales, steps, true);
    }

    /** How many boxes lie at each cell of each map. */
    public List<Integer> perCell() {
        return aspectRatios.stream().map(r -> 2 + 2 * r.size()).toList();
    }

    /**
     * All boxes {@code [A, 4]} float32, corners in pixels: map after map, row after row, cell after cell.
     *
     * @param height of the batch in pixels
     * @param width of the batch in pixels
     * @param maps height and width of each map
     */
    public Tensor boxes(long height, long width, List<long[]> maps) {
        if (maps.size() != aspectRatios.size()) {
            throw new IllegalArgumentException(
                    "default boxes are defined for " + aspectRatios.size() + " maps, got " + maps.size() + " maps");
        }
        long count = 0;
        for (int k = 0; k < maps.size(); k++) {
            count += maps.get(k)[0] * maps.get(k)[1] * perCell().get(k);
        }
        var corners = new float[Math.toIntExact(4 * count)];
        int at = 0;
        for (int k = 0; k < maps.size(); k++) {
            at = fill(corners, at, k, maps.get(k), height, width);
        }
        return Tensor.of(corners, count, 4);
    }

    private int fill(float[] corners, int start, int k, long[] map, long height, long width) {
        float cellsX = steps.isEmpty() ? map[1] : (float) ((double) width / steps.get(k));
        float cellsY = steps.isEmpty() ? map[0] : (float) ((double) height / steps.get(k));
        var shapes = shapes(k);
        int at = start;
        for (long y = 0; y < map[0]; y++) {
            float centerY = (y + 0.5f) / cellsY;
            for (long x = 0; x < map[1]; x++) {
                float centerX = (x + 0.5f) / cellsX;
                for (int i = 0; i < shapes.length; i += 2) {
                    corners[at++] = (centerX - 0.5f * shapes[i]) * width;
                    corners[at++] = (centerY - 0.5f * shapes[i + 1]) * height;
                    corners[at++] = (centerX + 0.5f * shapes[i]) * width;
                    corners[at++] = (centerY + 0.5f * shapes[i + 1]) * height;
                }
            }
        }
        return at;
    }

    /** Widths and heights as parts of the picture. */
    private float[] shapes(int k) {
        double scale = scales.get(k);
        double between = Math.sqrt(scale * scales.get(k + 1));
        var values = new ArrayList<>(List.of(scale, scale, between, between));
        for (double ratio : aspectRatios.get(k)) {
            double root = Math.sqrt(ratio);
            values.addAll(List.of(scale * root, scale / root, scale / root, scale * root));
        }
        var shapes = new float[values.size()];
        for (int i = 0; i < shapes.length; i++) {
            float side = values.get(i).floatValue();
            shapes[i] = clip ? Math.min(1, Math.max(0, side)) : side;
        }
        return shapes;
    }
}
