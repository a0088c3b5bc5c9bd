package dev.fovea.train.recipe;

import java.util.List;
import java.util.Map;

/**
 * How weights change.
 *
 * @param name adamw, adam, sgd or rmsprop
 * @param lr the highest learning rate, that of the head
 * @param alpha decay of rmsprop's running mean of squares
 * @param eps added to the root that rmsprop, adam and adamw divide by
 * @param backboneLr the learning rate of the stem as a factor of {@code lr}; the stage below the head has the factor's square root,
 *     stages between are spaced evenly in logarithm
 * @param clip the largest norm of all gradients together, 0 for no limit
 * @param adaptiveClip the largest norm of a unit's gradient as a factor of its weights' norm, 0 for no limit; the head is left out
 * @param ema decay of a running average of the weights that is evaluated and saved, 0 for none
 */
public record OptimizerOptions(
        String name,
        Double lr,
        Double weightDecay,
        double momentum,
        double alpha,
        double eps,
        Double backboneLr,
        double clip,
        double adaptiveClip,
        double ema) {
    /** All optimisers there are. */
    public static final List<String> NAMES = List.of("adamw", "adam", "sgd", "rmsprop");

    public OptimizerOptions {
        name = RecipeValue.oneOf("optimizer.name", name, NAMES);
        RecipeValue.check(lr == null || (lr > 0 && lr <= 100), "optimizer.lr", lr, "use a number above 0");
        RecipeValue.check(
                weightDecay == null || (weightDecay >= 0 && weightDecay < 10),
                "optimizer.weight_decay",
                weightDecay,
                "use 0 to 10");
        RecipeValue.check(momentum >= 0 && momentum < 1, "optimizer.momentum", momentum, "use 0 to below 1");
        RecipeValue.check(alpha >= 0 && alpha < 1, "optimizer.alpha", alpha, "use 0 to below 1");
        RecipeValue.check(eps > 0 && eps <= 1, "optimizer.eps", eps, "use a small number above 0");
        RecipeValue.check(
                backboneLr == null || (backboneLr > 0 && backboneLr <= 1),
                "optimizer.backbone_lr",
                backboneLr,
                "use a factor up to 1");
        RecipeValue.check(clip >= 0, "optimizer.clip", clip, "use a norm above 0, or 0 for no limit");
        RecipeValue.check(
                adaptiveClip >= 0,
                "optimizer.adaptive_clip",
                adaptiveClip,
                "use a factor above 0, such as 0.01, or 0 for no limit");
        RecipeValue.check(ema >= 0 && ema < 1, "optimizer.ema", ema, "use a decay such as 0.999, or 0 for none");
    }

    /**
     * The same with nothing left open.
     *
     * @param standardLr learning rates by the optimiser's name
     * @param standardBackboneLr the factor where none was given
     */
    public OptimizerOptions resolved(Map<String, Double> standardLr, double standardBackboneLr) {
        var standardDecay = Map.of("adamw", 0.05, "adam", 0.0, "sgd", 5e-4, "rmsprop", 0.0);
        return new OptimizerOptions(
                name,
                lr != null ? lr : standardLr.get(name),
                weightDecay != null ? weightDecay : standardDecay.get(name),
                momentum,
                alpha,
                eps,
                backboneLr != null ? backboneLr : Double.valueOf(standardBackboneLr),
                clip,
                adaptiveClip,
                ema);
    }
}
