package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.Subset;
import dev.fovea.data.load.Skipped;
import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.models.weights.PublishedWeights;
import dev.fovea.models.weights.Renaming;
import dev.fovea.models.weights.WeightsFolder;
import dev.fovea.nn.Recomputation;
import dev.fovea.nn.checkpoint.Checkpoints;
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
import dev.fovea.train.Trainer;
import dev.fovea.train.recipe.RecipeException;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.transform.Augmentation;
import dev.fovea.vision.transform.TestViews;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole classification run: opens the data, builds the network, trains, judges the best weights, writes the report. */
public final class ClassifyRun {
    private final ClassifyPlan plan;
    private final SplitDatasets data;
    private final Optional<SelfTraining> selfTraining;
    private final Optional<Teacher> distillationTeacher;
    private final Device device;
    private final Precision precision;
    private final Augmentation augmentation;
    private final Backbone network;
    private RunFolder folder;
    private long begin;
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
            ClassifyRecipe recipe,
            ClassifyEvaluation evaluation,
            String split,
            List<TrainListener.Epoch> history,
            int bestEpoch,
            double seconds,
            double trainSeconds,
            List<Skipped> skipped,
            String note)
            implements RunResult {}

    private ClassifyRun(ClassifyPlan plan, SplitDatasets data, Optional<SelfTraining> selfTraining) throws IOException {
        this.data = data;
        this.selfTraining = selfTraining;
        var run = plan.recipe().run();
        device = Device.parse(run.device());
        precision = Precision.parse(run.precision(), device);
        augmentation = Augmentation.parse(
                plan.recipe().data().augment(), plan.preprocessing().size());
        Threads.set(run.threads());
        Seeds.set(run.seed());
        network = Models.build(plan.spec());
        if (run.checkpointActivations() && Recomputation.blocks(network).isEmpty()) {
            network.close();
            throw new RecipeException("run.checkpoint_activations does nothing for "
                    + plan.spec().name() + ", which has no blocks that repeat; leave it out");
        }
        this.plan = plan.withLossFor(network);
        String teacher = plan.recipe().distillation().teacher();
        distillationTeacher = teacher == null
                ? Optional.empty()
                : Optional.of(
                        Teacher.open("distillation.teacher", teacher, data).on(device, precision));
    }

    /** Says what a run is about to do, before it does it. */
    public interface Announcer {
        void announce(String line);
    }

    /**
     * Opens data and weights, chooses what the recipe leaves open and builds the network; nothing is written yet, so that a wrong call
     * leaves nothing behind.
     */
    public static ClassifyRun prepare(ClassifyRecipe recipe) throws IOException {
        var run = open(recipe);
        if (recipe.model().weights() != null) {
            run.note = run.loadWeights();
        }
        if (run.selfTraining.isPresent()) {
            run.selfTraining.get().check();
        }
        return run;
    }

    private static ClassifyRun open(ClassifyRecipe recipe) throws IOException {
        long begin = System.nanoTime();
        PictureCaches.check(recipe.data().cache());
        var data = limited(
                ClassifyData.open(recipe.data().path(), recipe.run().seed()),
                recipe.data().limit());
        var selfTraining =
                recipe.student().isOn() ? Optional.of(new SelfTraining(recipe, data)) : Optional.<SelfTraining>empty();
        int unlabelled = selfTraining.map(SelfTraining::pictures).orElse(0);
        var run = new ClassifyRun(ClassifyPlan.of(recipe, data, unlabelled), data, selfTraining);
        run.begin = begin;
        return run;
    }

    /** Trains anew in a folder that was made for it. */
    public Result train(RunFolder runFolder, List<TrainListener> listeners, Announcer announcer) throws IOException {
        try {
            RunFolder.write(runFolder.recipe(), RecipeTree.of(plan.recipe()).toYaml());
            return run(runFolder, listeners, announcer, false);
        } catch (IOException | RuntimeException e) {
            runFolder.discardUnstarted();
            throw e;
        }
    }

    /** Goes on with a run that was interrupted; from its beginning, if that was before the first checkpoint. */
    public static Result resume(RunFolder folder, List<TrainListener> listeners, Announcer announcer)
            throws IOException {
        var recipe = RecipeTree.of(ClassifyRecipe.defaults())
                .withFile(folder.recipe())
                .as(ClassifyRecipe.class);
        boolean begun = folder.hasCheckpoint();
        if (!begun) {
            announcer.announce("no checkpoint was written yet; beginning anew");
        }
        return (begun ? open(recipe) : prepare(recipe)).run(folder, listeners, announcer, begun);
    }

    private static SplitDatasets limited(SplitDatasets data, Integer limit) {
        if (limit == null) {
            return data;
        }
        return new SplitDatasets(
                firstOfEachClass(data.train(), limit),
                data.validation(),
                data.test(),
                data.classes(),
                data.multiLabel(),
                data.description() + "; training limited to " + limit + " a class");
    }

    private static Dataset firstOfEachClass(Dataset all, int limit) {
        var counts = new HashMap<Integer, Integer>();
        var kept = new ArrayList<Integer>();
        for (int i = 0; i < all.size(); i++) {
            var labels = all.annotation(i).labels();
            int key = labels.isEmpty() ? -1 : labels.get(0).index();
            if (counts.merge(key, 1, Integer::sum) <= limit) {
                kept.add(i);
            }
        }
        return Subset.of(all, kept.stream().mapToInt(Integer::intValue).toArray());
    }

    private Result run(RunFolder runFolder, List<TrainListener> listeners, Announcer announcer, boolean resume)
            throws IOException {
        folder = runFolder;
        var run = plan.recipe().run();
        announcer.announce("data     " + data.description());
        announcer.announce(
                "network  " + network.spec() + ", " + String.format(Locale.ROOT, "%,d", network.parameterCount())
                        + " parameters" + (note.isEmpty() ? "" : ", " + note));
        announcer.announce("input    " + plan.preprocessing().resize() + ", "
                + plan.preprocessing().channels() + " channels, augment " + augmentation + ", batch " + run.batch()
                + ", " + precision.name().toLowerCase(Locale.ROOT) + " on " + device);
        network.to(device);
        network.channelsLast();
        try (var closing = network) {
            return trainAndJudge(listeners, announcer, resume);
        } finally {
            distillationTeacher.ifPresent(Teacher::close);
        }
    }

    private Result trainAndJudge(List<TrainListener> listeners, Announcer announcer, boolean resume)
            throws IOException {
        var d = plan.recipe().distillation();
        var normalize = plan.preprocessing().normalize();
        var task = new ClassifyTask(
                network,
                data.classes(),
                data.multiLabel(),
                plan.preprocessing(),
                loss(),
                distillationTeacher.map(t -> new Distillation(t, d.temperature(), d.alpha(), normalize)),
                TestViews.NONE);
        var skipped = new ArrayList<Skipped>();
        var student = selfTraining.isPresent()
                ? Optional.of(selfTraining.get().data(folder, plan, device, precision, skipped, announcer))
                : Optional.<StudentData>empty();
        try (var loaders = new ClassifyLoaders(plan, data, augmentation, task, student)) {
            return trainAndJudge(task, loaders, listeners, resume, skipped);
        }
    }

    /**
     * @param skipped pictures that could not be read so far
     */
    private Result trainAndJudge(
            ClassifyTask task,
            ClassifyLoaders loaders,
            List<TrainListener> listeners,
            boolean resume,
            List<Skipped> skipped)
            throws IOException {
        var options = options();
        var training = loaders.training();
        var validation = loaders.validation();
        var schedule =
                Optimisation.schedule(plan.recipe().schedule(), Trainer.steps(training, options), options.epochs());
        var metadata =
                TrainedClassifier.metadata(network.spec(), data.classes(), data.multiLabel(), plan.preprocessing());
        try (var optimizer = ClassifyOptimizer.of(plan.recipe().optimizer(), network)) {
            var trainer = new Trainer<>(
                    task, training, Optional.of(validation), optimizer, schedule, options, folder, metadata);
            trainer.beforeEpoch(epoch -> freeze(epoch));
            listeners.forEach(trainer::listen);
            if (resume) {
                trainer.resume();
            }
            long trainBegin = System.nanoTime();
            var trained = trainer.run();
            double trainSeconds = (System.nanoTime() - trainBegin) / 1e9;
            loadBest();
            var judged = loaders.evaluation(data.test().orElse(data.validation()));
            var evaluation = Trainer.evaluate(task, judged, precision, device);
            skipped.addAll(training.skipped());
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
            ClassifyReport.write(result, plan, data, augmentation);
            return result;
        }
    }

    private void freeze(int epoch) {
        var model = plan.recipe().model();
        if (!model.freeze().equals("backbone")) {
            return;
        }
        if (model.unfreezeAt() == null || epoch < model.unfreezeAt()) {
            network.freezeBackbone();
        } else {
            network.unfreezeAt(network.stages().get(0).name());
        }
    }

    /** Takes weights over; a head for another number of classes stays fresh. */
    private String loadWeights() throws IOException {
        String weights = plan.recipe().model().weights();
        var published = PublishedWeights.meant(weights, network.spec());
        var file = published.isPresent() ? WeightsFolder.standard().require(published.get()) : Path.of(weights);
        try (var scope = Scope.open()) {
            var renamed = Renaming.of(network, Checkpoints.read(file).stateDict());
            var given = new LinkedHashMap<>(renamed.tensors());
            var own = network.stateDict();
            var headKeys = network.stages()
                    .get(network.stages().size() - 1)
                    .parameters()
                    .keySet();
            boolean otherHead = headKeys.stream()
                    .anyMatch(k -> given.containsKey(k)
                            && !given.get(k).shape().equals(own.get(k).shape()));
            if (otherHead) {
                headKeys.forEach(k -> given.put(k, own.get(k)));
            }
            try {
                network.loadStrict(given);
            } catch (RuntimeException e) {
                throw new IOException(file + " does not fit " + network.spec().name() + ": " + e.getMessage(), e);
            }
            return "weights of " + file.getFileName() + (otherHead ? " with a new head" : "")
                    + renamed.table().map(table -> ", from " + table).orElse("");
        }
    }

    private void loadBest() throws IOException {
        try (var scope = Scope.open()) {
            network.loadStrict(Checkpoints.read(folder.weights()).stateDict());
        }
    }

    private Trainer.Options options() {
        return Optimisation.options(plan.recipe().run(), plan.recipe().optimizer(), precision, device);
    }

    private ClassifyLoss loss() {
        var d = plan.recipe().data();
        var l = plan.recipe().loss();
        var weights =
                d.balance() == ClassifyRecipe.Balance.WEIGHTS ? Optional.of(classWeights()) : Optional.<float[]>empty();
        return new ClassifyLoss(
                ClassifyLoss.Kind.valueOf(l.name().toUpperCase(Locale.ROOT).replace('-', '_')),
                l.labelSmoothing(),
                l.focal(),
                weights,
                l.reconstruction(),
                d.mixup(),
                d.cutmix());
    }

    /** Single-label: total / (classes * count). Multi-label: negatives / positives, as the weight of positives. */
    private float[] classWeights() {
        int classes = data.classes().size();
        var counts = new long[classes];
        int total = data.train().size();
        for (int i = 0; i < total; i++) {
            data.train().annotation(i).labels().forEach(l -> counts[l.index()]++);
        }
        var weights = new float[classes];
        for (int c = 0; c < classes; c++) {
            long count = Math.max(1, counts[c]);
            weights[c] = data.multiLabel() ? (float) (total - count) / count : (float) total / (classes * count);
        }
        return weights;
    }
}
