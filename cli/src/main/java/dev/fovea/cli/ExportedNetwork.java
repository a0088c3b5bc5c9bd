package dev.fovea.cli;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.Description;
import dev.fovea.runtime.Network;
import dev.fovea.runtime.Provider;
import dev.fovea.runtime.RuntimeOptions;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Preprocessing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** An ONNX file on ONNX Runtime. Nothing here touches libtorch, whose natives alone take longer to load than a picture takes. */
record ExportedNetwork(Classifier classifier) implements Recogniser {
    static final String EXTENSION = ".onnx";

    /**
     * Loads a file.
     *
     * @param device auto, cpu, cuda, cuda:N, coreml, directml
     * @param threads that a batch may use; several spin while they wait for each other, since nothing else runs in this process
     */
    static Network load(
            Path file,
            String device,
            int threads,
            int batch,
            Optional<List<String>> labels,
            Optional<Preprocessing> preprocessing)
            throws IOException {
        var description = Description.NONE;
        if (labels.isPresent()) {
            description = description.withLabels(labels.get());
        }
        if (preprocessing.isPresent()) {
            description = description.withPreprocessing(preprocessing.get());
        }
        return Network.load(
                file,
                RuntimeOptions.DEFAULT
                        .withProvider(device.equals("auto") ? Provider.CPU : Provider.parse(device))
                        .withThreads(threads)
                        .withSpinning(threads != 1)
                        .withMaxBatch(batch)
                        .withDescription(description));
    }

    @Override
    public List<Classification> predict(List<Image> images) {
        return classifier.predict(images);
    }

    @Override
    public void close() {
        classifier.close();
    }
}
