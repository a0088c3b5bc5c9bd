package dev.fovea.models.classify;

import dev.fovea.tensor.Tensor;

/**
 * The offsets between the places of a {@code height x width} window, row by row: attention that knows them adds one learned number per
 * head and offset to its scores.
 */
record RelativePosition(int height, int width) {
    /** How many places the window has. */
    int places() {
        return height * width;
    }

    /** How many different offsets there are. */
    int offsets() {
        return (2 * height - 1) * (2 * width - 1);
    }

    /** The number of the offset from each place to each: int64 {@code [places, places]}. */
    Tensor index() {
        int n = places();
        var index = new long[n * n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                int down = i / width - j / width + height - 1;
                int right = i % width - j % width + width - 1;
                index[i * n + j] = (long) down * (2 * width - 1) + right;
            }
        }
        return Tensor.of(index, n, n);
    }

    /** Numbers per offset {@code [offsets, heads]} where the scores want them: {@code [heads, places, places]}. */
    Tensor spread(Tensor table, Tensor index) {
        return table.indexSelect(0, index.flatten(0, -1))
                .reshape(places(), places(), table.dim(1))
                .permute(2, 0, 1)
                .contiguous();
    }

    /**
     * The offsets as pairs {@code (down, right)}, each from -1 to 1 and then spread by a logarithm: float32
     * {@code [1, 2 height - 1, 2 width - 1, 2]} (Liu et al. 2021, arXiv 2111.09883).
     */
    Tensor logSpaced() {
        int rows = 2 * height - 1;
        int columns = 2 * width - 1;
        var table = new float[rows * columns * 2];
        for (int i = 0; i < rows * columns; i++) {
            table[2 * i] = logSpaced(i / columns - (height - 1), height);
            table[2 * i + 1] = logSpaced(i % columns - (width - 1), width);
        }
        return Tensor.of(table, 1, rows, columns, 2);
    }

    private static float logSpaced(int offset, int side) {
        double relative = 8.0 * offset / Math.max(1, side - 1);
        return (float) (Math.signum(relative) * Math.log(Math.abs(relative) + 1) / Math.log(2) / 3);
    }

    /**
     * A table of another, square window {@code [offsets, heads]} resized to this one, bicubically, as the authors of the Swin transformer
     * do it; the same table if it fits already or its window was not square.
     */
    Tensor resized(Tensor table) {
        int side = (int) Math.round(Math.sqrt((double) table.dim(0)));
        if (table.dim(0) == offsets() || (long) side * side != table.dim(0) || side % 2 == 0) {
            return table;
        }
        long heads = table.dim(1);
        return table.permute(1, 0)
                .reshape(1, heads, side, side)
                .interpolate(2L * height - 1, 2L * width - 1, Tensor.Interpolation.BICUBIC, false, false)
                .reshape(heads, offsets())
                .permute(1, 0)
                .contiguous();
    }
}
