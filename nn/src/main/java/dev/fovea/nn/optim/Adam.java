package dev.fovea.nn.optim;

import java.util.List;

/**
 * Steps by running means of the gradient and of its square (Kingma and Ba 2015). With AMSGrad the largest mean square so far divides
 * (Reddi et al. 2018).
 *
 * @param lr the base learning rate
 * @param beta1 the decay of the gradient's mean
 * @param beta2 the decay of the square's mean
 * @param eps added to the root
 * @param weightDecay times the parameter, added to its gradient; {@link AdamW} decays without that detour
 */
public record Adam(
        double lr,
        double beta1,
        double beta2,
        double eps,
        double weightDecay,
        boolean isAmsgrad,
        boolean hasMasterWeights)
        implements OptimizerSpec {
    public Adam {
        Settings.notNegative("adam", "lr", lr);
        Settings.decay("adam", "beta1", beta1);
        Settings.decay("adam", "beta2", beta2);
        Settings.notNegative("adam", "eps", eps);
        Settings.notNegative("adam", "weight decay", weightDecay);
    }

    /** With betas 0.9 and 0.999, eps 1e-8 and no weight decay. */
    public static Adam of(double lr) {
        return new Adam(lr, 0.9, 0.999, 1e-8, 0, false, false);
    }

    @Override
    public Adam lr(double value) {
        return new Adam(value, beta1, beta2, eps, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with other decays of the running means. */
    public Adam betas(double first, double second) {
        return new Adam(lr, first, second, eps, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with another eps. */
    public Adam eps(double value) {
        return new Adam(lr, beta1, beta2, value, weightDecay, isAmsgrad, hasMasterWeights);
    }

    /** The same with weight decay. */
    public Adam weightDecay(double value) {
        return new Adam(lr, beta1, beta2, eps, value, isAmsgrad, hasMasterWeights);
    }

    /** The same with AMSGrad. */
    public Adam amsgrad() {
        return new Adam(lr, beta1, beta2, eps, weightDecay, true, hasMasterWeights);
    }

    /** The same with {@linkplain OptimizerSpec#hasMasterWeights master weights}. */
    public Adam masterWeights() {
        return new Adam(lr, beta1, beta2, eps, weightDecay, isAmsgrad, true);
    }

    @Override
    public Optimizer build(List<ParameterGroup> groups) {
        return new AdaptiveMoments(this, beta1, beta2, eps, isAmsgrad, false, groups);
    }
}
