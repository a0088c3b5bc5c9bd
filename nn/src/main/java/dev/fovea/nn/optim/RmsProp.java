package dev.fovea.nn.optim;

import java.util.List;

/**
 * Gradients divided by a running root mean square of themselves (Hinton, lecture 6e, 2012): {@code s = alpha s + (1 - alpha) g²},
 * {@code p = p - lr g / (sqrt(s) + eps)}. Centred, {@code s} loses the square of a running mean of the gradient (Graves 2013).
 *
 * @param lr the base learning rate
 * @param alpha the decay of the running means
 * @param eps added to the root
 * @param weightDecay times the parameter, added to its gradient
 * @param momentum of the steps; 0 for none
 */
public record RmsProp(
        double lr,
        double alpha,
        double eps,
        double weightDecay,
        double momentum,
        boolean isCentered,
        boolean hasMasterWeights)
        implements OptimizerSpec {
    public RmsProp {
        Settings.notNegative("rmsprop", "lr", lr);
        Settings.decay("rmsprop", "alpha", alpha);
        Settings.notNegative("rmsprop", "eps", eps);
        Settings.notNegative("rmsprop", "weight decay", weightDecay);
        Settings.notNegative("rmsprop", "momentum", momentum);
    }

    /** With alpha 0.99, eps 1e-8, no momentum and no weight decay. */
    public static RmsProp of(double lr) {
        return new RmsProp(lr, 0.99, 1e-8, 0, 0, false, false);
    }

    @Override
    public RmsProp lr(double value) {
        return new RmsProp(value, alpha, eps, weightDecay, momentum, isCentered, hasMasterWeights);
    }

    /** The same with another decay of the running means. */
    public RmsProp alpha(double value) {
        return new RmsProp(lr, value, eps, weightDecay, momentum, isCentered, hasMasterWeights);
    }

    /** The same with another eps. */
    public RmsProp eps(double value) {
        return new RmsProp(lr, alpha, value, weightDecay, momentum, isCentered, hasMasterWeights);
    }

    /** The same with weight decay. */
    public RmsProp weightDecay(double value) {
        return new RmsProp(lr, alpha, eps, value, momentum, isCentered, hasMasterWeights);
    }

    /** The same with momentum. */
    public RmsProp momentum(double value) {
        return new RmsProp(lr, alpha, eps, weightDecay, value, isCentered, hasMasterWeights);
    }

    /** The same with the mean taken off. */
    public RmsProp centered() {
        return new RmsProp(lr, alpha, eps, weightDecay, momentum, true, hasMasterWeights);
    }

    /** The same with {@linkplain OptimizerSpec#hasMasterWeights master weights}. */
    public RmsProp masterWeights() {
        return new RmsProp(lr, alpha, eps, weightDecay, momentum, isCentered, true);
    }

    @Override
    public Optimizer build(List<ParameterGroup> groups) {
        return new RootMeanSquare(this, groups);
    }
}
