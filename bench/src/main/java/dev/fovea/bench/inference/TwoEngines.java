package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.bench.step.FoveaInference;
import dev.fovea.bench.step.StepSettings;
import dev.fovea.runtime.Classifier;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** libtorch and ONNX Runtime in one process, a pass of one after a pass of the other, so that each meets the other's waiting threads. */
public final class TwoEngines implements Workload {
    private final FoveaInference libtorch;
    private final Classifier classifier;
    private final ByteBuffer pictures;
    private final InferenceSettings settings;
    private final boolean spinning;

    private TwoEngines(StepSettings torch, InferenceSettings settings, boolean spinning) throws IOException {
        this.settings = settings;
        this.spinning = spinning;
        libtorch = new FoveaInference(torch);
        classifier = Classifier.load(settings.file(), settings.options().withSpinning(spinning));
        pictures = settings.noise();
    }

    /**
     * Loads both.
     *
     * @param onnx the network for ONNX Runtime
     * @param spinning whether threads of ONNX Runtime stay busy while they wait
     * @param torch the same network in libtorch, and what both run on
     */
    public static TwoEngines of(Path onnx, boolean spinning, StepSettings torch) throws IOException {
        var settings = InferenceSettings.of(onnx, torch.batch(), torch.side(), torch.threads());
        return new TwoEngines(torch, settings, spinning);
    }

    @Override
    public String description() {
        return "both in one process, ONNX Runtime's threads " + (spinning ? "spin" : "sleep") + " while they wait";
    }

    @Override
    public long run(int repetitions) {
        var wanted = classifier.outputs();
        for (int i = 0; i < repetitions; i++) {
            libtorch.run(1);
            classifier.runTensor(pictures, settings.batch(), settings.side(), settings.side(), wanted);
        }
        return 2L * repetitions * settings.batch();
    }

    @Override
    public void close() {
        classifier.close();
        libtorch.close();
    }
}
