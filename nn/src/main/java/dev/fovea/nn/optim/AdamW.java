package dev.fovea.nn.optim;

import java.util.List;

/**
 * {@link Adam} whose weight decay does not pass through the running means: {@code p = p (1 - lr weightDecay)} before each step
 * (Loshchilov and Hutter 2019).
 *
 * @param lr the base learning rate
 * @param beta1 the decay of the gradient's mean
 * @param beta2 the decay of the square's mean
 * @param eps added to the root
 * @param weightDecay times the learning rate, taken off each parameter
 */
public record AdamW(
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        boolean isAmsgrad,
        boolean hasMasterWeights)
        implements OptimizerSpec {
    public AdamW {
        Settings.notNegative("adamw", "lr", lr);
        Settings.decay("adamw", "beta1", beta1);
        Settings.decay("adamw", "beta2", beta2);
        Settings.notNegative("adamw", "eps", eps);
        Settings.notNegative("adamw", "weight decay", weightDecay);
    }

    /** With betas 0.9 and 0.999, eps 1e-8 and weight decay 0.01. */
    public static AdamW of(double lr) {
        return new AdamW(lr, 0.9, 0.999, 1e-8, 0.01, false, false);
    }

    @Override
    public AdamW lr(double value) {
        return new AdamW(value, beta1, beta2, eps, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with other decays of the running means. */
    public AdamW betas(double first, double second) {
        return new AdamW(lr, first, second, eps, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with another eps. */
    public AdamW eps(double value) {
        return new AdamW(lr, beta1, beta2, value, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with weight decay. */
    public AdamW weightDecay(double value) {
        return new AdamW(lr, beta1, beta2, eps, value, isAmsgrad, hasMasterWeights);
    }

    /** The same with AMSGrad. */
    public AdamW amsgrad() {
        return new AdamW(lr, beta1, beta2, eps, weightDecay, true, hasMasterWeights);
    }

    /** The same with {@linkplain OptimizerSpec#hasMasterWeights master weights}. */
    public AdamW masterWeights() {
        return new AdamW(lr, beta1, beta2, eps, weightDecay, isAmsgrad, true);
    }

    @Override
    public Optimizer build(List<ParameterGroup> groups) {
        return new AdaptiveMoments(this, beta1, beta2, eps, isAmsgrad, true, groups);
    }
}
