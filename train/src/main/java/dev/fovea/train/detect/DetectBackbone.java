package dev.fovea.train.detect;

import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.weights.PublishedWeights;
import dev.fovea.models.weights.Renaming;
import dev.fovea.models.weights.WeightsFolder;
import dev.fovea.nn.Init;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.recipe.RecipeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The part of a detector that is a classifier without its head: what it starts from, and whether it learns. */
final class DetectBackbone {
    private static final String COUNTER = "num_batches_tracked";
    private static final int NAMED = 3;

    private final Detector<?> network;
    private final BackboneOrigin origin;
    private final DetectRecipe.Model recipe;
    private final List<Parameter> trained;

    private DetectBackbone(Detector<?> network, BackboneOrigin origin, DetectRecipe.Model recipe) {
        this.network = network;
        this.origin = origin;
        this.recipe = recipe;
        var parameters = network.parameters();
        trained = origin.keys(network).values().stream()
                .map(parameters::get)
                .filter(Objects::nonNull)
                .filter(Parameter::isTrainable)
                .toList();
    }

    /** Refuses what the recipe wants of a backbone that is no classifier. */
    static void check(Detector<?> network, DetectRecipe.Model recipe) {
        boolean weights = recipe.backboneWeights() != null;
        if ((weights || recipe.freezesBackbone()) && network.backboneOrigin().isEmpty()) {
            throw new RecipeException("model." + (weights ? "backbone_weights" : "freeze") + " does nothing for "
                    + network.spec().name() + ", whose backbone is no classifier; leave it out, or use a detector with"
                    + " the option 'backbone' such as fasterrcnn or ssdlite");
        }
    }

    // --- learning --------------------------------------------------------------------------------------------------

    /** The backbone of a network that has one of a classifier. */
    static Optional<DetectBackbone> of(Detector<?> network, DetectRecipe.Model recipe) {
        return network.backboneOrigin().map(origin -> new DetectBackbone(network, origin, recipe));
    }

    /** Leaves the backbone alone in an epoch (from 1), its statistics too, or takes it back into training. */
    void before(int epoch) {
        if (!recipe.freezesBackbone()) {
            return;
        }
        boolean frozen = recipe.unfreezeAt() == null || epoch < recipe.unfreezeAt();
        trained.forEach(p -> {
            if (frozen) {
                p.freeze();
            } else {
                p.unfreeze();
            }
        });
        origin.modules(network).values().forEach(m -> m.freezeStatistics(frozen));
    }

    // --- weights ---------------------------------------------------------------------------------------------------

    /**
     * Puts a classifier's weights into the backbone; all that the backbone has must be there.
     *
     * @param weights a file, or {@code pretrained} for published ones
     * @return what happened, for people
     */
    static String load(Detector<?> network, String weights) throws IOException {
        var origin = network.backboneOrigin().orElseThrow();
        var published = PublishedWeights.meant(weights, origin.spec());
        var file = published.isPresent() ? WeightsFolder.standard().require(published.get()) : Path.of(weights);
        try (var scope = Scope.open();
                var unset = Init.off();
                var classifier = Models.build(origin.spec())) {
            var given = named(classifier, file);
            var own = network.stateDict();
            var fitting = new LinkedHashMap<String, Tensor>();
            var missing = new ArrayList<String>();
            var keys = origin.keys(network);
            keys.forEach((classifiers, key) -> {
                var tensor = given.get(classifiers);
                if (tensor != null && tensor.shape().equals(own.get(key).shape())) {
                    fitting.put(key, tensor);
                } else if (!classifiers.endsWith(COUNTER)) {
                    missing.add(
                            tensor == null
                                    ? classifiers
                                    : classifiers + " " + tensor.shape() + " instead of "
                                            + own.get(key).shape());
                }
            });
            if (!missing.isEmpty()) {
                throw new IOException(file + " does not fit the backbone " + origin.spec() + " of "
                        + network.spec().name() + ": " + missing.size() + " of " + keys.size()
                        + " tensors are missing or have another shape: " + some(missing));
            }
            network.load(fitting);
            var left = new LinkedHashSet<>(given.keySet());
            left.removeAll(keys.keySet());
            return "backbone " + origin.spec().name() + " with " + fitting.size() + " tensors of " + file.getFileName()
                    + (left.isEmpty() ? "" : ", not used were " + some(List.copyOf(left)));
        }
    }

    /** The tensors of a file under the classifier's own names. */
    private static Map<String, Tensor> named(Backbone classifier, Path file) throws IOException {
        try {
            return Renaming.of(classifier, Checkpoints.read(file).stateDict()).tensors();
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " does not fit " + classifier.spec() + ": " + e.getMessage(), e);
        }
    }

    private static String some(List<String> names) {
        String first = String.join(", ", names.subList(0, Math.min(NAMED, names.size())));
        return names.size() <= NAMED ? first : first + " and " + (names.size() - NAMED) + " more";
    }
}
