package dev.fovea.train.detect;

import static dev.fovea.train.recipe.RecipeValue.check;

import dev.fovea.train.recipe.OptimizerOptions;
import dev.fovea.train.recipe.RunOptions;
import dev.fovea.train.recipe.ScheduleOptions;
import java.util.Map;
import java.util.Set;

/**
 * All options of a detection run, grouped by concern. {@code null} means: chosen from the data and the model when the run begins; the
 * choice is then written into the run's {@code run.yaml}.
 */
public record DetectRecipe(
        String task, Data data, Model model, OptimizerOptions optimizer, ScheduleOptions schedule, RunOptions run) {
    /** The word in {@link #task}. */
    public static final String TASK = "detect";

    public DetectRecipe {
        check(TASK.equals(task), "task", task, "use " + TASK);
    }

    /** What is chosen when nothing is said. */
    public static DetectRecipe defaults() {
        return new DetectRecipe(
                TASK,
                new Data(null, null, "auto", 0, 0, null, 0, "auto", null, false, null),
                new Model(null, Map.of(), null, null, "none", null),
                new OptimizerOptions("adamw", null, null, 0.9, 0.99, 1e-8, null, 0, 0, 0.998),
                new ScheduleOptions("cosine", null, 30, 0.1),
                new RunOptions(10, null, 1, "auto", "auto", 0, null, 0, false, 60));
    }

    /**
     * Where pictures come from and how they are prepared.
     *
     * @param path pictures with boxes in any form; {@code scenes} for generated data
     * @param size of the network's input in pixels: the side of its square, or of the shorter side where pictures keep their shape
     * @param augment a pipeline of random changes; {@code auto} for a usual one, {@code none} for none
     * @param mosaic how likely four pictures are put into one, before all else, 0-1
     * @param mixup how likely another picture then shines through, 0-1
     * @param mosaicOff in so many epochs at the end there is no mosaic and no MixUp, and the criterion is the network's closing one
     * @param multiscale batches are enlarged or shrunk by up to so many steps of the network's coarsest stride, 0 for none
     * @param cache where decoded pixels are kept: auto (the Java heap, as far as they fit), none, ram, or a file to map
     * @param workers loader threads
     * @param strict whether a corrupt picture stops the run
     * @param limit train on at most so many pictures
     */
    public record Data(
            String path,
            Integer size,
            String augment,
            double mosaic,
            double mixup,
            Integer mosaicOff,
            int multiscale,
            String cache,
            Integer workers,
            boolean strict,
            Integer limit) {
        public Data {
            check(size == null || (size >= 32 && size <= 4096), "data.size", size, "use 32 to 4096 pixels");
            check(mosaic >= 0 && mosaic <= 1, "data.mosaic", mosaic, "use a probability, 0 (off) to 1");
            check(mixup >= 0 && mixup <= 1, "data.mixup", mixup, "use a probability, 0 (off) to 1");
            check(mosaicOff == null || mosaicOff >= 0, "data.mosaic_off", mosaicOff, "use a number of epochs");
            check(multiscale >= 0 && multiscale <= 20, "data.multiscale", multiscale, "use 0 (off) to 20 steps");
            check(!cache.isBlank(), "data.cache", cache, "use auto, none, ram or a file");
            check(workers == null || (workers > 0 && workers <= 256), "data.workers", workers, "use 1 to 256");
            check(limit == null || limit > 0, "data.limit", limit, "use at least 1 picture");
        }
    }

    /**
     * The network and what it starts from.
     *
     * @param options the architecture's own options
     * @param weights a file of weights to start from
     * @param backboneWeights a file of a classifier's weights that the backbone starts from, or {@code pretrained}
     * @param freeze {@code none}, or {@code backbone}: what comes from a classifier does not learn
     * @param unfreezeAt the epoch (from 1) from which a frozen backbone learns too
     */
    public record Model(
            String name,
            Map<String, Object> options,
            String weights,
            String backboneWeights,
            String freeze,
            Integer unfreezeAt) {
        public Model {
            check(Set.of("none", "backbone").contains(freeze), "model.freeze", freeze, "use none or backbone");
            check(
                    unfreezeAt == null || (unfreezeAt >= 1 && freeze.equals("backbone")),
                    "model.unfreeze_at",
                    unfreezeAt,
                    "use an epoch from 1 on, together with freeze backbone");
            check(
                    weights == null || backboneWeights == null,
                    "model.backbone_weights",
                    backboneWeights,
                    "leave it out, since model.weights has a backbone too");
        }

        boolean freezesBackbone() {
            return freeze.equals("backbone");
        }
    }
}
