package dev.fovea.train.detect;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.Selection;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.train.TrainedWeights;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A trained network with all that is needed to find objects: classes, preparation, selection. Holds native memory; close it. */
public final class TrainedDetector implements AutoCloseable {
    private final Detector<?> network;
    private final List<String> classes;
    private final PreparedPictures preparation;
    private Device device = Device.CPU;
    private Precision precision = Precision.FLOAT32;

    /** Takes a network over: it is put into evaluation mode and closed with this object. */
    public TrainedDetector(Detector<?> network, List<String> classes) {
        if (classes.size() != network.classes()) {
            throw new IllegalArgumentException("the network tells " + network.classes() + " classes apart, but "
                    + classes.size() + " names were given; give one name for each class, in order");
        }
        this.network = network;
        this.classes = List.copyOf(classes);
        preparation = new PreparedPictures(network.preparation());
        network.eval();
    }

    /** Opens a run folder or a {@code .safetensors} file that a run wrote. */
    public static TrainedDetector open(Path path) throws IOException {
        var weights = TrainedWeights.of(path, DetectRecipe.TASK);
        return new TrainedDetector(build(weights.spec(), weights.file()), weights.classes());
    }

    /** A network with weights from a file of any known format, all of which must fit. */
    public static Detector<?> build(ModelSpec spec, Path weights) throws IOException {
        return DetectWeights.build(spec, weights);
    }

    /** Moves the network and chooses its precision. */
    public TrainedDetector on(Device newDevice, Precision newPrecision) {
        network.to(newDevice);
        network.channelsLast();
        device = newDevice;
        precision = newPrecision;
        return this;
    }

    public Detector<?> network() {
        return network;
    }

    public List<String> classes() {
        return classes;
    }

    public Device device() {
        return device;
    }

    public Precision precision() {
        return precision;
    }

    /** Which boxes are kept unless told otherwise: as the network was published. */
    public Selection selection() {
        return network.selection();
    }

    /** What is in some images of any size, in their order, with boxes in their own pixels. */
    public List<Detections> detect(List<Image> images, Selection selection) {
        var prepared = images.stream().map(preparation::resized).toList();
        try (var scope = Scope.open();
                var mode = Grad.off();
                var autocast = precision.activate(device)) {
            var batch = preparation.batch(prepared.stream().map(Picture::image).toList());
            var pixels = batch.pixels().to(device).channelsLast();
            var found = network.detect(new Pictures(pixels, batch.sizes()), selection);
            var detections = new ArrayList<Detections>();
            for (int i = 0; i < images.size(); i++) {
                detections.add(FoundObjects.of(found.get(i), prepared.get(i).geometry(), classes));
            }
            return detections;
        }
    }

    @Override
    public void close() {
        network.close();
    }
}
