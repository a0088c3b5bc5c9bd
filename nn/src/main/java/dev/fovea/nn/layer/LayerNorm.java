package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Layer normalisation (Ba et al. 2016) over the last dimensions: {@code (x - mean) / sqrt(var + eps) * weight + bias}. Parameters
 * {@code weight} (1 at first) and {@code bias} (0) of the normalised shape.
 */
public final class LayerNorm extends Layer {
    private final Spec spec;
    private final long[] shape;
    private final Parameter weight;
    private final Parameter bias;

    private LayerNorm(Spec spec) {
        this.spec = spec;
        shape = spec.shape.stream().mapToLong(Long::longValue).toArray();
        weight = spec.affine ? parameter("weight", Tensor.ones(shape)) : null;
        bias = spec.affine ? parameter("bias", Tensor.zeros(shape)) : null;
    }

    /** Over the last dimensions, whose lengths these are. */
    public static Spec of(long... shape) {
        return new Spec(Arrays.stream(shape).boxed().toList(), 1e-5, true);
    }

    public Spec spec() {
        return spec;
    }

    @Override
    protected Tensor forward(Tensor x) {
        int rank = x.rank();
        boolean fits = rank >= shape.length;
        for (int i = 0; fits && i < shape.length; i++) {
            fits = x.dim(rank - shape.length + i) == shape[i];
        }
        if (!fits) {
            String expected = Shape.of(shape).toString();
            throw wrongInput(
                    x,
                    "[..., " + expected.substring(1),
                    "normalise over the last dimensions of what reaches the layer");
        }
        return x.layerNorm(shape, weight == null ? null : weight.value(), bias == null ? null : bias.value(), spec.eps);
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(List<Long> shape, double eps, boolean affine) implements LayerSpec<LayerNorm> {
        public Spec {
            shape = List.copyOf(shape);
            if (shape.isEmpty() || shape.stream().anyMatch(n -> n < 1)) {
                throw new IllegalArgumentException(
                        "layer normalisation needs the lengths of the last dimensions, all at least 1; got " + shape);
            }
        }

        public Spec eps(double newEps) {
            return new Spec(shape, newEps, affine);
        }

        /** Without learned scale and shift. */
        public Spec noAffine() {
            return new Spec(shape, eps, false);
        }

        @Override
        public LayerNorm build() {
            return new LayerNorm(this);
        }
    }
}
