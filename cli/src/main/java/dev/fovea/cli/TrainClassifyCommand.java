package dev.fovea.cli;

import dev.fovea.models.ModelSpec;
import dev.fovea.train.RunFolder;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea train classify}: flags over a recipe over the defaults. */
@Command(
        name = "classify",
        description = "Train a network that tells classes of pictures apart.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "What is not given is chosen from the data and the model and written to run.yaml.",
            "Example: fovea train classify --data photos/ --epochs 20 --out runs/photos"
        })
final class TrainClassifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = false, validate = false, heading = "%nData%n")
    private final DataFlags data = new DataFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel%n")
    private final ModelFlags model = new ModelFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOptimiser and schedule%n")
    private final OptimizerFlags optimizer = new OptimizerFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nLoss%n")
    private final LossFlags loss = new LossFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nLearning from a teacher%n")
    private final TeacherFlags teacher = new TeacherFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nRun%n")
    private final RunFlags run = new RunFlags();

    static final class DataFlags {
        @Option(
                names = "--data",
                paramLabel = "PATH",
                description =
                        "A folder with a folder for each class, a zip of one, a CSV manifest, MNIST or CIFAR files, or 'scenes'.")
        String path;

        @Option(names = "--size", paramLabel = "PIXELS", description = "Height and width of the network's input.")
        Integer size;

        @Option(
                names = "--resize",
                paramLabel = "POLICY",
                description = "resize256-crop224, stretch224 or letterbox224-fill114.")
        String resize;

        @Option(names = "--channels", paramLabel = "N", description = "1 for grey, 3 for colour.")
        Integer channels;

        @Option(
                names = "--augment",
                paramLabel = "PIPELINE",
                description = "none, light, standard, strong, digits, or steps such as 'flip|crop(32,4)'.")
        String augment;

        @Option(names = "--mixup", paramLabel = "ALPHA", description = "Mix pictures of a batch; 0.2 is usual.")
        Double mixup;

        @Option(
                names = "--cutmix",
                paramLabel = "ALPHA",
                description = "Paste windows between pictures of a batch; 1 is usual.")
        Double cutmix;

        @Option(names = "--balance", paramLabel = "HOW", description = "For rare classes: none, sampler or weights.")
        String balance;

        @Option(names = "--cache", paramLabel = "WHERE", description = "Decoded pictures in memory: auto, none, ram.")
        String cache;

        @Option(names = "--workers", paramLabel = "N", description = "Loader threads.")
        Integer workers;

        @Option(names = "--limit", paramLabel = "N", description = "Train on at most so many pictures a class.")
        Integer limit;

        @Option(names = "--strict", description = "Stop at the first picture that cannot be read.")
        Boolean strict;
    }

    static final class ModelFlags {
        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "A name that 'fovea models' lists, with options if need be: 'resnet18(stem=small)'.")
        String name;

        @Option(
                names = "--arch",
                paramLabel = "LAYERS",
                description = "A textbook network: conv16k3-pool,conv32k3-pool,fc64.")
        String arch;

        @Option(
                names = "--weights",
                paramLabel = "FILE",
                description = "Start from these weights (.pth, .pt, .safetensors), or 'pretrained' after 'fovea pull'.")
        String weights;

        @Option(names = "--freeze", paramLabel = "WHAT", description = "backbone: train the head alone.")
        String freeze;

        @Option(
                names = "--unfreeze-at",
                paramLabel = "EPOCH",
                description = "Train the whole network from this epoch on.")
        Integer unfreezeAt;
    }

    static final class LossFlags {
        @Option(names = "--loss", paramLabel = "NAME", description = "cross-entropy, margin.")
        String loss;

        @Option(
                names = "--reconstruction",
                paramLabel = "WEIGHT",
                description = "How much the drawing of a network that draws counts.")
        Double reconstruction;

        @Option(names = "--label-smoothing", paramLabel = "SHARE", description = "Soften the targets; 0.1 is usual.")
        Double labelSmoothing;

        @Option(names = "--focal", paramLabel = "GAMMA", description = "Focal loss; 2 is usual.")
        Double focal;
    }

    static final class TeacherFlags {
        @Option(
                names = "--distil",
                paramLabel = "RUN",
                description = "Learn from what another network says of the same pictures.")
        String distil;

        @Option(
                names = "--temperature",
                paramLabel = "T",
                description = "Of --distil: how much the wrong classes' shares count (default 4).")
        Double temperature;

        @Option(
                names = "--alpha",
                paramLabel = "SHARE",
                description = "Of --distil: how much the teacher counts beside the labels (default 0.9).")
        Double alpha;

        @Option(
                names = "--teacher",
                paramLabel = "RUN",
                description = "Let a network label the pictures of --unlabelled, and learn from them under noise.")
        String teacher;

        @Option(names = "--unlabelled", paramLabel = "PATH", description = "Pictures whose classes are not looked at.")
        String unlabelled;

        @Option(
                names = "--pseudo-labels",
                paramLabel = "KIND",
                description = "soft: the teacher's probabilities, hard: its best class (default soft).")
        String labels;

        @Option(
                names = "--confidence",
                paramLabel = "P",
                description = "Leave out pictures of which the teacher is less sure (default 0.3).")
        Double confidence;

        @Option(
                names = "--per-class",
                paramLabel = "N",
                description =
                        "So many pseudo-labelled pictures for each class (default: as many as there are, evenly).")
        Integer perClass;

        @Option(
                names = "--unlabelled-ratio",
                paramLabel = "R",
                description = "Pseudo-labelled pictures for each labelled one (default: as there are, at most 14).")
        Double ratio;
    }

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        run.checkResume(spec, flags());
        ClassifyRun.Result result;
        try (var progress = new Progress(err)) {
            if (run.resume != null) {
                result = ClassifyRun.resume(RunFolder.open(run.resume), List.of(progress), err::println);
            } else {
                var recipe = run.recipe(RecipeTree.of(ClassifyRecipe.defaults()), flags())
                        .as(ClassifyRecipe.class);
                var prepared = ClassifyRun.prepare(recipe);
                var folder = run.folder(ClassifyRecipe.TASK);
                err.println("run      " + folder.path());
                try {
                    result = prepared.train(folder, List.of(progress), err::println);
                } catch (Interruption.StoppedException e) {
                    throw new Interruption.StoppedException(
                            "stopped; go on with 'fovea train classify --resume " + folder.path() + "'");
                }
            }
        }
        if (run.json) {
            Json.print(out, RunOutput.json(result, result.evaluation().samples()));
        } else {
            RunOutput.print(out, result, ClassifyOutput.figures(result.evaluation(), result.split()));
        }
        return Main.DONE;
    }

    /** Every flag that was given, by its place in the recipe. */
    private Map<String, Object> flags() {
        var flags = new LinkedHashMap<String, Object>();
        flags.put("data.path", data.path);
        flags.put("data.size", data.size);
        flags.put("data.resize", data.resize);
        flags.put("data.channels", data.channels);
        flags.put("data.augment", data.augment);
        flags.put("data.mixup", data.mixup);
        flags.put("data.cutmix", data.cutmix);
        flags.put("data.balance", data.balance);
        flags.put("data.cache", data.cache);
        flags.put("data.workers", data.workers);
        flags.put("data.limit", data.limit);
        flags.put("data.strict", data.strict);
        if (model.name != null) {
            var parsed = ModelSpec.parse(model.name);
            flags.put("model.name", parsed.name());
            flags.put("model.options", parsed.options().isEmpty() ? null : parsed.options());
        }
        flags.put("model.arch", model.arch);
        flags.put("model.weights", model.weights);
        flags.put("model.freeze", model.freeze);
        flags.put("model.unfreeze_at", model.unfreezeAt);
        optimizer.addTo(flags);
        flags.put("loss.name", loss.loss);
        flags.put("loss.reconstruction", loss.reconstruction);
        flags.put("loss.label_smoothing", loss.labelSmoothing);
        flags.put("loss.focal", loss.focal);
        flags.put("distillation.teacher", teacher.distil);
        flags.put("distillation.temperature", teacher.temperature);
        flags.put("distillation.alpha", teacher.alpha);
        flags.put("student.teacher", teacher.teacher);
        flags.put("student.unlabelled", teacher.unlabelled);
        flags.put("student.labels", teacher.labels);
        flags.put("student.confidence", teacher.confidence);
        flags.put("student.per_class", teacher.perClass);
        flags.put("student.ratio", teacher.ratio);
        run.addTo(flags);
        return flags;
    }
}
