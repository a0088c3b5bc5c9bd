package dev.fovea.train.classify;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.weights.Renaming;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.train.TrainedWeights;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.TestViews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A trained network with all that is needed to recognise: classes and preprocessing. Holds native memory; close it. */
public final class TrainedClassifier implements AutoCloseable {
    private static final String MULTI_LABEL = "fovea.multi_label";

    private final Backbone network;
    private final List<String> classes;
    private final boolean multiLabel;
    private final Preprocessing preprocessing;
    private Device device = Device.CPU;
    private Precision precision = Precision.FLOAT32;

    /** Takes a network over: it is put into evaluation mode and closed with this object. */
    public TrainedClassifier(Backbone network, List<String> classes, boolean multiLabel, Preprocessing preprocessing) {
        if (classes.size() != network.classes()) {
            throw new IllegalArgumentException("the network tells " + network.classes() + " classes apart, but "
                    + classes.size() + " names were given; give one name for each class, in order");
        }
        this.network = network;
        this.classes = List.copyOf(classes);
        this.multiLabel = multiLabel;
        this.preprocessing = preprocessing;
        network.eval();
    }

    /** Opens a run folder or a {@code .safetensors} file that a run wrote. */
    public static TrainedClassifier open(Path path) throws IOException {
        var weights = TrainedWeights.of(path, ClassifyRecipe.TASK);
        try {
            var preprocessing = Preprocessing.ofMetadata(weights.metadata());
            return new TrainedClassifier(
                    build(weights.spec(), weights.file()),
                    weights.classes(),
                    Boolean.parseBoolean(weights.metadata().get(MULTI_LABEL)),
                    preprocessing);
        } catch (IllegalArgumentException e) {
            throw new IOException(weights.file() + ": " + e.getMessage(), e);
        }
    }

    /** A network with weights from a file of any known format, all of which must fit. */
    public static Backbone build(ModelSpec spec, Path weights) throws IOException {
        return build(spec, weights, note -> {});
    }

    /**
     * A network with weights from a file of any known format, under the names of any known project; all must fit.
     *
     * @param notes hears whose names the file had, if it was not the network's own
     */
    public static Backbone build(ModelSpec spec, Path weights, Consumer<String> notes) throws IOException {
        try (var scope = Scope.open()) {
            var stateDict = Checkpoints.read(weights).stateDict();
            var network = Models.build(spec);
            try {
                var renamed = Renaming.of(network, stateDict);
                renamed.table().ifPresent(table -> notes.accept(weights.getFileName() + " has " + table));
                network.loadStrict(renamed.tensors());
            } catch (RuntimeException e) {
                network.close();
                throw new IOException(weights + " does not fit " + spec + ": " + e.getMessage(), e);
            }
            return network;
        }
    }

    /** What is written beside weights, so that one file is enough to recognise. */
    static Map<String, String> metadata(
            ModelSpec spec, List<String> classes, boolean multiLabel, Preprocessing preprocessing) {
        var map = TrainedWeights.metadata(ClassifyRecipe.TASK, spec, classes);
        map.put(MULTI_LABEL, Boolean.toString(multiLabel));
        map.putAll(preprocessing.toMetadata());
        return map;
    }

    /** Moves the network and chooses its precision. */
    public TrainedClassifier on(Device newDevice, Precision newPrecision) {
        network.to(newDevice);
        network.channelsLast();
        device = newDevice;
        precision = newPrecision;
        return this;
    }

    public Backbone network() {
        return network;
    }

    public List<String> classes() {
        return classes;
    }

    public boolean isMultiLabel() {
        return multiLabel;
    }

    public Preprocessing preprocessing() {
        return preprocessing;
    }

    public Device device() {
        return device;
    }

    public Precision precision() {
        return precision;
    }

    /** The classes of some images of any size, in their order. */
    public List<Classification> predict(List<Image> images) {
        return predict(images, TestViews.NONE);
    }

    /** The classes of some images of any size, in their order, from the mean probabilities of several views of each. */
    public List<Classification> predict(List<Image> images, TestViews views) {
        var seen = new ArrayList<Image>();
        images.forEach(image -> seen.addAll(views.of(image, preprocessing)));
        try (var scope = Scope.open();
                var mode = Grad.off();
                var autocast = precision.activate(device)) {
            var input = PictureTensor.of(seen, preprocessing);
            var logits = network.call(input.to(device).channelsLast()).to(DType.FLOAT32);
            var probabilities = (multiLabel ? logits.sigmoid() : logits.softmax(1))
                    .reshape(images.size(), views.count(), classes.size())
                    .mean(false, 1);
            return decode(probabilities.toFloatArray(), images.size());
        }
    }

    private List<Classification> decode(float[] probabilities, int n) {
        var predictions = new ArrayList<Classification>();
        for (int i = 0; i < n; i++) {
            var scores = new ArrayList<Classification.Score>();
            for (int c = 0; c < classes.size(); c++) {
                scores.add(
                        new Classification.Score(new Label(c, classes.get(c)), probabilities[i * classes.size() + c]));
            }
            scores.sort(Comparator.comparingDouble(Classification.Score::score).reversed());
            predictions.add(new Classification(scores));
        }
        return predictions;
    }

    @Override
    public void close() {
        network.close();
    }
}
