package dev.fovea.train.detect;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.Init;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** Files of weights for detectors. */
final class DetectWeights {
    private DetectWeights() {}

    /** A network with weights from a file of any known format, all of which must fit. */
    static Detector<?> build(ModelSpec spec, Path file) throws IOException {
        try (var scope = Scope.open()) {
            var given = Checkpoints.read(file).stateDict();
            var network = Models.buildDetector(spec);
            try {
                network.loadStrict(renamed(network, given));
            } catch (RuntimeException e) {
                network.close();
                throw new IOException(file + " does not fit " + spec + ": " + e.getMessage(), e);
            }
            return network;
        }
    }

    /**
     * Takes weights over; all must fit by name and shape, but what depends on the number of classes stays fresh where the file was
     * trained for another number.
     *
     * @return what happened, for people
     */
    static String load(Detector<?> network, Path file) throws IOException {
        try (var scope = Scope.open()) {
            var given = renamed(network, Checkpoints.read(file).stateDict());
            var own = network.stateDict();
            var head = dependingOnClasses(network);
            boolean otherHead = head.stream()
                    .anyMatch(k -> given.containsKey(k)
                            && !given.get(k).shape().equals(own.get(k).shape()));
            if (otherHead) {
                head.forEach(k -> given.put(k, own.get(k)));
            }
            try {
                network.loadStrict(given);
            } catch (RuntimeException e) {
                throw new IOException(file + " does not fit " + network.spec().name() + ": " + e.getMessage(), e);
            }
            return "weights of " + file.getFileName() + (otherHead ? " with a new head" : "");
        }
    }

    private static Map<String, Tensor> renamed(Detector<?> network, Map<String, Tensor> file) {
        var renamed = new LinkedHashMap<String, Tensor>();
        file.forEach((key, tensor) -> {
            String own = network.canonicalKey(key);
            renamed.put(own, network.fitted(own, tensor));
        });
        return renamed;
    }

    /** The keys whose shape changes with the number of classes: those of the last layers. */
    private static Set<String> dependingOnClasses(Detector<?> network) {
        var own = network.stateDict();
        var changed = new LinkedHashSet<String>();
        try (var unset = Init.off();
                var other = Models.buildDetector(network.spec().with("classes", network.classes() + 1))) {
            other.stateDict().forEach((key, tensor) -> {
                if (own.containsKey(key) && !tensor.shape().equals(own.get(key).shape())) {
                    changed.add(key);
                }
            });
        }
        return changed;
    }
}
