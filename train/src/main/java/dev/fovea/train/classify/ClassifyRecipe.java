package dev.fovea.train.classify;

import static dev.fovea.train.recipe.RecipeValue.check;
import static dev.fovea.train.recipe.RecipeValue.oneOf;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.fovea.train.recipe.OptimizerOptions;
import dev.fovea.train.recipe.RunOptions;
import dev.fovea.train.recipe.ScheduleOptions;
import java.util.List;
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
        OptimizerOptions optimizer,
        ScheduleOptions schedule,
        Loss loss,
        Distillation distillation,
        Student student,
        RunOptions run) {
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
                new OptimizerOptions("adamw", null, null, 0.9, 0.99, 1e-8, null, 0, 0, 0),
                new ScheduleOptions("one-cycle", null, 30, 0.1),
                new Loss(null, 0.0, 0, null),
                new Distillation(null, 4, 0.9),
                new Student(null, null, PseudoLabels.SOFT, 0.3, true, null, null, true),
                new RunOptions(10, null, 1, "auto", "auto", 0, null, 0, false, 60));
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

    /** The same with another loss. */
    public ClassifyRecipe withLoss(Loss newLoss) {
        return new ClassifyRecipe(task, data, model, optimizer, schedule, newLoss, distillation, student, run);
    }
}
