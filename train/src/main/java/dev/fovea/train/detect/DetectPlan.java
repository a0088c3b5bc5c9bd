package dev.fovea.train.detect;

import dev.fovea.data.SplitDatasets;
import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.train.recipe.RecipeException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A recipe in which nothing is left open: what it did not say was chosen from the data and the model.
 *
 * @param recipe the recipe with all choices in it; written into the run
 * @param spec the network
 */
record DetectPlan(DetectRecipe recipe, ModelSpec spec) {
    private static final String STANDARD_MODEL = "yolox_nano";
    private static final int STANDARD_BATCH = 8;
    private static final Map<String, Double> STANDARD_LR =
            Map.of("adamw", 0.001, "adam", 0.001, "sgd", 0.01, "rmsprop", 0.001);

    /** The share of epochs without mosaic at the end: 15 of 300 as YOLOX was published. */
    private static final int EPOCHS_TO_ONE_WITHOUT_MOSAIC = 20;

    /** The usual longest side is so much longer than the shortest: 1333 to 800. */
    private static final double LONGEST = 1333 / 800.0;

    static DetectPlan of(DetectRecipe recipe, SplitDatasets data) {
        var m = recipe.model();
        String name = m.name() != null ? m.name() : STANDARD_MODEL;
        if (Models.findDetector(name).isEmpty() && Models.find(name).isPresent()) {
            throw new IllegalArgumentException("model.name cannot be " + name
                    + ", which tells classes of whole pictures apart; use a detector: "
                    + String.join(
                            ", ",
                            Models.detectors().stream().map(Architecture::name).toList()));
        }
        var spec = spec(name, m.options(), recipe.data().size(), data.classes().size());
        var d = recipe.data();
        var resolved = new DetectRecipe(
                recipe.task(),
                new DetectRecipe.Data(
                        d.path(),
                        d.size(),
                        d.augment().equals("auto") ? "flip|jitter(0.2,0.2,0.2)" : d.augment(),
                        d.mosaic(),
                        d.mixup(),
                        mosaicOff(d, recipe.run().epochs()),
                        d.multiscale(),
                        d.cache(),
                        d.workers() != null
                                ? d.workers()
                                : Integer.valueOf(Runtime.getRuntime().availableProcessors()),
                        d.strict(),
                        d.limit()),
                new DetectRecipe.Model(name, m.options(), m.weights(), m.backboneWeights(), m.freeze(), m.unfreezeAt()),
                recipe.optimizer().resolved(STANDARD_LR, m.weights() != null || m.backboneWeights() != null ? 0.1 : 1),
                recipe.schedule().resolved(),
                recipe.run().resolved(STANDARD_BATCH, data.train().size()));
        return new DetectPlan(resolved, spec);
    }

    /** The network for so many classes; a wanted size is set by whichever option the architecture has for it. */
    static ModelSpec spec(String name, Map<String, Object> given, Integer size, int classes) {
        var architecture = Models.detector(name);
        var options = new LinkedHashMap<>(given);
        options.put("classes", classes);
        if (size != null) {
            if (has(architecture, "image_size")) {
                options.put("image_size", size);
            } else if (has(architecture, "min_size")) {
                options.put("min_size", size);
                options.putIfAbsent("max_size", (int) Math.round(size * LONGEST));
            } else if (has(architecture, "size")) {
                options.put("size", List.of(size, size));
            } else {
                throw new RecipeException("data.size cannot be " + size + ": " + name
                        + " takes pictures of one size alone; leave it out");
            }
        }
        return new ModelSpec(name, options);
    }

    private static Integer mosaicOff(DetectRecipe.Data data, int epochs) {
        if (data.mosaicOff() != null) {
            return data.mosaicOff();
        }
        boolean combines = data.mosaic() > 0 || data.mixup() > 0;
        return combines ? (epochs + EPOCHS_TO_ONE_WITHOUT_MOSAIC - 1) / EPOCHS_TO_ONE_WITHOUT_MOSAIC : 0;
    }

    private static boolean has(Architecture<Detector<?>> architecture, String option) {
        return architecture.options().stream().anyMatch(o -> o.name().equals(option));
    }
}
