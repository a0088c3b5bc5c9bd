package dev.fovea.train.classify;

import dev.fovea.models.Backbone;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.optim.ParameterGroup;
import dev.fovea.train.Optimisation;
import dev.fovea.train.recipe.OptimizerOptions;
import java.util.ArrayList;

/** The optimiser that a recipe names, with the rates of a classifier's stages. */
final class ClassifyOptimizer {
    private ClassifyOptimizer() {}

    /**
     * A group for each stage of the network: the head learns at the full rate, the stages below it at rates evenly spaced in logarithm,
     * from the factor's square root at the last stage down to the factor at the stem (Howard and Ruder 2018). Apart from each, a group
     * for what weight decay does not help: biases and normalisation.
     */
    static Optimizer of(OptimizerOptions recipe, Backbone network) {
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
        return Optimisation.optimizer(recipe).build(groups);
    }
}
