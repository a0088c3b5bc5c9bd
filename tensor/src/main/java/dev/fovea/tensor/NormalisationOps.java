package dev.fovea.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.global.torch;

/** Normalisation by the statistics of batch, layer, group, instance or neighbourhood. */
abstract sealed class NormalisationOps extends NetworkOps permits LossOps {
    NormalisationOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /**
     * Batch normalisation (Ioffe and Szegedy 2015) of {@code [N, C, ...]}. In training the batch's statistics are used and the running
     * ones updated in place: {@code running = (1 - momentum) running + momentum batch}, with the unbiased variance.
     */
    public final Tensor batchNorm(
            Tensor weight,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            boolean training,
            double momentum,
            double eps) {
        return Op.run(
                "batch_norm",
                Attributes.of("training", training, "momentum", momentum, "eps", eps),
                () -> torch.batch_norm(
                        raw(),
                        Op.optional(weight),
                        Op.optional(bias),
                        Op.optional(runningMean),
                        Op.optional(runningVar),
                        training,
                        momentum,
                        eps,
                        true),
                self(),
                weight,
                bias,
                runningMean,
                runningVar);
    }

    /** Layer normalisation (Ba et al. 2016) over the last dimensions, whose lengths are {@code shape}. */
    public final Tensor layerNorm(long[] shape, Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "layer_norm",
                Attributes.of("shape", shape, "eps", eps),
                () -> torch.layer_norm(raw(), shape, Op.optional(weight), Op.optional(bias), eps, false),
                self(),
                weight,
                bias);
    }

    /** Group normalisation (Wu and He 2018) of {@code [N, C, ...]}. */
    public final Tensor groupNorm(long groups, Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "group_norm",
                Attributes.of("groups", groups, "eps", eps),
                () -> torch.group_norm(raw(), groups, Op.optional(weight), Op.optional(bias), eps, false),
                self(),
                weight,
                bias);
    }

    /** Instance normalisation (Ulyanov et al. 2016) of {@code [N, C, ...]} by each map's own statistics. */
    public final Tensor instanceNorm(Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "instance_norm",
                Attributes.of("eps", eps),
                () -> torch.instance_norm(
                        raw(),
                        Op.optional(weight),
                        Op.optional(bias),
                        Op.optional(null),
                        Op.optional(null),
                        true,
                        0.1,
                        eps,
                        false),
                self(),
                weight,
                bias);
    }

    /** Local response normalisation across channels (Krizhevsky et al. 2012). */
    public final Tensor localResponseNorm(long size, double alpha, double beta, double k) {
        if (rank() != 4) {
            throw new TensorException("local_response_norm: expected maps [N, C, H, W], got " + describe());
        }
        var squares = self().square().unsqueeze(1).pad(0, 0, 0, 0, size / 2, (size - 1) / 2);
        Tensor sum = squares.narrow(2, 0, dim(1));
        for (long i = 1; i < size; i++) {
            sum = sum.add(squares.narrow(2, i, dim(1)));
        }
        return self().div(sum.squeeze(1).mul(alpha / size).add(k).pow(beta));
    }

    /** Root-mean-square normalisation (Zhang and Sennrich 2019) over the last dimensions, whose lengths are {@code shape}. */
    public final Tensor rmsNorm(long[] shape, Tensor weight, double eps) {
        return Op.run(
                "rms_norm",
                Attributes.of("shape", shape, "eps", eps),
                () -> torch.rms_norm(raw(), shape, Op.optional(weight), new DoubleOptional(eps)),
                self(),
                weight);
    }

    /** Vectors along a dimension divided by their p-norm, or by {@code eps} where that is larger. */
    public final Tensor normalize(double p, long dim, double eps) {
        return self().div(self().norm(p, true, dim).clampMin(eps));
    }
}
