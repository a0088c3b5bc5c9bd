package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * Resize, crop or bars, and normalisation in one pass from bytes to planes of floats: each row goes to its three planes
 * while it is still in the processor's nearest cache.
 */
final class PlanarPass {
    /** The fill that is zero after normalisation. */
    private static final int ZEROS = -1;

    private final Image image;
    private final Size full;
    private final Frame frame;
    private final float[][] tables;
    private final boolean bgr;
    private final FloatBuffer out;
    private final int offset;
    private final float[] floats;

    private PlanarPass(
            Image image, Size full, Frame frame, float[][] tables, boolean bgr, FloatBuffer out, int offset) {
        this.image = image;
        this.full = full;
        this.frame = frame;
        this.tables = tables;
        this.bgr = bgr;
        this.out = out;
        this.offset = offset;
        this.floats = new float[frame.size().width()];
    }

    static void apply(Preprocessing preprocessing, Image picture, FloatBuffer out, int offset) {
        Normalize normalize = preprocessing.normalize();
        long length = normalize.channels() * preprocessing.size().area();
        if (offset < 0 || out.capacity() - offset < length) {
            throw new IllegalArgumentException("preprocessing to " + preprocessing.size() + " needs " + length
                    + " floats from offset " + offset + ", the target has " + out.capacity());
        }
        Image image = normalize.channels() == 1 ? picture.toGrey() : picture;
        float[][] tables = new float[normalize.channels()][];
        for (int c = 0; c < tables.length; c++) {
            tables[c] = normalize.table(c);
        }
        ResizePolicy policy = preprocessing.resize();
        if (policy instanceof ResizePolicy.ShortestSideCrop crop) {
            Size full = crop.resized(image.size());
            new PlanarPass(image, full, Frame.centre(full, crop.size()), tables, normalize.bgr(), out, offset)
                    .run(0, policy.interpolation());
        } else if (policy instanceof ResizePolicy.Letterbox box) {
            Size inner = box.inner(image.size());
            new PlanarPass(image, inner, box.frame(inner), tables, normalize.bgr(), out, offset)
                    .run(box.fill(), policy.interpolation());
        } else if (policy instanceof ResizePolicy.CornerLetterbox box) {
            Image inner = box.resized(image);
            new PlanarPass(inner, inner.size(), new Frame(0, 0, box.size()), tables, normalize.bgr(), out, offset)
                    .run(box.fill(), policy.interpolation());
        } else if (policy instanceof ResizePolicy.WithinSides box) {
            Size inner = box.inner(image.size());
            new PlanarPass(image, inner, new Frame(0, 0, box.size()), tables, normalize.bgr(), out, offset)
                    .run(ZEROS, policy.interpolation());
        } else {
            new PlanarPass(image, policy.size(), new Frame(0, 0, policy.size()), tables, normalize.bgr(), out, offset)
                    .run(0, policy.interpolation());
        }
    }

    /** What the frame sees of the resized image, and the fill around it. */
    private void run(int fill, Interpolation interpolation) {
        int left = Math.max(0, frame.x());
        int top = Math.max(0, frame.y());
        int width = Math.min(full.width(), frame.x() + frame.size().width()) - left;
        int height = Math.min(full.height(), frame.y() + frame.size().height()) - top;
        int before = left - frame.x();
        int above = top - frame.y();
        if (width < frame.size().width() || height < frame.size().height()) {
            fill(fill, above, height, width < frame.size().width());
        }
        Size part = new Size(height, width);
        if (full.equals(image.size())) {
            for (int y = 0; y < height; y++) {
                put(above + y, before, width, image.pixels(), (top + y) * image.width() + left);
            }
        } else if (interpolation == Interpolation.NEAREST) {
            Image window = Resample.window(image, full, left, top, part, interpolation);
            for (int y = 0; y < height; y++) {
                put(above + y, before, width, window.pixels(), y * width);
            }
        } else {
            Resample.rows(
                    image, full, left, top, part, interpolation, (y, row) -> put(above + y, before, width, row, 0));
        }
    }

    /** Fills the rows above and below the image, and with {@code besides} all others, which the image is written over. */
    private void fill(int level, int above, int height, boolean besides) {
        int rows = frame.size().height();
        for (int c = 0; c < tables.length; c++) {
            Arrays.fill(floats, level == ZEROS ? 0 : tables[c][level]);
            for (int y = 0; y < rows; y++) {
                if (besides || y < above || y >= above + height) {
                    out.put(offset + (c * rows + y) * floats.length, floats);
                }
            }
        }
    }

    /** One row: {@code width} pixels from pixel {@code from} of {@code pixels} on, to column {@code x} of row {@code y}. */
    private void put(int y, int x, int width, byte[] pixels, int from) {
        int step = image.channels();
        for (int c = 0; c < tables.length; c++) {
            float[] table = tables[c];
            int p = from * step + (step < 3 ? 0 : bgr ? 2 - c : c);
            for (int i = 0; i < width; i++, p += step) {
                floats[i] = table[pixels[p] & 0xff];
            }
            out.put(offset + (c * frame.size().height() + y) * frame.size().width() + x, floats, 0, width);
        }
    }
}
