package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network expects of a picture: channels, size and how it is reached, mean and standard deviation. It belongs to the weights and
 * travels with them as text, so that nobody has to know it again when the network is used.
 *
 * @param resize the resize policy, whose size is the network's input
 * @param normalize mean and deviation for each channel; its length says whether the input is grey or RGB
 */
public record Preprocessing(ResizePolicy resize, Normalize normalize) {
    private static final String RESIZE = "fovea.resize";
    private static final String MEAN = "fovea.mean";
    private static final String STD = "fovea.std";
    private static final String CHANNELS = "fovea.channels";
    private static final String BGR = "bgr";

    /** 1 for grey, 3 for RGB. */
    public int channels() {
        return normalize.channels();
    }

    /** The size of the network's input. */
    public Size size() {
        return resize.size();
    }

    /** A picture in the right channels and size. */
    public Picture apply(Picture picture) {
        return resize.apply(picture.withImage(picture.image().withChannels(channels())));
    }

    /** An image in the right channels and size. */
    public Image apply(Image image) {
        return resize.apply(image.withChannels(channels()));
    }

    /**
     * Writes an image as the network's input {@code [C, H, W]} from {@code out[offset]} on: resized and normalised row by
     * row, without an image in between, and bit for bit what {@link #normalize} makes of {@link #apply(Image)}.
     *
     * @param out its position does not matter or move
     */
    public void apply(Image image, FloatBuffer out, int offset) {
        PlanarPass.apply(this, image, out, offset);
    }

    /** This as text entries of a file of weights. */
    public Map<String, String> toMetadata() {
        var map = new LinkedHashMap<String, String>();
        map.put(RESIZE, resize.toString());
        map.put(MEAN, join(normalize.mean()));
        map.put(STD, join(normalize.std()));
        if (normalize.bgr()) {
            map.put(CHANNELS, BGR);
        }
        return map;
    }

    /**
     * Reads what {@link #toMetadata} wrote.
     *
     * @throws IllegalArgumentException if an entry is missing or is not readable
     */
    public static Preprocessing ofMetadata(Map<String, String> metadata) {
        for (String key : List.of(RESIZE, MEAN, STD)) {
            if (!metadata.containsKey(key)) {
                throw new IllegalArgumentException("the metadata has no entry " + key);
            }
        }
        String order = metadata.getOrDefault(CHANNELS, "rgb");
        if (!order.equals("rgb") && !order.equals(BGR)) {
            throw new IllegalArgumentException(CHANNELS + ": expected rgb or bgr, got '" + order + "'");
        }
        return new Preprocessing(
                ResizePolicy.parse(metadata.get(RESIZE)),
                new Normalize(numbers(MEAN, metadata.get(MEAN)), numbers(STD, metadata.get(STD)), order.equals(BGR)));
    }

    private static String join(List<Float> values) {
        return String.join(",", values.stream().map(String::valueOf).toList());
    }

    private static List<Float> numbers(String key, String text) {
        var numbers = new ArrayList<Float>();
        for (String part : text.split(",", -1)) {
            try {
                numbers.add(Float.parseFloat(part));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        key + ": expected numbers separated by commas, got '" + text + "'", e);
            }
        }
        return numbers;
    }
}
