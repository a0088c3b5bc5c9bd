package dev.fovea.train.classify;

import dev.fovea.models.Backbone;
import dev.fovea.nn.optim.Adam;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.optim.OptimizerSpec;
import dev.fovea.nn.optim.ParameterGroup;
import dev.fovea.nn.optim.RmsProp;
import dev.fovea.nn.optim.Sgd;
import dev.fovea.nn.schedule.ReduceOnPlateau;
import dev.fovea.nn.schedule.Schedule;
import java.util.ArrayList;

/** The optimiser and the schedule that a recipe names. */
final class ClassifyOptimizer {
    private static final int PLATEAU_PATIENCE = 5;

    private ClassifyOptimizer() {}

    /**
     * A group for each stage of the network: the head learns at the full rate, the stages below it at rates evenly spaced in logarithm,
     * from the factor's square root at the last stage down to the factor at the stem (Howard and Ruder 2018). Apart from each, a group
     * for what weight decay does not help: biases and normalisation.
     */
    static Optimizer of(ClassifyRecipe.Optimizer recipe, Backbone network) {
        var groups = new ArrayList<ParameterGroup>();
        var stages = network.stages();
        int last = stages.size() - 1;
        for (int i = 0; i <= last; i++) {
            double power = i == last ? 0 : last == 1 ? 1 : 1 - 0.5 * i / (last - 1);
            double lr = recipe.lr() * Math.pow(recipe.backboneLr(), power);
            var stage = ParameterGroup.of(stages.get(i).name(), stages.get(i).parameters())
                    .lr(lr);
            groups.addAll(stage.withoutDecayBelowTwoDimensions());
        }
        return spec(recipe).build(groups);
    }

    private static OptimizerSpec spec(ClassifyRecipe.Optimizer recipe) {
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
    static Schedule schedule(ClassifyRecipe.Schedule recipe, long steps, int epochs) {
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
}
