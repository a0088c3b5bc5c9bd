package dev.fovea.vision.statistics;

import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Normalize;
import java.util.List;

/**
 * Mean and standard deviation of each channel over all pixels of many images, exact whatever the order: what is kept are
 * the counts of the 256 values. Grey images count as three equal channels. Not safe for several threads; give each its own
 * and {@link #merge} them.
 */
public final class ChannelStatistics {
    private static final int CHANNELS = 3;
    private static final int VALUES = 256;

    private final long[][] counts = new long[CHANNELS][VALUES];
    private long images;
    private boolean grey = true;

    /** Counts an image. */
    public void add(Image image) {
        byte[] pixels = image.pixels();
        if (image.channels() == 1) {
            long[] once = new long[VALUES];
            for (byte pixel : pixels) {
                once[pixel & 0xff]++;
            }
            for (long[] channel : counts) {
                addAll(channel, once);
            }
        } else {
            grey = false;
            for (int i = 0; i < pixels.length; i += CHANNELS) {
                counts[0][pixels[i] & 0xff]++;
                counts[1][pixels[i + 1] & 0xff]++;
                counts[2][pixels[i + 2] & 0xff]++;
            }
        }
        images++;
    }

    /** Adds what another has counted. */
    public void merge(ChannelStatistics other) {
        for (int c = 0; c < CHANNELS; c++) {
            addAll(counts[c], other.counts[c]);
        }
        images += other.images;
        grey &= other.grey;
    }

    private static void addAll(long[] to, long[] from) {
        for (int v = 0; v < VALUES; v++) {
            to[v] += from[v];
        }
    }

    /** The number of images counted. */
    public long images() {
        return images;
    }

    /** The number of pixels counted. */
    public long pixels() {
        long sum = 0;
        for (long count : counts[0]) {
            sum += count;
        }
        return sum;
    }

    /** True if every image had one channel. */
    public boolean isGrey() {
        return images > 0 && grey;
    }

    /** How often each value 0-255 occurs in a channel (0 red, 1 green, 2 blue). */
    public long[] histogram(int channel) {
        return counts[channel].clone();
    }

    /**
     * Mean of red, green and blue, values scaled to 0-1.
     *
     * @throws IllegalStateException if nothing was counted
     */
    public List<Double> mean() {
        return List.of(mean(0), mean(1), mean(2));
    }

    /** Standard deviation of red, green and blue over all pixels (divided by their number), values scaled to 0-1. */
    public List<Double> std() {
        return List.of(std(0), std(1), std(2));
    }

    /** The normalisation that gives these images mean 0 and standard deviation 1; of one channel if all are grey. */
    public Normalize normalize() {
        var mean = mean().stream().map(Double::floatValue).toList();
        // A channel without any variation is left at its scale instead of being divided by 0.
        var std = std().stream().map(s -> s > 0 ? s.floatValue() : 1f).toList();
        return isGrey() ? new Normalize(mean.subList(0, 1), std.subList(0, 1)) : new Normalize(mean, std);
    }

    private double mean(int channel) {
        long n = pixels();
        if (n == 0) {
            throw new IllegalStateException("no image was counted yet");
        }
        double sum = 0;
        for (int v = 0; v < VALUES; v++) {
            sum += (double) counts[channel][v] * v;
        }
        return sum / n / 255;
    }

    private double std(int channel) {
        double mean = mean(channel) * 255;
        double sum = 0;
        for (int v = 0; v < VALUES; v++) {
            sum += counts[channel][v] * (v - mean) * (v - mean);
        }
        return Math.sqrt(sum / pixels()) / 255;
    }
}
