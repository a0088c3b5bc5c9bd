package dev.fovea.bench.eightbit;

import dev.fovea.bench.Workload;
import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** Logits of a batch of noise from an ONNX file on Fovea's runtime, from floats that lie ready. */
public final class ExportedInference implements Workload {
    private final Path file;
    private final int batch;
    private final int side;
    private final Classifier classifier;
    private final ByteBuffer pictures;

    public ExportedInference(Path file, int batch, int side, int threads) throws IOException {
        this.file = file;
        this.batch = batch;
        this.side = side;
        classifier = Classifier.load(
                file, RuntimeOptions.DEFAULT.withThreads(threads).withSpinning(true));
        pictures =
                ByteBuffer.allocateDirect(batch * 3 * side * side * Float.BYTES).order(ByteOrder.nativeOrder());
        var random = new Random(1);
        while (pictures.hasRemaining()) {
            pictures.putFloat((float) random.nextGaussian());
        }
        pictures.flip();
    }

    @Override
    public String description() {
        return file.getFileName() + " on Fovea's runtime";
    }

    @Override
    public long run(int repetitions) {
        var wanted = List.of(classifier.output());
        for (int i = 0; i < repetitions; i++) {
            classifier.runTensor(pictures.duplicate().order(ByteOrder.nativeOrder()), batch, side, side, wanted);
        }
        return (long) repetitions * batch;
    }

    @Override
    public void close() {
        classifier.close();
    }
}
