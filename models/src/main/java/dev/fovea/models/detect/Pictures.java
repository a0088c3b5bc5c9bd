package dev.fovea.models.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.Collections;
import java.util.List;

/**
 * A batch of pictures of possibly different sizes, each at the top left of a common rectangle.
 *
 * @param pixels {@code [N, 3, H, W]}, prepared as the network asks; what lies outside a picture is padding
 * @param sizes the part of each that is picture; of pictures that end in zeros the whole
 * @param endsInZeros whether each picture ends where nothing but zeros follows, as in graphs, which are not told sizes
 */
public record Pictures(Tensor pixels, List<Size> sizes, boolean endsInZeros) {
    public Pictures {
        sizes = List.copyOf(sizes);
        if (pixels.rank() != 4 || pixels.dim(0) != sizes.size()) {
            throw new IllegalArgumentException("expected pictures [N, 3, H, W] with one size for each, got "
                    + pixels.shape() + " and " + sizes.size() + " sizes");
        }
        for (var size : sizes) {
            if (size.width() > pixels.dim(3) || size.height() > pixels.dim(2)) {
                throw new IllegalArgumentException(
                        "a picture of " + size + " does not fit into a batch of " + pixels.shape());
            }
        }
    }

    public Pictures(Tensor pixels, List<Size> sizes) {
        this(pixels, sizes, false);
    }

    /** Pictures that fill the batch. */
    public static Pictures of(Tensor pixels) {
        var size = new Size((int) pixels.dim(2), (int) pixels.dim(3));
        return new Pictures(pixels, Collections.nCopies((int) pixels.dim(0), size));
    }

    /** Pictures that end where nothing but zeros follows at the right and at the bottom. */
    public static Pictures endingInZeros(Tensor pixels) {
        return new Pictures(pixels, of(pixels).sizes, true);
    }

    /** Width and height of each picture: {@code [N, 2]} float32, or {@code [1, 2]} where all are alike. */
    public Tensor extents() {
        if (endsInZeros) {
            var marked = pixels.abs().amax(false, 1); // [N, H, W]
            return Tensor.stack(List.of(last(marked.amax(false, 1)), last(marked.amax(false, 2))), 1);
        }
        if (sizes.stream().distinct().count() == 1) {
            var size = sizes.get(0);
            return Tensor.of(new float[] {size.width(), size.height()}, 1, 2).to(pixels.device());
        }
        var values = new float[2 * sizes.size()];
        for (int i = 0; i < sizes.size(); i++) {
            values[2 * i] = sizes.get(i).width();
            values[2 * i + 1] = sizes.get(i).height();
        }
        return Tensor.of(values, sizes.size(), 2).to(pixels.device());
    }

    /** How far lines {@code [N, L]} reach that end in zeros: {@code [N]}, at least 1. */
    private static Tensor last(Tensor lines) {
        var lengths = Tensor.arange(1, lines.dim(1) + 1.0, 1, DType.FLOAT32, lines.device());
        return lines.gt(0).to(DType.FLOAT32).mul(lengths).amax(false, 1).clampMin(1);
    }

    /** The width and height of the batch. */
    public Size frame() {
        return new Size((int) pixels.dim(2), (int) pixels.dim(3));
    }

    public int count() {
        return sizes.size();
    }
}
