package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;

/**
 * Zeroes a residual branch at random in training and scales it up by 1 / (1 - p) where it survives (Huang et al. 2016). The
 * identity in evaluation.
 */
public final class StochasticDepth extends Layer {
    private final double probability;
    private final boolean perSample;

    private StochasticDepth(double probability, boolean perSample) {
        this.probability = probability;
        this.perSample = perSample;
    }

    /** Drops the branch of each sample on its own, with this probability (0 to 1). */
    public static LayerSpec<StochasticDepth> perSample(double probability) {
        return of(probability, true);
    }

    /** Drops the branch of the whole batch, with this probability (0 to 1). */
    public static LayerSpec<StochasticDepth> perBatch(double probability) {
        return of(probability, false);
    }

    private static LayerSpec<StochasticDepth> of(double probability, boolean perSample) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                    "the probability of a dropped branch must be 0 to 1, got " + probability);
        }
        return () -> new StochasticDepth(probability, perSample);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (!isTraining() || probability == 0) {
            return x;
        }
        var shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        if (perSample) {
            shape[0] = x.dim(0);
        }
        double survival = 1 - probability;
        var kept = Tensor.zeros(x.dtype(), x.device(), shape).bernoulliInPlace(survival);
        return x.mul(survival > 0 ? kept.mulInPlace(1 / survival) : kept);
    }
}
