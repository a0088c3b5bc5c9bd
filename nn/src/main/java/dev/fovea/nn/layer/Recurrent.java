package dev.fovea.nn.layer;

import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * What {@link LSTM} and {@link GRU} share. Sequences are {@code [L, N, in]}, or {@code [N, L, in]} with {@link Spec#inBatches}.
 *
 * <p>Parameters for layer k: {@code weight_ih_lk [gates hidden, in]}, {@code weight_hh_lk [gates hidden, hidden]}, {@code bias_ih_lk},
 * {@code bias_hh_lk}, and the same with {@code _reverse} for the backward direction.
 */
public abstract sealed class Recurrent extends Module permits LSTM, GRU {
    private final Spec<?> spec;
    private final List<Parameter> parameters = new ArrayList<>();

    Recurrent(Spec<?> spec, int gates) {
        this.spec = spec;
        for (int layer = 0; layer < spec.layers; layer++) {
            long in = layer == 0 ? spec.in : (long) spec.hidden * spec.directions();
            for (int direction = 0; direction < spec.directions(); direction++) {
                String suffix = "_l" + layer + (direction == 1 ? "_reverse" : "");
                add("weight_ih" + suffix, (long) gates * spec.hidden, in);
                add("weight_hh" + suffix, (long) gates * spec.hidden, spec.hidden);
                if (spec.bias) {
                    add("bias_ih" + suffix, (long) gates * spec.hidden);
                    add("bias_hh" + suffix, (long) gates * spec.hidden);
                }
            }
        }
    }

    private void add(String key, long... shape) {
        parameters.add(parameter(key, DefaultInit.uniform(spec.hidden, shape)));
    }

    public final Spec<?> spec() {
        return spec;
    }

    final List<Tensor> weights() {
        return parameters.stream().map(Parameter::value).toList();
    }

    final Tensor.Recurrence recurrence() {
        return new Tensor.Recurrence(spec.layers, spec.bias, spec.dropout, spec.bidirectional, spec.batchFirst);
    }

    /** A state of zeros for a batch, {@code [layers directions, N, hidden]}. */
    final Tensor zeroState(Tensor x) {
        if (x.rank() != 3 || x.dim(2) != spec.in) {
            String name = path().isEmpty() ? getClass().getSimpleName() : path();
            throw new IllegalArgumentException(name + ": expected a sequence "
                    + (spec.batchFirst ? "[N, L, " : "[L, N, ") + spec.in + "], got " + x.shape());
        }
        return Tensor.zeros(
                x.dtype(),
                x.device(),
                (long) spec.layers * spec.directions(),
                x.dim(spec.batchFirst ? 0 : 1),
                spec.hidden);
    }

    /**
     * All options; immutable.
     *
     * @param dropout between layers, in training
     */
    public record Spec<M extends Recurrent>(
            int in,
            int hidden,
            int layers,
            double dropout,
            boolean bidirectional,
            boolean batchFirst,
            boolean bias,
            Function<Spec<M>, M> constructor)
            implements LayerSpec<M> {
        public Spec {
            if (in < 1 || hidden < 1 || layers < 1) {
                throw new IllegalArgumentException("a recurrent network needs at least 1 input, hidden value and layer;"
                        + " got in=" + in + ", hidden=" + hidden + ", layers=" + layers);
            }
        }

        Spec(int in, int hidden, Function<Spec<M>, M> constructor) {
            this(in, hidden, 1, 0, false, false, true, constructor);
        }

        int directions() {
            return bidirectional ? 2 : 1;
        }

        public Spec<M> layers(int count) {
            return new Spec<>(in, hidden, count, dropout, bidirectional, batchFirst, bias, constructor);
        }

        public Spec<M> dropout(double probability) {
            return new Spec<>(in, hidden, layers, probability, bidirectional, batchFirst, bias, constructor);
        }

        /** A second network reads the sequence backwards; outputs are joined. */
        public Spec<M> bothWays() {
            return new Spec<>(in, hidden, layers, dropout, true, batchFirst, bias, constructor);
        }

        /** Sequences are {@code [N, L, in]}. */
        public Spec<M> inBatches() {
            return new Spec<>(in, hidden, layers, dropout, bidirectional, true, bias, constructor);
        }

        public Spec<M> noBias() {
            return new Spec<>(in, hidden, layers, dropout, bidirectional, batchFirst, false, constructor);
        }

        @Override
        public M build() {
            return constructor.apply(this);
        }
    }
}
