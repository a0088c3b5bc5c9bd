package dev.fovea.vision.codec;

import dev.fovea.vision.Image;

/** Turns stored pixels upright by the eight EXIF orientations. */
final class Orientation {
    private Orientation() {}

    /** The upright picture; the same object for orientation 1. */
    static Image apply(Image stored, int orientation) {
        if (orientation == 1) {
            return stored;
        }
        int w = stored.width();
        int h = stored.height();
        // The upright pixel (x, y) is the stored pixel number start + x * stepX + y * stepY.
        int start =
                switch (orientation) {
                    case 2, 8 -> w - 1;
                    case 3, 7 -> w * h - 1;
                    case 4, 6 -> (h - 1) * w;
                    default -> 0;
                };
        int stepX =
                switch (orientation) {
                    case 2, 3 -> -1;
                    case 5, 8 -> w;
                    case 6, 7 -> -w;
                    default -> 1;
                };
        int stepY =
                switch (orientation) {
                    case 3, 4 -> -w;
                    case 5, 6 -> 1;
                    case 7, 8 -> -1;
                    default -> w;
                };
        boolean turned = orientation >= 5;
        int width = turned ? h : w;
        int height = turned ? w : h;
        int channels = stored.channels();
        byte[] from = stored.pixels();
        byte[] to = new byte[from.length];
        for (int y = 0, o = 0; y < height; y++) {
            int p = (start + y * stepY) * channels;
            for (int x = 0; x < width; x++, p += stepX * channels) {
                for (int c = 0; c < channels; c++) {
                    to[o++] = from[p + c];
                }
            }
        }
        return Image.wrap(width, height, channels, to);
    }
}
