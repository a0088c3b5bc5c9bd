package dev.fovea.nn.optim;

import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A running mean of a network's parameters, which often recognises better than the parameters themselves (Polyak and Juditsky 1992;
 * Tarvainen and Valpola 2017). Means are float32 whatever the network's type. Buffers are not averaged: the network's own are used.
 */
public final class Ema implements AutoCloseable {
    private final Module network;
    private final double decay;
    private final boolean warmUp;
    private final Map<String, Tensor> means = new LinkedHashMap<>();
    private final Map<String, Tensor> widened = new LinkedHashMap<>();
    private List<Tensor> own;
    private long updates;

    /**
     * Starts from the network's present parameters.
     *
     * @param decay the share of the old mean that each update keeps, for example 0.9998
     * @param warmUp whether the {@code t}-th update keeps only {@code min(decay, (1 + t) / (10 + t))}, so that the first, poor
     *     parameters are soon forgotten (as TensorFlow does)
     */
    public Ema(Module network, double decay, boolean warmUp) {
        Settings.decay("ema", "decay", decay);
        this.network = network;
        this.decay = decay;
        this.warmUp = warmUp;
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            network.parameters().forEach((key, p) -> means.put(key, Scope.release(widenedCopy(p.value()))));
        }
    }

    private static Tensor widenedCopy(Tensor value) {
        var detached = value.detach();
        return isNarrow(value) ? detached.to(DType.FLOAT32) : detached.copy();
    }

    private static boolean isNarrow(Tensor value) {
        return value.dtype() == DType.BFLOAT16 || value.dtype() == DType.FLOAT16;
    }

    /** Takes the present parameters into the mean; call after every step of the optimiser. */
    public void update() {
        if (own != null) {
            throw new IllegalStateException(
                    "the network holds the means now; close what swapIn() gave before update()");
        }
        updates++;
        double keep = warmUp ? Math.min(decay, (1.0 + updates) / (10.0 + updates)) : decay;
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            TensorLists.lerpInPlace(List.copyOf(means.values()), present(), 1 - keep);
        }
    }

    /** The parameters in the types of the means, in their order. */
    private List<Tensor> present() {
        var present = new ArrayList<Tensor>();
        var wide = new ArrayList<Tensor>();
        var narrow = new ArrayList<Tensor>();
        network.parameters().forEach((key, p) -> {
            if (isNarrow(p.value())) {
                var home = widened.computeIfAbsent(
                        key, k -> Scope.release(means.get(k).copy()));
                wide.add(home);
                narrow.add(p.value());
                present.add(home);
            } else {
                present.add(p.value().detach());
            }
        });
        TensorLists.copy(wide, narrow);
        return present;
    }

    /** The parameters of the network hold the means until this is closed. */
    public interface Swap extends AutoCloseable {
        @Override
        void close();
    }

    /** Puts the means into the network, for evaluation or saving; closing the result puts its own parameters back. */
    public Swap swapIn() {
        if (own != null) {
            throw new IllegalStateException("the network holds the means already");
        }
        var values = values();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            own = values.stream().map(v -> Scope.release(v.detach().copy())).toList();
            TensorLists.copy(values, List.copyOf(means.values()));
        }
        return () -> {
            if (own != null) {
                TensorLists.copy(values(), own);
                own.forEach(Tensor::close);
                own = null;
            }
        };
    }

    private List<Tensor> values() {
        return network.parameters().values().stream().map(Parameter::value).toList();
    }

    /** How many updates there were. */
    public long updates() {
        return updates;
    }

    /** The means by the parameters' keys. The live tensors, not copies. */
    public Map<String, Tensor> stateTensors() {
        return new LinkedHashMap<>(means);
    }

    /** Takes over (copies) what {@link #stateTensors} and {@link #updates} gave. */
    public void restore(Map<String, Tensor> saved, long updateCount) {
        if (!saved.keySet().equals(means.keySet())) {
            throw new IllegalArgumentException("the saved means are those of another network: " + saved.size()
                    + " parameters with other names than the " + means.size() + " here");
        }
        means.forEach((key, mean) -> {
            if (!saved.get(key).shape().equals(mean.shape())) {
                throw new IllegalArgumentException("the saved mean of '" + key + "' has shape "
                        + saved.get(key).shape() + ", expected " + mean.shape());
            }
        });
        means.forEach((key, mean) -> mean.copyFrom(saved.get(key)));
        updates = updateCount;
    }

    /** Frees the means. */
    @Override
    public void close() {
        means.values().forEach(Tensor::close);
        widened.values().forEach(Tensor::close);
        means.clear();
        widened.clear();
    }
}
