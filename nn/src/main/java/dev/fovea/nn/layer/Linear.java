package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/** A fully connected layer, {@code [..., in]} to {@code [..., out]}. Parameters {@code weight [out, in]} and {@code bias [out]}. */
public final class Linear extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private Linear(Spec spec) {
        this.spec = spec;
        weight = parameter("weight", DefaultInit.uniform(spec.in, spec.out, spec.in));
        bias = spec.bias ? parameter("bias", DefaultInit.uniform(spec.in, spec.out)) : null;
    }

    public static Spec of(int in, int out) {
        return new Spec(in, out, true);
    }

    public Spec spec() {
        return spec;
    }

    public Parameter weight() {
        return weight;
    }

    /** The bias, or null if there is none. */
    public Parameter bias() {
        return bias;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() == 0 || x.dim(-1) != spec.in) {
            throw wrongInput(
                    x,
                    "[..., " + spec.in + "]",
                    "flatten the input, or build the layer for the input's last dimension");
        }
        return x.linear(weight.value(), bias == null ? null : bias.value());
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(int in, int out, boolean bias) implements LayerSpec<Linear> {
        public Spec {
            if (in < 1 || out < 1) {
                throw new IllegalArgumentException(
                        "a fully connected layer needs at least 1 input and output, got in=" + in + ", out=" + out);
            }
        }

        public Spec noBias() {
            return new Spec(in, out, false);
        }

        @Override
        public Linear build() {
            return new Linear(this);
        }
    }
}
