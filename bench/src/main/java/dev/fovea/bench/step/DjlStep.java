package dev.fovea.bench.step;

import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import dev.fovea.bench.Workload;

/** DJL's training step on its PyTorch engine, as in its documentation. It has no autocast and no channels-last layout. */
public final class DjlStep implements Workload {
    private final StepSettings settings;
    private final String version;
    private final Model model;
    private final Trainer trainer;
    private final NDManager manager;
    private final NDArray images;
    private final NDArray targets;

    private DjlStep(StepSettings settings, Engine engine) {
        this.settings = settings;
        version = engine.getVersion();
        model = Model.newInstance(settings.model(), "PyTorch");
        model.setBlock(DjlResNet.of(settings.model().equals("resnet50"), StepSettings.CLASSES));
        var optimizer = Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed((float) StepSettings.LEARNING_RATE))
                .optMomentum((float) StepSettings.MOMENTUM)
                .build();
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.softmaxCrossEntropyLoss()).optOptimizer(optimizer));
        var shape = new Shape(settings.batch(), 3, settings.side(), settings.side());
        trainer.initialize(shape);
        checkSize();
        manager = engine.newBaseManager();
        images = manager.randomNormal(shape);
        targets = manager.randomInteger(
                0, StepSettings.CLASSES, new Shape(settings.batch()), ai.djl.ndarray.types.DataType.INT64);
    }

    /** A comparison with another network would say nothing. */
    private void checkSize() {
        long trained = model.getBlock().getParameters().values().stream()
                .filter(Parameter::requiresGradient)
                .mapToLong(p -> p.getArray().size())
                .sum();
        long expected = settings.model().equals("resnet50") ? 25_557_032 : 11_689_512;
        if (trained != expected) {
            throw new IllegalStateException(
                    "DJL's " + settings.model() + " has " + trained + " parameters, expected " + expected);
        }
    }

    /**
     * Starts DJL.
     *
     * @throws UnavailableException if its engine has no native library for this machine
     */
    public static DjlStep of(StepSettings settings) throws UnavailableException {
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(settings.threads()));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        try {
            return new DjlStep(settings, Engine.getEngine("PyTorch"));
        } catch (EngineException | UnsatisfiedLinkError e) {
            throw new UnavailableException(
                    "DJL's PyTorch engine does not start: " + (e.getCause() == null ? e : e.getCause()).getMessage());
        }
    }

    @Override
    public String description() {
        return "DJL " + Engine.getDjlVersion() + " on libtorch " + version
                + (settings.bf16() ? ", float32 (it has no autocast)" : "");
    }

    @Override
    public long run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
            step();
        }
        return (long) repetitions * settings.batch();
    }

    private void step() {
        try (var temporaries = manager.newSubManager()) {
            var input = new NDList(images);
            input.attach(temporaries);
            try (var collector = trainer.newGradientCollector()) {
                var output = trainer.forward(input);
                output.attach(temporaries);
                var loss = trainer.getLoss().evaluate(new NDList(targets), output);
                loss.attach(temporaries);
                if (!Float.isFinite(loss.getFloat())) {
                    throw new IllegalStateException("the loss is no longer finite");
                }
                collector.backward(loss);
            }
            trainer.step();
            images.attach(manager);
        }
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
        manager.close();
    }
}
