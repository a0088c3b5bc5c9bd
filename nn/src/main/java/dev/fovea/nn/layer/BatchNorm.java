package dev.fovea.nn.layer;

import dev.fovea.nn.Buffer;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.Recomputation;
import dev.fovea.nn.RunningStatistics;
import dev.fovea.nn.State;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;
import java.util.function.Function;

/**
 * Batch normalisation, Ioffe and Szegedy 2015: {@code (x - mean) / sqrt(var + eps) * weight + bias} per channel, with the batch's
 * statistics in training and running ones in evaluation.
 *
 * <p>Parameters {@code weight [C]} (1 at first) and {@code bias [C]} (0); buffers {@code running_mean [C]} (0),
 * {@code running_var [C]} (1) and {@code num_batches_tracked} (int64). The running variance takes the batch's unbiased variance.
 */
public abstract sealed class BatchNorm extends Layer implements RunningStatistics
        permits BatchNorm1d, BatchNorm2d, BatchNormAct2d {
    private final Buffer runningMean;
    private final Buffer runningVar;
    private Spec<?> spec;
    private State weight;
    private State bias;
    private Buffer batches;
    private boolean held;
    private boolean constant;

    BatchNorm(Spec<?> spec) {
        this.spec = spec;
        int n = spec.channels;
        weight = spec.affine ? parameter("weight", Tensor.ones(n)) : null;
        bias = spec.affine ? parameter("bias", Tensor.zeros(n)) : null;
        runningMean = spec.tracking ? buffer("running_mean", Tensor.zeros(n)) : null;
        runningVar = spec.tracking ? buffer("running_var", Tensor.ones(n)) : null;
        batches = spec.tracking ? buffer("num_batches_tracked", Tensor.zeros(DType.INT64, Device.CPU)) : null;
        if (spec.constant) {
            makeConstant();
        }
    }

    public final Spec<?> spec() {
        return spec;
    }

    /** The scale, or null without a learned one. */
    public final Parameter weight() {
        return weight instanceof Parameter p ? p : null;
    }

    /** The shift, or null without a learned one. */
    public final Parameter bias() {
        return bias instanceof Parameter p ? p : null;
    }

    @Override
    public final void holdStatistics(boolean on) {
        held = on && spec.tracking;
    }

    @Override
    public final boolean areStatisticsHeld() {
        return held || constant;
    }

    /**
     * Makes this layer a constant scale and shift, as detectors are trained and published on small batches ({@code FrozenBatchNorm2d}):
     * {@code weight} and {@code bias} become buffers, the counter of batches goes, and training uses the running statistics, unchanged.
     */
    public final void makeConstant() {
        if (!spec.tracking) {
            throw new IllegalStateException(
                    describe() + " keeps no statistics, so it cannot be made constant; build it with tracking");
        }
        if (constant) {
            return;
        }
        constant = true;
        if (weight != null) {
            weight = constant("weight");
            bias = constant("bias");
        }
        remove("num_batches_tracked");
        batches = null;
    }

    /** Whether scale, shift and statistics are constants. */
    public final boolean isConstant() {
        return constant;
    }

    /** Changes what is added to the variance and the share of each batch in the statistics; weights stay. */
    public final void retune(double eps, double momentum) {
        spec = spec.eps(eps).momentum(momentum);
    }

    abstract void check(Tensor x);

    final void checkMaps(Tensor x) {
        if (x.rank() != 4 || x.dim(1) != spec.channels) {
            throw wrongInput(
                    x, "[N, " + spec.channels + ", H, W]", "build the layer for the number of channels that reach it");
        }
    }

    @Override
    protected Tensor forward(Tensor x) {
        check(x);
        boolean update = isTraining() && spec.tracking && !areStatisticsHeld();
        boolean ofBatch = !spec.tracking || update;
        if (ofBatch && x.numel() == spec.channels) {
            throw wrongInput(
                    x,
                    "of more than one value per channel, since the batch's own statistics are used",
                    "train with larger batches or pictures, or freeze the statistics");
        }
        boolean again = ofBatch && Recomputation.isReplaying(); // this batch has been taken into the statistics
        return x.batchNorm(
                value(weight),
                value(bias),
                again ? null : value(runningMean),
                again ? null : value(runningVar),
                ofBatch,
                update && !again ? share() : 0,
                spec.eps);
    }

    /** Counts this batch and says what share of the running statistics it makes up. */
    private double share() {
        var count = batches.value().addInPlace(1);
        return spec.momentum == null ? 1.0 / count.itemLong() : spec.momentum;
    }

    private static Tensor value(State state) {
        return state == null ? null : state.value();
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /**
     * All options; immutable.
     *
     * @param momentum the share of each batch in the running statistics; null for the plain average over all batches
     * @param affine whether scale and shift are learned
     * @param tracking whether running statistics are kept; without them evaluation uses the batch's too
     * @param constant whether it is a {@linkplain #makeConstant constant} scale and shift
     */
    public record Spec<M extends BatchNorm>(
            int channels,
            double eps,
            Double momentum,
            boolean affine,
            boolean tracking,
            boolean constant,
            Function<Spec<M>, M> constructor)
            implements LayerSpec<M> {
        public Spec {
            if (channels < 1) {
                throw new IllegalArgumentException("batch normalisation needs at least 1 channel, got " + channels);
            }
            if (!(eps >= 0)) {
                throw new IllegalArgumentException("eps must be 0 or more, got " + eps);
            }
            if (momentum != null && !(momentum >= 0 && momentum <= 1)) {
                throw new IllegalArgumentException(
                        "momentum is the share of a new batch, 0 to 1 (or cumulative), got " + momentum);
            }
        }

        Spec(int channels, Function<Spec<M>, M> constructor) {
            this(channels, 1e-5, 0.1, true, true, false, constructor);
        }

        public Spec<M> eps(double newEps) {
            return new Spec<>(channels, newEps, momentum, affine, tracking, constant, constructor);
        }

        public Spec<M> momentum(double newMomentum) {
            return new Spec<>(channels, eps, newMomentum, affine, tracking, constant, constructor);
        }

        /** Running statistics are the plain average over all batches. */
        public Spec<M> cumulative() {
            return new Spec<>(channels, eps, null, affine, tracking, constant, constructor);
        }

        /** Without learned scale and shift. */
        public Spec<M> noAffine() {
            return new Spec<>(channels, eps, momentum, false, tracking, constant, constructor);
        }

        /** Without running statistics: evaluation too uses those of the batch. */
        public Spec<M> noTracking() {
            return new Spec<>(channels, eps, momentum, affine, false, constant, constructor);
        }

        /** Scale, shift and statistics are {@linkplain #makeConstant constants}: {@code FrozenBatchNorm2d}. */
        public Spec<M> frozen() {
            return new Spec<>(channels, eps, momentum, affine, tracking, true, constructor);
        }

        @Override
        public M build() {
            return constructor.apply(this);
        }
    }
}
