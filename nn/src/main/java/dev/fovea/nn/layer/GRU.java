package dev.fovea.nn.layer;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;

/** A gated recurrent network (Cho et al. 2014): {@code [L, N, in]} to {@code [L, N, directions hidden]}. */
public final class GRU extends Recurrent {
    private GRU(Spec<GRU> spec) {
        super(spec, 3);
    }

    public static Spec<GRU> of(int in, int hidden) {
        return new Spec<>(in, hidden, GRU::new);
    }

    /** Outputs of the last layer, and the last states {@code [layers directions, N, hidden]} of all layers. */
    public record Output(Tensor sequence, Tensor hidden) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(sequence, hidden);
        }
    }

    /** Reads a sequence, starting from zeros. */
    public Output call(Tensor x) {
        return run(() -> read(x, zeroState(x)));
    }

    /** Reads a sequence, going on from the state of another. */
    public Output call(Tensor x, Tensor hidden) {
        return run(() -> read(x, hidden));
    }

    private Output read(Tensor x, Tensor hidden) {
        var both = x.gru(hidden, weights(), recurrence(), isTraining());
        return new Output(both.get(0), both.get(1));
    }
}
