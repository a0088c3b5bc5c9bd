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
        String task,
        Data data,
        Model model,
        Optimizer optimizer,
        Schedule schedule,
        Loss loss,
        Distillation distillation,
        Student student,
        Run run) {
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
                new Optimizer("adamw", null, null, 0.9, 0.99, 1e-8, null, 0, 0, 0),
                new Schedule("one-cycle", null, 30, 0.1),
                new Loss(null, 0.0, 0, null),
                new Distillation(null, 4, 0.9),
                new Student(null, null, PseudoLabels.SOFT, 0.3, true, null, null, true),
                new Run(10, null, 1, "auto", "auto", 0, null, 0, false, 60));
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
     * @param alpha decay of rmsprop's running mean of squares
     * @param eps added to the root that rmsprop, adam and adamw divide by
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
            double alpha,
            double eps,
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
            check(alpha >= 0 && alpha < 1, "optimizer.alpha", alpha, "use 0 to below 1");
            check(eps > 0 && eps <= 1, "optimizer.eps", eps, "use a small number above 0");
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
     * @param name cross-entropy, or margin (that of capsule networks)
     * @param labelSmoothing of cross-entropy, 0 to below 1
     * @param focal gamma of the focal loss, 0 for plain cross-entropy
     * @param reconstruction how much each pixel's squared error counts where the network draws what it recognised, 0 for not at all
     */
    public record Loss(String name, double labelSmoothing, double focal, Double reconstruction) {
        /** All losses there are. */
        public static final List<String> NAMES = List.of("cross-entropy", "margin");

        public Loss {
            name = name == null ? null : oneOf("loss.name", name, NAMES);
            check(
                    !"margin".equals(name) || (labelSmoothing == 0 && focal == 0),
                    "loss.name",
                    name,
                    "the margin loss takes neither label_smoothing nor focal; leave them out, or use cross-entropy");
            check(
                    reconstruction == null || (reconstruction >= 0 && reconstruction <= 1000),
                    "loss.reconstruction",
                    reconstruction,
                    "use a weight such as 0.0005, or 0 for none");
            check(
                    labelSmoothing >= 0 && labelSmoothing < 1,
                    "loss.label_smoothing",
                    labelSmoothing,
                    "use 0 to below 1");
            check(focal >= 0 && focal <= 10, "loss.focal", focal, "use 0 (off) to 10");
        }
    }

    /**
     * Learning from what another network says of the same pictures (Hinton et al. 2015, arXiv 1503.02531).
     *
     * @param teacher the folder of a run that tells the same classes apart, or its weights.safetensors
     * @param temperature by which both networks' logits are divided: the higher, the more the wrong classes' shares count
     * @param alpha how much the teacher counts, 0-1; the labels count the rest
     */
    public record Distillation(String teacher, double temperature, double alpha) {
        public Distillation {
            check(
                    temperature > 0 && temperature <= 1000,
                    "distillation.temperature",
                    temperature,
                    "use a number above 0, such as 4");
            check(alpha > 0 && alpha <= 1, "distillation.alpha", alpha, "use a share above 0, at most 1");
        }
    }

    /**
     * Learning from pictures without labels that a teacher labels: self-training with a noisy student (Xie et al. 2020, arXiv 1911.04252).
     *
     * @param teacher the folder of a run that tells the same classes apart, or its weights.safetensors
     * @param unlabelled pictures in any form; classes that they may have are not looked at
     * @param labels soft (the teacher's probabilities) or hard (its best class)
     * @param confidence pictures of whose class the teacher is less sure than this are left out, 0-1
     * @param balance whether every class gets equally many of them: its surest, repeated where they are too few
     * @param perClass how many each class then gets
     * @param ratio visits of pseudo-labelled pictures for one of a labelled one, which is repeated for it
     * @param noise whether the student's own augmentation, dropout and stochastic depth are switched on where nothing is said of them
     */
    public record Student(
            String teacher,
            String unlabelled,
            String labels,
            double confidence,
            boolean balance,
            Integer perClass,
            Double ratio,
            boolean noise) {
        public Student {
            check(
                    (teacher == null) == (unlabelled == null),
                    "student." + (teacher == null ? "teacher" : "unlabelled"),
                    null,
                    "a noisy student needs both, a teacher and unlabelled pictures");
            labels = oneOf("student.labels", labels, List.of(PseudoLabels.SOFT, PseudoLabels.HARD));
            check(confidence >= 0 && confidence < 1, "student.confidence", confidence, "use 0 to below 1");
            check(
                    perClass == null || (perClass >= 1 && balance),
                    "student.per_class",
                    perClass,
                    "use at least 1, together with balance");
            check(ratio == null || ratio > 0, "student.ratio", ratio, "use a number above 0, such as 7");
        }

        /** Whether there is anything to learn from. */
        boolean isOn() {
            return teacher != null;
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
     * @param checkpointActivations whether blocks of the network are computed again for their gradients: a third slower, much less memory
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
            boolean checkpointActivations,
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

    /** The same with another loss. */
    public ClassifyRecipe withLoss(Loss newLoss) {
        return new ClassifyRecipe(task, data, model, optimizer, schedule, newLoss, distillation, student, run);
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
