package dev.fovea.nn.optim;

import dev.fovea.nn.Module;
import java.util.List;

/** The kind of an optimiser and its numbers, before it has parameters. */
public sealed interface OptimizerSpec permits Sgd, RmsProp, Adam, AdamW {
    /** The base learning rate of groups that have none of their own. */
    double lr();

    /** The weight decay of groups that have none of their own. */
    double weightDecay();

    /**
     * Whether parameters in bfloat16 or float16 are trained through a float32 copy that the optimiser holds, so that small steps are
     * not lost in rounding.
     */
    boolean hasMasterWeights();

    /** The same with another learning rate. */
    OptimizerSpec lr(double value);

    /** An optimiser for the given groups. */
    Optimizer build(List<ParameterGroup> groups);

    /** An optimiser for all parameters of a network, frozen ones too (they may be trained later). */
    default Optimizer build(Module network) {
        return build(ParameterGroup.all(network));
    }
}
