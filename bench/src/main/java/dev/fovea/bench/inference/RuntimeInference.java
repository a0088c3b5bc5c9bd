package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.runtime.Classifier;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Fovea's runtime on prepared floats: with threads that spin during a run, as it comes in an application without libtorch (which this
 * program's class path has), or with threads that sleep while they wait, as it comes beside libtorch.
 */
public final class RuntimeInference implements Workload {
    private final InferenceSettings settings;
    private final Classifier classifier;
    private final ByteBuffer pictures;
    private final boolean spinning;

    public RuntimeInference(InferenceSettings settings, boolean spinning) throws IOException {
        this.settings = settings;
        this.spinning = spinning;
        classifier = Classifier.load(settings.file(), settings.options().withSpinning(spinning));
        pictures = settings.noise();
    }

    @Override
    public String description() {
        return "Fovea's runtime, prepared floats" + (spinning ? "" : ", threads sleep while they wait");
    }

    @Override
    public long run(int repetitions) {
        var wanted = classifier.outputs();
        long done = 0;
        while (done < (long) repetitions * settings.pictures()) {
            classifier.runTensor(pictures, settings.batch(), settings.side(), settings.side(), wanted);
            done += settings.batch();
        }
        return done;
    }

    @Override
    public void close() {
        classifier.close();
    }
}
