package dev.fovea.cli;

import dev.fovea.models.ModelSpec;
import dev.fovea.train.RunFolder;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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

    @ArgGroup(exclusive = false, validate = false, heading = "%nOptimiser, schedule and loss%n")
    private final OptimizerFlags optimizer = new OptimizerFlags();

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

    static final class OptimizerFlags {
        @Option(names = "--optimizer", paramLabel = "NAME", description = "adamw, adam, sgd, rmsprop.")
        String name;

        @Option(names = "--lr", paramLabel = "RATE", description = "The highest learning rate.")
        Double lr;

        @Option(
                names = "--backbone-lr",
                paramLabel = "FACTOR",
                description = "The first layers' learning rate as a factor of --lr.")
        Double backboneLr;

        @Option(names = "--weight-decay", paramLabel = "DECAY", description = "Pull weights towards zero.")
        Double weightDecay;

        @Option(names = "--momentum", paramLabel = "M", description = "Of sgd and rmsprop.")
        Double momentum;

        @Option(
                names = "--rmsprop-alpha",
                paramLabel = "A",
                description = "Decay of rmsprop's running mean of squares.")
        Double alpha;

        @Option(names = "--eps", paramLabel = "E", description = "Added to the root in rmsprop, adam and adamw.")
        Double eps;

        @Option(names = "--clip", paramLabel = "NORM", description = "Limit the norm of the gradients.")
        Double clip;

        @Option(
                names = "--adaptive-clip",
                paramLabel = "FACTOR",
                description = "Limit each unit's gradient to FACTOR times its weights; 0.01 is usual.")
        Double adaptiveClip;

        @Option(names = "--ema", paramLabel = "DECAY", description = "Average the weights; 0.999 is usual.")
        Double ema;

        @Option(
                names = "--schedule",
                paramLabel = "NAME",
                description = "one-cycle, cosine, step, polynomial, constant, plateau.")
        String schedule;

        @Option(
                names = "--warmup",
                paramLabel = "SHARE",
                description = "The share of all steps in which the learning rate rises.")
        Double warmup;

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

    static final class RunFlags {
        @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training pictures (default 10).")
        Integer epochs;

        @Option(names = "--batch", paramLabel = "N", description = "Pictures a step.")
        Integer batch;

        @Option(names = "--accumulate", paramLabel = "N", description = "Batches a step.")
        Integer accumulate;

        @Option(names = "--precision", paramLabel = "TYPE", description = "auto, float32, bf16.")
        String precision;

        @Option(names = "--device", paramLabel = "DEVICE", description = "auto, cpu, cuda, cuda:N, mps.")
        String device;

        @Option(
                names = "--seed",
                paramLabel = "N",
                description = "Same seed, same machine, same threads: same numbers.")
        Long seed;

        @Option(names = "--threads", paramLabel = "N", description = "Threads an operation may use.")
        Integer threads;

        @Option(
                names = "--patience",
                paramLabel = "EPOCHS",
                description = "Stop when the figure has not improved for so long.")
        Integer patience;

        @Option(
                names = "--checkpoint-activations",
                arity = "0..1",
                fallbackValue = "true",
                description = "Compute blocks again for their gradients: less memory, slower.")
        Boolean checkpointActivations;

        @Option(
                names = "--checkpoint-seconds",
                paramLabel = "S",
                description = "Save what --resume needs this often (default 60).")
        Integer checkpointSeconds;

        @Option(
                names = "--recipe",
                paramLabel = "FILE",
                description = "YAML with any of these options; flags go before it.")
        Path recipe;

        @Option(names = "--out", paramLabel = "FOLDER", description = "The run's folder (default runs/classify-N).")
        Path out;

        @Option(names = "--resume", paramLabel = "RUN", description = "Go on with an interrupted run.")
        Path resume;

        @Option(names = "--json", description = "Print the result as one JSON object.")
        boolean json;
    }

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        checkResume();
        ClassifyRun.Result result;
        try (var progress = new Progress(err)) {
            if (run.resume != null) {
                result = ClassifyRun.resume(RunFolder.open(run.resume), List.of(progress), err::println);
            } else {
                var recipe = recipe();
                var prepared = ClassifyRun.prepare(recipe);
                var folder = run.out != null
                        ? RunFolder.create(run.out)
                        : RunFolder.createNumbered(Path.of("runs"), "classify");
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
            Json.print(out, ClassifyOutput.result(result));
        } else {
            ClassifyOutput.print(out, result);
        }
        return Main.DONE;
    }

    /** A resumed run goes on as it began; an option that would be ignored is an error. */
    private void checkResume() {
        if (run.resume == null) {
            return;
        }
        var given = new ArrayList<String>();
        flags().forEach((key, value) -> {
            if (value != null) {
                given.add(key);
            }
        });
        if (run.recipe != null) {
            given.add("--recipe");
        }
        if (run.out != null) {
            given.add("--out");
        }
        if (!given.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--resume goes on as the run's run.yaml says; leave out what sets " + String.join(", ", given));
        }
    }

    private ClassifyRecipe recipe() throws IOException {
        var tree = RecipeTree.of(ClassifyRecipe.defaults());
        if (run.recipe != null) {
            tree = tree.withFile(run.recipe);
        }
        for (var flag : flags().entrySet()) {
            tree = tree.with(flag.getKey(), flag.getValue());
        }
        return tree.as(ClassifyRecipe.class);
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
        flags.put("optimizer.name", optimizer.name);
        flags.put("optimizer.lr", optimizer.lr);
        flags.put("optimizer.backbone_lr", optimizer.backboneLr);
        flags.put("optimizer.weight_decay", optimizer.weightDecay);
        flags.put("optimizer.momentum", optimizer.momentum);
        flags.put("optimizer.alpha", optimizer.alpha);
        flags.put("optimizer.eps", optimizer.eps);
        flags.put("optimizer.clip", optimizer.clip);
        flags.put("optimizer.adaptive_clip", optimizer.adaptiveClip);
        flags.put("optimizer.ema", optimizer.ema);
        flags.put("schedule.name", optimizer.schedule);
        flags.put("schedule.warmup", optimizer.warmup);
        flags.put("loss.name", optimizer.loss);
        flags.put("loss.reconstruction", optimizer.reconstruction);
        flags.put("loss.label_smoothing", optimizer.labelSmoothing);
        flags.put("loss.focal", optimizer.focal);
        flags.put("distillation.teacher", teacher.distil);
        flags.put("distillation.temperature", teacher.temperature);
        flags.put("distillation.alpha", teacher.alpha);
        flags.put("student.teacher", teacher.teacher);
        flags.put("student.unlabelled", teacher.unlabelled);
        flags.put("student.labels", teacher.labels);
        flags.put("student.confidence", teacher.confidence);
        flags.put("student.per_class", teacher.perClass);
        flags.put("student.ratio", teacher.ratio);
        flags.put("run.epochs", run.epochs);
        flags.put("run.batch", run.batch);
        flags.put("run.accumulate", run.accumulate);
        flags.put("run.precision", run.precision);
        flags.put("run.device", run.device);
        flags.put("run.seed", run.seed);
        flags.put("run.threads", run.threads);
        flags.put("run.patience", run.patience);
        flags.put("run.checkpoint_activations", run.checkpointActivations);
        flags.put("run.checkpoint_seconds", run.checkpointSeconds);
        return flags;
    }
}
