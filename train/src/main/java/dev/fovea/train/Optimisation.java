package dev.fovea.train;

import dev.fovea.nn.optim.Adam;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.nn.optim.OptimizerSpec;
import dev.fovea.nn.optim.RmsProp;
import dev.fovea.nn.optim.Sgd;
import dev.fovea.nn.schedule.ReduceOnPlateau;
import dev.fovea.nn.schedule.Schedule;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.train.recipe.OptimizerOptions;
import dev.fovea.train.recipe.RunOptions;
import dev.fovea.train.recipe.ScheduleOptions;

/** The optimiser, the schedule and the loop that a recipe asks for, whatever the task. */
public final class Optimisation {
    private static final int PLATEAU_PATIENCE = 5;

    private Optimisation() {}

    /** The optimiser, still without parameters. */
    public static OptimizerSpec optimizer(OptimizerOptions recipe) {
        double lr = recipe.lr();
        double decay = recipe.weightDecay();
        return switch (recipe.name()) {
            case "adamw" -> AdamW.of(lr).weightDecay(decay).eps(recipe.eps());
            case "adam" -> Adam.of(lr).weightDecay(decay).eps(recipe.eps());
            case "sgd" ->
                recipe.momentum() > 0
                        ? Sgd.of(lr)
                                .momentum(recipe.momentum())
                                .weightDecay(decay)
                                .nesterov()
                        : Sgd.of(lr).weightDecay(decay);
            case "rmsprop" ->
                RmsProp.of(lr)
                        .momentum(recipe.momentum())
                        .weightDecay(decay)
                        .alpha(recipe.alpha())
                        .eps(recipe.eps());
            default -> throw new IllegalStateException("unknown optimiser " + recipe.name());
        };
    }

    /** The schedule over a number of optimiser steps. */
    public static Schedule schedule(ScheduleOptions recipe, long steps, int epochs) {
        long warmup = Math.round(recipe.warmup() * steps);
        long rest = Math.max(1, steps - warmup);
        var after =
                switch (recipe.name()) {
                    case "one-cycle" ->
                        Schedule.oneCycle(steps).rise(Math.min(Math.max(recipe.warmup(), 1.0 / steps), 0.99));
                    case "cosine" -> Schedule.cosine(rest);
                    case "step" -> Schedule.step(Math.max(1, steps / epochs * recipe.stepEpochs()), recipe.gamma());
                    case "polynomial" -> Schedule.polynomial(rest, 2);
                    case "constant" -> Schedule.constant();
                    case "plateau" ->
                        new ReduceOnPlateau(
                                new ReduceOnPlateau.Options(true, recipe.gamma(), PLATEAU_PATIENCE, 1e-4, 0, 0));
                    default -> throw new IllegalStateException("unknown schedule " + recipe.name());
                };
        boolean warmsItself = recipe.name().equals("one-cycle") || recipe.name().equals("plateau");
        return warmsItself || warmup == 0 ? after : after.afterWarmUp(warmup);
    }

    /** What a recipe asks of the loop. */
    public static Trainer.Options options(
            RunOptions run, OptimizerOptions optimizer, Precision precision, Device device) {
        return new Trainer.Options(
                run.epochs(),
                run.accumulate(),
                precision,
                device,
                optimizer.clip(),
                optimizer.adaptiveClip(),
                optimizer.ema(),
                run.patience(),
                run.seed(),
                run.checkpointActivations(),
                run.checkpointSeconds());
    }
}
