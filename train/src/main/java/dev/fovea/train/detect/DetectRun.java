package dev.fovea.train.detect;

import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Skipped;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Preparation;
import dev.fovea.nn.Recomputation;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.optim.ParameterGroup;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Threads;
import dev.fovea.train.Optimisation;
import dev.fovea.train.PictureCaches;
import dev.fovea.train.RunFolder;
import dev.fovea.train.RunResult;
import dev.fovea.train.TrainListener;
import dev.fovea.train.TrainedWeights;
import dev.fovea.train.Trainer;
import dev.fovea.train.recipe.RecipeException;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.transform.Augmentation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/** A whole detection run: opens the data, builds the network, trains, judges the best weights, writes the report. */
public final class DetectRun {
    private static final String BACKBONE = "backbone.";

    private final DetectPlan plan;
    private final SplitDatasets data;
    private final Device device;
    private final Precision precision;
    private final Augmentation augmentation;
    private final Detector<?> network;
    private final long begin;
    /** What happened to given weights, for people. */
    private String note = "";

    /**
     * What a run came to.
     *
     * @param recipe all choices
     * @param evaluation of the best weights on the held-out split
     * @param split the name of that split: test, or validation where there is no test split
     * @param seconds the time of the whole run
     * @param trainSeconds the time of the loop alone
     * @param skipped pictures that could not be read
     * @param note what happened to given weights, for people; empty without
     */
    public record Result(
            RunFolder folder,
            DetectRecipe recipe,
            DetectEvaluation evaluation,
            String split,
            List<TrainListener.Epoch> history,
            int bestEpoch,
            double seconds,
            double trainSeconds,
            List<Skipped> skipped,
            String note)
            implements RunResult {}

    private DetectRun(DetectRecipe recipe) throws IOException {
        begin = System.nanoTime();
        PictureCaches.check(recipe.data().cache());
        data = DetectData.open(
                recipe.data().path(), recipe.run().seed(), recipe.data().limit());
        plan = DetectPlan.of(recipe, data);
        var run = plan.recipe().run();
        device = Device.parse(run.device());
        precision = Precision.parse(run.precision(), device);
        Threads.set(run.threads());
        Seeds.set(run.seed());
        network = Models.buildDetector(plan.spec());
        try {
            augmentation = augmentation();
            check();
        } catch (RuntimeException e) {
            network.close();
            throw e;
        }
    }

    private Augmentation augmentation() {
        String text = plan.recipe().data().augment();
        var rule = network.preparation().rule();
        if (rule instanceof Preparation.TopLeft box) {
            return Augmentation.parse(text, box.size());
        }
        return rule instanceof Preparation.Stretched box
                ? Augmentation.parse(text, box.size())
                : Augmentation.parse(text);
    }

    /** What only the network can tell. */
    private void check() {
        var preparation = network.preparation();
        DetectBackbone.check(network, plan.recipe().model());
        if (plan.recipe().run().checkpointActivations()
                && Recomputation.blocks(network).isEmpty()) {
            throw new RecipeException("run.checkpoint_activations does nothing for "
                    + plan.spec().name() + ", which has no blocks that repeat; leave it out");
        }
        if (preparation.rule() instanceof Preparation.TopLeft box
                && (box.size().width() % preparation.multiple() != 0
                        || box.size().height() % preparation.multiple() != 0)) {
            throw new RecipeException("data.size cannot be " + box.size().width() + "; "
                    + plan.spec().name() + " takes multiples of " + preparation.multiple());
        }
        var d = plan.recipe().data();
        if ((d.mosaic() > 0 || d.mixup() > 0) && !(preparation.rule() instanceof Preparation.TopLeft)) {
            throw new RecipeException("data." + (d.mosaic() > 0 ? "mosaic" : "mixup") + " does not go with "
                    + plan.spec().name() + ", whose pictures keep their shape; leave it out");
        }
        if (plan.recipe().data().multiscale() > 0 && preparation.rule() instanceof Preparation.Stretched) {
            throw new RecipeException("data.multiscale cannot be "
                    + plan.recipe().data().multiscale() + ": " + plan.spec().name()
                    + " takes pictures of one size alone; leave it out");
        }
    }

    /**
     * Opens data and weights, chooses what the recipe leaves open and builds the network; nothing is written yet, so that a wrong call
     * leaves nothing behind.
     */
    public static DetectRun prepare(DetectRecipe recipe) throws IOException {
        var run = new DetectRun(recipe);
        var model = recipe.model();
        try {
            if (model.weights() != null) {
                run.note = DetectWeights.load(run.network, Path.of(model.weights()));
            } else if (model.backboneWeights() != null) {
                run.note = DetectBackbone.load(run.network, model.backboneWeights());
            }
        } catch (IOException | RuntimeException e) {
            run.network.close();
            throw e;
        }
        return run;
    }

    /** Trains anew in a folder that was made for it. */
    public Result train(RunFolder folder, List<TrainListener> listeners, Consumer<String> announcer)
            throws IOException {
        try {
            RunFolder.write(folder.recipe(), RecipeTree.of(plan.recipe()).toYaml());
            return run(folder, listeners, announcer, false);
        } catch (IOException | RuntimeException e) {
            folder.discardUnstarted();
            throw e;
        }
    }

    /** Goes on with a run that was interrupted; from its beginning, if that was before the first checkpoint. */
    public static Result resume(RunFolder folder, List<TrainListener> listeners, Consumer<String> announcer)
            throws IOException {
        var recipe =
                RecipeTree.of(DetectRecipe.defaults()).withFile(folder.recipe()).as(DetectRecipe.class);
        boolean begun = folder.hasCheckpoint();
        if (!begun) {
            announcer.accept("no checkpoint was written yet; beginning anew");
        }
        return (begun ? new DetectRun(recipe) : prepare(recipe)).run(folder, listeners, announcer, begun);
    }

    private Result run(RunFolder folder, List<TrainListener> listeners, Consumer<String> announcer, boolean resume)
            throws IOException {
        announcer.accept("data     " + data.description());
        announcer.accept(
                "network  " + network.spec() + ", " + String.format(Locale.ROOT, "%,d", network.parameterCount())
                        + " parameters" + (note.isEmpty() ? "" : ", " + note));
        announcer.accept("input    " + network.preparation().rule() + ", augment " + augmentation + ", batch "
                + plan.recipe().run().batch() + ", " + precision.name().toLowerCase(Locale.ROOT) + " on " + device);
        network.to(device);
        network.channelsLast();
        var varying = new VaryingSize(
                plan.recipe().data().multiscale(), network.preparation().multiple());
        var task = DetectTask.of(network, data.classes(), network.selection(), varying);
        try (var closing = network;
                var loaders = new DetectLoaders(plan, data, augmentation, task)) {
            return trainAndJudge(task, loaders, folder, listeners, resume);
        }
    }

    private Result trainAndJudge(
            DetectTask<?> task, DetectLoaders loaders, RunFolder folder, List<TrainListener> listeners, boolean resume)
            throws IOException {
        var options = options();
        var training = loaders.training();
        var validation = loaders.validation();
        var schedule =
                Optimisation.schedule(plan.recipe().schedule(), Trainer.steps(training, options), options.epochs());
        var metadata = TrainedWeights.metadata(DetectRecipe.TASK, network.spec(), data.classes());
        try (var optimizer = optimizer()) {
            var trainer = new Trainer<>(
                    task, training, Optional.of(validation), optimizer, schedule, options, folder, metadata);
            trainer.beforeEpoch(epoch -> {
                boolean closing =
                        epoch > options.epochs() - plan.recipe().data().mosaicOff();
                loaders.setClosing(closing);
                task.setClosing(closing);
            });
            DetectBackbone.of(network, plan.recipe().model())
                    .ifPresent(backbone -> trainer.beforeEpoch(backbone::before));
            listeners.forEach(trainer::listen);
            if (resume) {
                trainer.resume();
            }
            long trainBegin = System.nanoTime();
            var trained = trainer.run();
            double trainSeconds = (System.nanoTime() - trainBegin) / 1e9;
            loadBest(folder);
            var judged = loaders.evaluation(data.test().orElse(data.validation()));
            var evaluation = Trainer.evaluate(task, judged, precision, device);
            var skipped = new ArrayList<>(training.skipped());
            skipped.addAll(validation.skipped());
            if (data.test().isPresent()) {
                skipped.addAll(judged.skipped());
            }
            var result = new Result(
                    folder,
                    plan.recipe(),
                    evaluation,
                    data.test().isPresent() ? "test" : "validation",
                    trained.history(),
                    trained.bestEpoch(),
                    (System.nanoTime() - begin) / 1e9,
                    trainSeconds,
                    List.copyOf(skipped),
                    note);
            DetectReport.write(result, plan, data, loaders.changes());
            return result;
        }
    }

    /** The backbone learns at its own rate; biases and normalisation have no weight decay. */
    private Optimizer optimizer() {
        var recipe = plan.recipe().optimizer();
        var backbone = new LinkedHashMap<>(network.parameters());
        backbone.keySet().removeIf(key -> !key.startsWith(BACKBONE));
        var rest = new LinkedHashMap<>(network.parameters());
        rest.keySet().removeIf(key -> key.startsWith(BACKBONE));
        var groups =
                new ArrayList<>(ParameterGroup.of("head", rest).lr(recipe.lr()).withoutDecayBelowTwoDimensions());
        groups.addAll(ParameterGroup.of("backbone", backbone)
                .lr(recipe.lr() * recipe.backboneLr())
                .withoutDecayBelowTwoDimensions());
        return Optimisation.optimizer(recipe).build(groups);
    }

    private void loadBest(RunFolder folder) throws IOException {
        try (var scope = Scope.open()) {
            network.loadStrict(Checkpoints.read(folder.weights()).stateDict());
        }
    }

    private Trainer.Options options() {
        return Optimisation.options(plan.recipe().run(), plan.recipe().optimizer(), precision, device);
    }
}
