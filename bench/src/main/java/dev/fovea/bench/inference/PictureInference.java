package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.runtime.Classifier;
import dev.fovea.vision.Image;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Fovea's runtime from decoded pictures to sorted classes: cropping, normalisation and softmax included. */
public final class PictureInference implements Workload {
    private final InferenceSettings settings;
    private final Classifier classifier;
    private final List<Image> pictures;

    public PictureInference(InferenceSettings settings) throws IOException {
        this.settings = settings;
        classifier = Classifier.load(settings.file(), settings.options());
        var random = new Random(1);
        int side = settings.side() * 8 / 7; // what evaluation cuts the centre of, so that nothing is scaled
        pictures = Stream.generate(() -> {
                    var pixels = new byte[side * side * 3];
                    random.nextBytes(pixels);
                    return Image.wrap(side, side, 3, pixels);
                })
                .limit(settings.batch())
                .toList();
    }

    @Override
    public String description() {
        return "Fovea's runtime, decoded pictures";
    }

    @Override
    public long run(int repetitions) {
        long done = 0;
        while (done < (long) repetitions * settings.pictures()) {
            done += classifier.predict(pictures).size();
        }
        return done;
    }

    @Override
    public void close() {
        classifier.close();
    }
}
