package dev.fovea.nn;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;

/**
 * First values of parameters. Every method overwrites the values without recording gradients and draws from the generator that
 * {@link dev.fovea.tensor.Seeds} sets, as {@code torch.nn.init} does.
 */
public final class Init {
    /** The gain before a linear function or a sigmoid. */
    public static final double LINEAR = 1;

    /** The gain before a ReLU. */
    public static final double RELU = Math.sqrt(2);

    /** The gain before a hyperbolic tangent. */
    public static final double TANH = 5.0 / 3;

    private static final ThreadLocal<Boolean> OFF = ThreadLocal.withInitial(() -> false);

    private Init() {}

    /** Restores what was in force before. */
    public static final class Mode implements AutoCloseable {
        private final boolean before = OFF.get();

        private Mode(boolean off) {
            OFF.set(off);
        }

        @Override
        public void close() {
            OFF.set(before);
        }
    }

    /**
     * Leaves out drawing random first values in this thread until the result is closed; constants are still set. A network built
     * meanwhile holds whatever its memory held, so it is for networks of which every weight is then overwritten (loadStrict) or none
     * is looked at: building takes no time and, until values are written, hardly any memory.
     */
    public static Mode off() {
        return new Mode(true);
    }

    /** Whether random first values are drawn in this thread. */
    public static boolean isOn() {
        return !OFF.get();
    }

    /** Which side of a weight's connections keeps its variance: activations going in, or gradients coming back. */
    public enum Fan {
        IN,
        OUT
    }

    /** The gain before a {@link dev.fovea.nn.layer.LeakyReLU}. */
    public static double leakyRelu(double slope) {
        return Math.sqrt(2 / (1 + slope * slope));
    }

    public static void constant(State state, double value) {
        try (var mode = Grad.off()) {
            state.value().fillInPlace(value);
        }
    }

    public static void zeros(State state) {
        constant(state, 0);
    }

    public static void ones(State state) {
        constant(state, 1);
    }

    public static void uniform(State state, double low, double high) {
        if (!isOn()) {
            return;
        }
        try (var mode = Grad.off()) {
            state.value().uniformInPlace(low, high);
        }
    }

    public static void normal(State state, double mean, double std) {
        if (!isOn()) {
            return;
        }
        try (var mode = Grad.off()) {
            state.value().normalInPlace(mean, std);
        }
    }

    /** Normal with deviation gain / sqrt(fan) (He et al. 2015), for example {@code kaimingNormal(weight, Fan.OUT, Init.RELU)}. */
    public static void kaimingNormal(State state, Fan fan, double gain) {
        normal(state, 0, gain / Math.sqrt((double) fan(state, fan)));
    }

    /** Uniform in ± gain sqrt(3 / fan) (He et al. 2015). */
    public static void kaimingUniform(State state, Fan fan, double gain) {
        double bound = gain * Math.sqrt(3.0 / (double) fan(state, fan));
        uniform(state, -bound, bound);
    }

    /** Normal with deviation gain sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
    public static void xavierNormal(State state, double gain) {
        normal(state, 0, gain * Math.sqrt(2.0 / (double) (fan(state, Fan.IN) + fan(state, Fan.OUT))));
    }

    /** Uniform in ± gain sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
    public static void xavierUniform(State state, double gain) {
        double bound = gain * Math.sqrt(6.0 / (double) (fan(state, Fan.IN) + fan(state, Fan.OUT)));
        uniform(state, -bound, bound);
    }

    /** {@link #truncatedNormal(State, double, double, double, double)} around 0, cut at -2 and 2 (not at two deviations). */
    public static void truncatedNormal(State state, double std) {
        truncatedNormal(state, 0, std, -2, 2);
    }

    /** The normal distribution without what lies outside {@code [low, high]}, drawn by inverting its cumulated form. */
    public static void truncatedNormal(State state, double mean, double std, double low, double high) {
        if (!(std > 0) || !(low < high)) {
            throw new IllegalArgumentException("a truncated normal distribution needs std > 0 and low < high; got std="
                    + std + ", low=" + low + ", high=" + high);
        }
        if (!isOn()) {
            return;
        }
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            double from = 2 * cumulatedNormal((low - mean) / std) - 1;
            double to = 2 * cumulatedNormal((high - mean) / std) - 1;
            var value = state.value();
            value.uniformInPlace(from, to);
            value.copyFrom(value.erfinv().mul(std * Math.sqrt(2)).add(mean).clamp(low, high));
        }
    }

    private static double cumulatedNormal(double x) {
        return (1
                        + Tensor.full(x / Math.sqrt(2), DType.FLOAT64, Device.CPU)
                                .erf()
                                .item())
                / 2;
    }

    /** A (semi-)orthogonal matrix (Saxe et al. 2013), times {@code gain}; of convolutions, one row per output channel. */
    public static void orthogonal(State state, double gain) {
        var shape = state.shape();
        if (shape.rank() < 2) {
            throw new IllegalArgumentException("an orthogonal start needs at least 2 dimensions, got " + shape);
        }
        if (!isOn()) {
            return;
        }
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            long rows = shape.dim(0);
            long columns = shape.numel() / rows;
            var random = Tensor.zeros(rows, columns).normalInPlace(0, 1);
            var qr = (rows < columns ? random.transpose(0, 1) : random).qr();
            // The decomposition leaves signs open; with R's diagonal made positive Q is uniformly distributed.
            var q = qr.get(0).mul(Tensor.einsum("ii->i", qr.get(1)).sign());
            state.value()
                    .copyFrom((rows < columns ? q.transpose(0, 1) : q).mul(gain).reshape(shape.toArray()));
        }
    }

    /** The number of connections of one output (or input) of a weight {@code [out, in, ...]}. */
    private static long fan(State state, Fan fan) {
        var shape = state.shape();
        if (shape.rank() < 2) {
            throw new IllegalArgumentException(
                    "fan in and fan out need a weight of at least 2 dimensions [out, in, ...], got " + shape);
        }
        long field = shape.numel() / Math.max(1, shape.dim(0) * shape.dim(1));
        return Math.max(1, field * (fan == Fan.IN ? shape.dim(1) : shape.dim(0)));
    }
}
