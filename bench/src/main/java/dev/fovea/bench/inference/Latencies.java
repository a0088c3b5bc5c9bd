package dev.fovea.bench.inference;

import dev.fovea.bench.Samples;
import dev.fovea.runtime.Classifier;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long single pictures take, one after the other.
 *
 * @param decoding of a file
 * @param whole from the file to its classes
 */
public record Latencies(Samples decoding, Samples whole) {
    /** Every file once, after {@code warmUp} of them that do not count. */
    public static Latencies of(Classifier classifier, List<Path> files, int warmUp) throws IOException {
        var reader = new ImageReader();
        var decoding = new ArrayList<Double>();
        var whole = new ArrayList<Double>();
        for (int i = -warmUp; i < files.size(); i++) {
            long begin = System.nanoTime();
            var image = reader.read(files.get(Math.floorMod(i, files.size())));
            long decoded = System.nanoTime();
            classifier.predict(image);
            long end = System.nanoTime();
            if (i >= 0) {
                decoding.add((decoded - begin) / 1e9);
                whole.add((end - begin) / 1e9);
            }
        }
        return new Latencies(new Samples(decoding, 1), new Samples(whole, 1));
    }
}
