package dev.fovea.train.classify;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fovea.train.recipe.RecipeException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * All options of a classification run, grouped by concern. {@code null} means: chosen from the data and the model when the run begins;
 * the choice is then written into the run's {@code run.yaml}.
 */
public record ClassifyRecipe(
        String task, Data data, Model model, Optimizer optimizer, Schedule schedule, Loss loss, Run run) {
    /** The word in {@link #task}. */
    public static final String TASK = "classify";

    public ClassifyRecipe {
        check(TASK.equals(task), "task", task, "use " + TASK);
    }

    /** What is chosen when nothing is said. */
    public static ClassifyRecipe defaults() {
        return new ClassifyRecipe(
                TASK,
                new Data(null, null, null, null, null, null, "auto", 0, 0, Balance.NONE, "auto", null, false, null),
                new Model(null, Map.of(), null, null, "none", null),
                new Optimizer("adamw", null, null, 0.9, null, 0, 0, 0),
                new Schedule("one-cycle", null, 30, 0.1),
                new Loss(0.0, 0),
                new Run(10, null, 1, "auto", "auto", 0, null, 0, 60));
    }

    /** What to do about classes of unequal size. */
    public enum Balance {
        @JsonProperty("none")
        NONE,
        /** Rare classes are drawn more often. */
        @JsonProperty("sampler")
        SAMPLER,
        /** Rare classes weigh more in the loss. */
        @JsonProperty("weights")
        WEIGHTS
    }

    /**
     * Where pictures come from and how they are prepared.
     *
     * @param path a folder, an archive or a manifest; {@code scenes} for generated data
     * @param size height and width of the network's input, in pixels
     * @param resize a resize policy's text
     * @param channels 1 or 3
     * @param mean per channel, of values 0-1
     * @param std per channel, of values 0-1
     * @param augment a preset's name or a pipeline; {@code auto} chooses by the size of the pictures
     * @param mixup alpha of MixUp, 0 for none
     * @param cutmix alpha of CutMix, 0 for none
     * @param cache where decoded pixels are kept: auto (the Java heap, as far as they fit), none, ram, or a file to map
     * @param workers loader threads
     * @param strict whether a corrupt picture stops the run
     * @param limit at most so many pictures a class
     */
    public record Data(
            String path,
            Integer size,
            String resize,
            Integer channels,
            List<Double> mean,
            List<Double> std,
            String augment,
            double mixup,
            double cutmix,
            Balance balance,
            String cache,
            Integer workers,
            boolean strict,
            Integer limit) {
        public Data {
            check(size == null || (size >= 8 && size <= 4096), "data.size", size, "use 8 to 4096 pixels");
            check(
                    channels == null || channels == 1 || channels == 3,
                    "data.channels",
                    channels,
                    "use 1 (grey) or 3 (RGB)");
            check(mixup >= 0 && mixup <= 10, "data.mixup", mixup, "use an alpha of 0 (off) to 10");
            check(cutmix >= 0 && cutmix <= 10, "data.cutmix", cutmix, "use an alpha of 0 (off) to 10");
            check(!cache.isBlank(), "data.cache", cache, "use auto, none, ram or a file");
            check(workers == null || (workers > 0 && workers <= 256), "data.workers", workers, "use 1 to 256");
            check(limit == null || limit > 0, "data.limit", limit, "use at least 1 picture a class");
        }
    }

    /**
     * The network and what it starts from.
     *
     * @param options the architecture's own options
     * @param arch a line of text for simple_cnn
     * @param weights a file of weights to start from
     * @param freeze {@code none}, or {@code backbone}: only the head learns
     * @param unfreezeAt the epoch (from 1) from which a frozen backbone learns too
     */
    public record Model(
            String name, Map<String, Object> options, String arch, String weights, String freeze, Integer unfreezeAt) {
        public Model {
            check(Set.of("none", "backbone").contains(freeze), "model.freeze", freeze, "use none or backbone");
            check(
                    unfreezeAt == null || (unfreezeAt >= 1 && freeze.equals("backbone")),
                    "model.unfreeze_at",
                    unfreezeAt,
                    "use an epoch from 1 on, together with freeze backbone");
        }
    }

    /**
     * How weights change.
     *
     * @param name adamw, adam, sgd or rmsprop
     * @param lr the highest learning rate, that of the head
     * @param backboneLr the learning rate of the stem as a factor of {@code lr}; the stage below the head has the factor's square root,
     *     stages between are spaced evenly in logarithm
     * @param clip the largest norm of all gradients together, 0 for no limit
     * @param adaptiveClip the largest norm of a unit's gradient as a factor of its weights' norm, 0 for no limit; the head is left out
     * @param ema decay of a running average of the weights that is evaluated and saved, 0 for none
     */
    public record Optimizer(
            String name,
            Double lr,
            Double weightDecay,
            double momentum,
            Double backboneLr,
            double clip,
            double adaptiveClip,
            double ema) {
        /** All optimisers there are. */
        public static final List<String> NAMES = List.of("adamw", "adam", "sgd", "rmsprop");

        public Optimizer {
            name = oneOf("optimizer.name", name, NAMES);
            check(lr == null || (lr > 0 && lr <= 100), "optimizer.lr", lr, "use a number above 0");
            check(
                    weightDecay == null || (weightDecay >= 0 && weightDecay < 10),
                    "optimizer.weight_decay",
                    weightDecay,
                    "use 0 to 10");
            check(momentum >= 0 && momentum < 1, "optimizer.momentum", momentum, "use 0 to below 1");
            check(
                    backboneLr == null || (backboneLr > 0 && backboneLr <= 1),
                    "optimizer.backbone_lr",
                    backboneLr,
                    "use a factor up to 1");
            check(clip >= 0, "optimizer.clip", clip, "use a norm above 0, or 0 for no limit");
            check(
                    adaptiveClip >= 0,
                    "optimizer.adaptive_clip",
                    adaptiveClip,
                    "use a factor above 0, such as 0.01, or 0 for no limit");
            check(ema >= 0 && ema < 1, "optimizer.ema", ema, "use a decay such as 0.999, or 0 for none");
        }
    }

    /**
     * How the learning rate goes with time.
     *
     * @param name one-cycle, cosine, step, polynomial, constant or plateau
     * @param warmup the share of all steps in which it rises, 0-1
     * @param stepEpochs for step: every so many epochs …
     * @param gamma … it is multiplied by this (step and plateau)
     */
    public record Schedule(String name, Double warmup, int stepEpochs, double gamma) {
        /** All schedules there are. */
        public static final List<String> NAMES =
                List.of("one-cycle", "cosine", "step", "polynomial", "constant", "plateau");

        public Schedule {
            name = oneOf("schedule.name", name, NAMES);
            check(
                    warmup == null || (warmup >= 0 && warmup < 1),
                    "schedule.warmup",
                    warmup,
                    "use a share of all steps, 0 to below 1");
            check(stepEpochs >= 1, "schedule.step_epochs", stepEpochs, "use at least 1");
            check(gamma > 0 && gamma <= 1, "schedule.gamma", gamma, "use a factor above 0, at most 1");
        }
    }

    /**
     * What is minimised.
     *
     * @param labelSmoothing 0 to below 1
     * @param focal gamma of the focal loss, 0 for plain cross-entropy
     */
    public record Loss(double labelSmoothing, double focal) {
        public Loss {
            check(
                    labelSmoothing >= 0 && labelSmoothing < 1,
                    "loss.label_smoothing",
                    labelSmoothing,
                    "use 0 to below 1");
            check(focal >= 0 && focal <= 10, "loss.focal", focal, "use 0 (off) to 10");
        }
    }

    /**
     * The run itself.
     *
     * @param batch pictures a step and pass
     * @param accumulate passes a step: the effective batch is {@code batch * accumulate}
     * @param precision auto, float32 or bf16
     * @param device auto, cpu, cuda, cuda:N or mps
     * @param patience epochs without a better figure after which training stops, 0 for never
     * @param checkpointSeconds how often what is needed to resume is saved, besides at every epoch's end
     */
    public record Run(
            int epochs,
            Integer batch,
            int accumulate,
            String precision,
            String device,
            long seed,
            Integer threads,
            int patience,
            int checkpointSeconds) {
        public Run {
            check(epochs >= 1 && epochs <= 100_000, "run.epochs", epochs, "use 1 to 100000");
            check(batch == null || (batch >= 1 && batch <= 65_536), "run.batch", batch, "use 1 to 65536");
            check(accumulate >= 1 && accumulate <= 65_536, "run.accumulate", accumulate, "use 1 or more");
            check(threads == null || (threads >= 1 && threads <= 1024), "run.threads", threads, "use 1 to 1024");
            check(patience >= 0, "run.patience", patience, "use 0 (off) or more epochs");
            check(checkpointSeconds >= 0, "run.checkpoint_seconds", checkpointSeconds, "use 0 or more");
        }
    }

    public ClassifyRecipe withData(Data newData) {
        return new ClassifyRecipe(task, newData, model, optimizer, schedule, loss, run);
    }

    public ClassifyRecipe withModel(Model newModel) {
        return new ClassifyRecipe(task, data, newModel, optimizer, schedule, loss, run);
    }

    private static void check(boolean right, String key, Object value, String wayOut) {
        if (!right) {
            throw new RecipeException(key + " cannot be " + value + "; " + wayOut);
        }
    }

    private static String oneOf(String key, String value, List<String> known) {
        String word = value.toLowerCase(Locale.ROOT);
        if (!known.contains(word)) {
            throw new RecipeException(
                    key + " cannot be '" + value + "'" + dev.fovea.train.recipe.Nearest.hint(word, known.iterator()));
        }
        return word;
    }
}
