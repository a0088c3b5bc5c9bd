package dev.fovea.nn.optim;

import java.util.List;

/**
 * Stochastic gradient descent with momentum: {@code v = momentum v + (1 - dampening) g}, {@code p = p - lr v}; the first {@code v} is
 * {@code g} itself. With Nesterov's look-ahead {@code p = p - lr (g + momentum v)} (Sutskever et al. 2013).
 *
 * @param lr the base learning rate
 * @param weightDecay times the parameter, added to its gradient
 */
public record Sgd(
        double lr, double momentum, double dampening, double weightDecay, boolean isNesterov, boolean hasMasterWeights)
        implements OptimizerSpec {
    public Sgd {
        Settings.notNegative("sgd", "lr", lr);
        Settings.notNegative("sgd", "momentum", momentum);
        Settings.notNegative("sgd", "weight decay", weightDecay);
        if (isNesterov && (momentum == 0 || dampening != 0)) {
            throw new IllegalArgumentException(
                    "sgd: Nesterov's look-ahead needs a momentum and no dampening; got momentum " + momentum
                            + ", dampening " + dampening);
        }
    }

    /** Plain descent, without momentum or weight decay. */
    public static Sgd of(double lr) {
        return new Sgd(lr, 0, 0, 0, false, false);
    }

    @Override
    public Sgd lr(double value) {
        return new Sgd(value, momentum, dampening, weightDecay, isNesterov, hasMasterWeights);
    }

    /** The same with momentum, commonly 0.9. */
    public Sgd momentum(double value) {
        return new Sgd(lr, value, dampening, weightDecay, isNesterov, hasMasterWeights);
    }

    /** The same with dampening of what each gradient adds to the momentum. */
    public Sgd dampening(double value) {
        return new Sgd(lr, momentum, value, weightDecay, isNesterov, hasMasterWeights);
    }

    /** The same with weight decay. */
    public Sgd weightDecay(double value) {
        return new Sgd(lr, momentum, dampening, value, isNesterov, hasMasterWeights);
    }

    /** The same with Nesterov's look-ahead; set the momentum before. */
    public Sgd nesterov() {
        return new Sgd(lr, momentum, dampening, weightDecay, true, hasMasterWeights);
    }

    /** The same with {@linkplain OptimizerSpec#hasMasterWeights master weights}. */
    public Sgd masterWeights() {
        return new Sgd(lr, momentum, dampening, weightDecay, isNesterov, true);
    }

    @Override
    public Optimizer build(List<ParameterGroup> groups) {
        return new StochasticDescent(this, groups);
    }
}
