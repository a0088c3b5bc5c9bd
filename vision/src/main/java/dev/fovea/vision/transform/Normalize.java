package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * The last step before a network: bytes to floats, {@code (x / 255 - mean) / std} for each channel, and from interleaved
 * pixels to planes, {@code [H, W, C]} to {@code [C, H, W]}. Mean and standard deviation are those of values 0-1. The
 * floats are bit for bit those of torchvision's {@code ToTensor} and {@code Normalize}.
 *
 * <p>The number of means decides the channels: a grey image is repeated for 3, an RGB image becomes grey for 1.
 *
 * @param mean of each plane
 * @param std of each plane; 1/255 leaves values 0-255
 * @param bgr whether the first of three planes is blue and the last red
 */
public record Normalize(List<Float> mean, List<Float> std, boolean bgr) {
    /** Mean and standard deviation of ImageNet's training pictures, red, green, blue. */
    public static final Normalize IMAGENET =
            new Normalize(List.of(0.485f, 0.456f, 0.406f), List.of(0.229f, 0.224f, 0.225f));
    /** Only the scale to 0-1, for RGB. */
    public static final Normalize UNIT = new Normalize(List.of(0f, 0f, 0f), List.of(1f, 1f, 1f));
    /** Only the scale to 0-1, for grey. */
    public static final Normalize UNIT_GREY = new Normalize(List.of(0f), List.of(1f));

    public Normalize {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
        if (mean.size() != std.size() || (mean.size() != 1 && mean.size() != 3)) {
            throw new IllegalArgumentException(
                    "normalize: needs a mean and a std for each of 1 or 3 channels, got mean=" + mean + ", std=" + std);
        }
        for (int c = 0; c < mean.size(); c++) {
            if (!Float.isFinite(mean.get(c)) || !(std.get(c) > 0) || Float.isInfinite(std.get(c))) {
                throw new IllegalArgumentException(
                        "normalize: means must be finite and stds positive, got mean=" + mean + ", std=" + std);
            }
        }
    }

    /** Red first. */
    public Normalize(List<Float> mean, List<Float> std) {
        this(mean, std, false);
    }

    /** Which channel of an image becomes a plane. */
    private int source(int plane, int imageChannels) {
        return imageChannels < 3 ? 0 : bgr ? 2 - plane : plane;
    }

    /** The channels of the result: 3 or 1. */
    public int channels() {
        return mean.size();
    }

    /** The floats that an image becomes: {@code channels() * H * W}. */
    public int length(Image image) {
        return Math.multiplyExact(channels(), Math.toIntExact(image.size().area()));
    }

    /** The image as {@code [C, H, W]}. */
    public float[] apply(Image image) {
        float[] out = new float[length(image)];
        apply(image, out, 0);
        return out;
    }

    /** Writes the image as {@code [C, H, W]} from {@code out[offset]} on. */
    public void apply(Image image, float[] out, int offset) {
        requireRoom(image, out.length, offset);
        Image source = channels() == 1 ? image.toGrey() : image;
        byte[] pixels = source.pixels();
        int step = source.channels();
        int plane = Math.toIntExact(source.size().area());
        for (int c = 0; c < channels(); c++) {
            float[] table = table(c);
            int o = offset + c * plane;
            for (int i = 0, p = source(c, step); i < plane; i++, p += step) {
                out[o + i] = table[pixels[p] & 0xff];
            }
        }
    }

    /** Writes the image as {@code [C, H, W]} from index {@code offset} on; the buffer's position does not matter or move. */
    public void apply(Image image, FloatBuffer out, int offset) {
        requireRoom(image, out.capacity(), offset);
        if (out.hasArray()) {
            apply(image, out.array(), out.arrayOffset() + offset);
            return;
        }
        Image source = channels() == 1 ? image.toGrey() : image;
        byte[] pixels = source.pixels();
        int step = source.channels();
        int width = source.width();
        float[] row = new float[width];
        for (int c = 0; c < channels(); c++) {
            float[] table = table(c);
            for (int y = 0, p = source(c, step); y < source.height(); y++) {
                for (int x = 0; x < width; x++, p += step) {
                    row[x] = table[pixels[p] & 0xff];
                }
                out.put(offset + (c * source.height() + y) * width, row);
            }
        }
    }

    private void requireRoom(Image image, int room, int offset) {
        if (offset < 0 || room - offset < length(image)) {
            throw new IllegalArgumentException("normalize: " + image + " needs " + length(image)
                    + " floats from offset " + offset + ", the target has " + room);
        }
    }

    /** What each byte of a channel becomes. */
    float[] table(int channel) {
        float m = mean.get(channel);
        float s = std.get(channel);
        float[] table = new float[256];
        for (int i = 0; i < table.length; i++) {
            table[i] = (i / 255f - m) / s;
        }
        return table;
    }
}
