package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.Collections;
import java.util.List;

/**
 * A batch of pictures of possibly different sizes, each at the top left of a common rectangle.
 *
 * @param pixels {@code [N, 3, H, W]}, prepared as the network asks; what lies outside a picture is padding
 * @param sizes the part of each that is picture
 */
public record Pictures(Tensor pixels, List<Size> sizes) {
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

    /** Pictures that fill the batch. */
    public static Pictures of(Tensor pixels) {
        var size = new Size((int) pixels.dim(2), (int) pixels.dim(3));
        return new Pictures(pixels, Collections.nCopies((int) pixels.dim(0), size));
    }

    /** The width and height of the batch. */
    public Size frame() {
        return new Size((int) pixels.dim(2), (int) pixels.dim(3));
    }

    public int count() {
        return sizes.size();
    }
}
