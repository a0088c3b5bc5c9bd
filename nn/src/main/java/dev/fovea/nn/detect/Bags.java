package dev.fovea.nn.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;

/** Which pixels of a batch of maps each cell of each pooled region reads, and with what weights; filled region after region. */
final class Bags {
    private final long[] offsets;
    private long[] pixels = new long[1024];
    private float[] weights = new float[1024];
    private int bags;
    private int count;

    Bags(int cells) {
        offsets = new long[cells];
    }

    /** Begins the next cell. */
    void next() {
        offsets[bags++] = count;
    }

    void add(long pixel, float weight) {
        if (count == pixels.length) {
            pixels = Arrays.copyOf(pixels, 2 * count);
            weights = Arrays.copyOf(weights, 2 * count);
        }
        pixels[count] = pixel;
        weights[count++] = weight;
    }

    /** Maps {@code [N, C, H, W]} as a table of pixels {@code [N H W, C]}. */
    static Tensor table(Tensor maps) {
        var table = maps.permute(0, 2, 3, 1).reshape(-1, maps.dim(1));
        return maps.dtype() == DType.FLOAT64 ? table : table.to(DType.FLOAT32);
    }

    /** Weighted sums of the maps' pixels: {@code [cells, C]}. */
    Tensor sums(Tensor maps) {
        var table = table(maps);
        var device = maps.device();
        return table.embeddingBag(
                        Tensor.of(Arrays.copyOf(pixels, count), count).to(device),
                        Tensor.of(offsets, offsets.length).to(device),
                        Tensor.of(Arrays.copyOf(weights, count), count)
                                .to(device)
                                .to(table.dtype()))
                .to(maps.dtype());
    }

    /** Largest values of the maps' pixels: {@code [cells, C]}. */
    Tensor maxima(Tensor maps) {
        var device = maps.device();
        return table(maps)
                .embeddingBagMax(
                        Tensor.of(Arrays.copyOf(pixels, count), count).to(device),
                        Tensor.of(offsets, offsets.length).to(device))
                .to(maps.dtype());
    }

    /** Checks the arguments that poolings share. */
    static void check(String what, Tensor maps, Tensor boxes, long[] pictures) {
        if (maps.rank() != 4 || boxes.rank() != 2 || boxes.dim(1) != 4 || boxes.dim(0) != pictures.length) {
            throw new IllegalArgumentException(
                    what + ": expected maps [N, C, H, W] and boxes [R, 4] with R pictures, got " + maps.shape() + ", "
                            + boxes.shape() + " and " + pictures.length + " pictures");
        }
        for (long picture : pictures) {
            if (picture < 0 || picture >= maps.dim(0)) {
                throw new IllegalArgumentException(
                        what + ": a box lies in picture " + picture + ", but there are " + maps.dim(0));
            }
        }
    }

    /** {@code [R h w, C]} as {@code [R, C, h, w]}. */
    static Tensor regions(Tensor cells, long height, long width) {
        return cells.reshape(-1, height, width, cells.dim(1)).permute(0, 3, 1, 2);
    }
}
