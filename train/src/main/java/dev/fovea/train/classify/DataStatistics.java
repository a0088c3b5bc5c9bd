package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Mean and standard deviation of a data set's channels, from pictures spread over it. */
final class DataStatistics {
    private static final int PICTURES = 2000;
    private static final double LEAST_DEVIATION = 1e-3;

    private DataStatistics() {}

    static Normalize normalize(Dataset data, int channels, ResizePolicy resize) throws IOException {
        int step = Math.max(1, data.size() / PICTURES);
        var sum = new double[channels];
        var squares = new double[channels];
        long pixels = 0;
        String reason = "";
        for (int i = 0; i < data.size(); i += step) {
            Image image;
            try {
                image = resize.apply(data.image(i, resize.atLeast()).withChannels(channels));
            } catch (IOException e) {
                reason = e.getMessage(); // the loader lists it; here it only counts if there is no other
                continue;
            }
            byte[] p = image.pixels();
            for (int k = 0; k < p.length; k++) {
                double v = (p[k] & 0xff) / 255.0;
                sum[k % channels] += v;
                squares[k % channels] += v * v;
            }
            pixels += p.length / channels;
        }
        if (pixels == 0) {
            throw new IOException("none of the training pictures can be read; the last reason: " + reason);
        }
        List<Float> mean = new ArrayList<>();
        List<Float> std = new ArrayList<>();
        for (int c = 0; c < channels; c++) {
            double m = sum[c] / pixels;
            mean.add((float) m);
            std.add((float) Math.max(LEAST_DEVIATION, Math.sqrt(Math.max(0, squares[c] / pixels - m * m))));
        }
        return new Normalize(mean, std);
    }
}
