package dev.fovea.train.detect;

import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.Preparation;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.transform.Crop;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.Arrays;
import java.util.List;

/**
 * Pictures on their way into a detector: first each gets its size, its objects and its geometry moving along, then some become a batch.
 * Sizes are those of the network's reference; pixels that are stretched or shrunk within sides are filtered, so that nothing aliases.
 */
record PreparedPictures(Preparation preparation) {
    private static final int LEVELS = 256;

    /** A picture in RGB and in the size it has in a batch, still without padding. */
    Picture resized(Picture picture) {
        var coloured = picture.withImage(picture.image().withChannels(3));
        if (preparation.rule() instanceof Preparation.TopLeft box) {
            var fit = new ResizePolicy.CornerLetterbox(box.size(), box.fill());
            var inner = fit.inner(picture.image().size());
            var fitted = fit.apply(coloured);
            // The bars are padding like any other: what is found in them is not in the picture.
            return inner.equals(box.size())
                    ? fitted
                    : new Crop(0, 0, inner.width(), inner.height()).apply(fitted, null);
        }
        return new ResizePolicy.Stretch(preparation.prepared(picture.image().size()), Interpolation.BILINEAR)
                .apply(coloured);
    }

    /** The same of an image of which nothing is known. */
    Picture resized(Image image) {
        return resized(Picture.of(image, Annotation.NONE));
    }

    /** Resized RGB images, scaled, normalised and padded, on the CPU. */
    Pictures batch(List<Image> images) {
        var sizes = images.stream().map(Image::size).toList();
        var frame = preparation.frame(sizes);
        int plane = Math.toIntExact(frame.area());
        var values = new float[Math.multiplyExact(images.size(), 3 * plane)];
        for (int c = 0; c < 3; c++) {
            var table = table(c);
            float padding = preparation.rule() instanceof Preparation.TopLeft box ? table[box.fill()] : 0;
            for (int i = 0; i < images.size(); i++) {
                int offset = (i * 3 + c) * plane;
                Arrays.fill(values, offset, offset + plane, padding);
                write(images.get(i), c, table, values, offset, frame.width());
            }
        }
        return new Pictures(Tensor.of(values, images.size(), 3, frame.height(), frame.width()), sizes);
    }

    /** One channel of the network's input from row to row. */
    private void write(Image image, int channel, float[] table, float[] out, int offset, int rowLength) {
        var pixels = image.pixels();
        int source = preparation.bgr() ? 2 - channel : channel;
        int width = image.width();
        for (int y = 0; y < image.height(); y++) {
            int from = y * width * 3 + source;
            int to = offset + y * rowLength;
            for (int x = 0; x < width; x++) {
                out[to + x] = table[pixels[from + 3 * x] & 0xff];
            }
        }
    }

    /** What each of the 256 levels becomes in a channel of the network's input. */
    private float[] table(int channel) {
        var table = new float[LEVELS];
        for (int v = 0; v < LEVELS; v++) {
            table[v] = (float) ((v * preparation.scale() - preparation.mean().get(channel))
                    / preparation.std().get(channel));
        }
        return table;
    }
}
