package dev.fovea.models.classify;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.tensor.Tensor;
import java.util.List;

/** The one size of pictures that a network with fully connected layers over pixels takes. */
record ImageSize(int height, int width) {
    /** {@code image_size}, and {@code image_width} for pictures that are not square. */
    static List<Option> options(int standard) {
        return List.of(
                Option.integer("image_size", standard, 1, "height of the pictures in pixels, and width if not given"),
                Option.integer("image_width", 0, 0, "width of the pictures in pixels; 0: square"));
    }

    static ImageSize of(ModelOptions options) {
        int height = options.integer("image_size");
        int width = options.integer("image_width");
        return new ImageSize(height, width == 0 ? height : width);
    }

    /** What to do about pictures of another size; null if they fit. */
    String expectation(Tensor image) {
        return image.dim(2) == height && image.dim(3) == width
                ? null
                : "it takes pictures of " + height + "x" + width
                        + " only; resize them, or build the network with image_size=" + image.dim(2)
                        + (image.dim(2) == image.dim(3) ? "" : ", image_width=" + image.dim(3));
    }
}
