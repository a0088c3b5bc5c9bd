package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Sample;
import dev.fovea.data.load.Skipped;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.transform.Normalize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** A trained classifier that another one learns from. Its classes are brought into the order of the student's. Close it. */
final class Teacher implements AutoCloseable {
    private final TrainedClassifier classifier;
    private final long[] order;

    private Teacher(TrainedClassifier classifier, long[] order) {
        this.classifier = classifier;
        this.order = order;
    }

    /**
     * Opens a run or its weights.
     *
     * @param key where the recipe names it, for messages
     * @throws IllegalArgumentException if it does not tell the data's classes apart
     */
    static Teacher open(String key, String run, SplitDatasets data) throws IOException {
        var path = Path.of(run);
        if (!Files.exists(path)) {
            throw new NoSuchFileException(
                    run, null, key + ": " + run + " does not exist; give the folder of a run, or its weights");
        }
        if (data.multiLabel()) {
            throw new IllegalArgumentException(
                    key + ": learning from a teacher needs one class a picture, and this data has several");
        }
        var classifier = TrainedClassifier.open(path);
        var classes = classifier.classes();
        if (classifier.isMultiLabel() || !new HashSet<>(classes).equals(new HashSet<>(data.classes()))) {
            classifier.close();
            throw new IllegalArgumentException(key + ": " + run + " tells " + brief(classes)
                    + (classifier.isMultiLabel() ? ", several a picture," : "") + " apart, the data "
                    + brief(data.classes()) + "; a teacher needs the same classes, one a picture");
        }
        return new Teacher(
                classifier, data.classes().stream().mapToLong(classes::indexOf).toArray());
    }

    private static String brief(List<String> classes) {
        return classes.size() <= 10 ? classes.toString() : classes.size() + " classes (" + classes.get(0) + ", …)";
    }

    /** Moves the network and chooses its precision. */
    Teacher on(Device device, Precision precision) {
        classifier.on(device, precision);
        return this;
    }

    /**
     * What it says of pictures that were prepared for another network: {@code [N, C, H, W]} to logits {@code [N, classes]}.
     *
     * @param seen the pictures' normalisation
     */
    Tensor logits(Tensor images, Normalize seen) {
        var own = classifier.preprocessing();
        var pixels = Pixels.of(images, seen);
        if (pixels.dim(1) == 1 && own.channels() == 3) {
            pixels = pixels.expand(-1, 3, -1, -1);
        } else if (pixels.dim(1) != own.channels()) {
            // The weights of ITU-R 601-2, as wherever a picture becomes grey.
            pixels = pixels.mul(Tensor.of(new float[] {0.299f, 0.587f, 0.114f}, 1, 3, 1, 1)
                            .to(images.device()))
                    .sum(true, 1);
        }
        var size = own.size();
        if (pixels.dim(2) != size.height() || pixels.dim(3) != size.width()) {
            pixels = pixels.interpolate(size.height(), size.width(), Tensor.Interpolation.BILINEAR, false, true);
        }
        return answer(Pixels.normalised(pixels, own.normalize()));
    }

    private Tensor answer(Tensor images) {
        var logits = classifier.network().call(images.channelsLast());
        return logits.indexSelect(1, Tensor.of(order, order.length).to(logits.device()));
    }

    /**
     * What it says of a data set.
     *
     * @param probabilities {@code [size][classes]}; null for pictures that could not be read
     */
    @SuppressWarnings("ArrayRecordComponent") // a result that is taken apart at once
    record Answers(float[][] probabilities, List<Skipped> skipped) {}

    /** Looks at all pictures as they are, without augmentation. */
    Answers label(Dataset unlabelled, int batch, int workers, boolean strict) {
        var own = classifier.preprocessing();
        var loader = Loader.of(unlabelled, (picture, random) -> own.apply(picture), this::collate)
                .batchSize(batch)
                .workers(workers)
                .strict(strict);
        var probabilities = new float[unlabelled.size()][];
        try (var mode = Grad.off();
                var batches = loader.epoch(0, 0)) {
            while (batches.hasNext()) {
                try (var scope = Scope.open();
                        var autocast = classifier.precision().activate(classifier.device())) {
                    var loaded = batches.next();
                    loaded.adopt(scope);
                    var rows = answer(loaded.images().to(classifier.device()))
                            .to(DType.FLOAT32)
                            .softmax(1)
                            .toFloatArray();
                    for (int i = 0; i < loaded.size(); i++) {
                        probabilities[loaded.indices()[i]] =
                                Arrays.copyOfRange(rows, i * order.length, (i + 1) * order.length);
                    }
                }
            }
        }
        return new Answers(probabilities, loader.skipped());
    }

    private ClassifyBatch collate(List<Sample> samples) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var images = samples.stream().map(s -> s.picture().image()).toList();
            return new ClassifyBatch(
                    scope.keep(PictureTensor.of(images, classifier.preprocessing())),
                    scope.keep(Tensor.zeros(samples.size())),
                    samples.stream().mapToInt(Sample::index).toArray());
        }
    }

    @Override
    public void close() {
        classifier.close();
    }
}
