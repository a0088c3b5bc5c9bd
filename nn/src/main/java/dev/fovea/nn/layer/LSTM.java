package dev.fovea.nn.layer;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;

/** Long short-term memory (Hochreiter and Schmidhuber 1997): {@code [L, N, in]} to {@code [L, N, directions hidden]}. */
public final class LSTM extends Recurrent {
    private LSTM(Spec<LSTM> spec) {
        super(spec, 4);
    }

    public static Spec<LSTM> of(int in, int hidden) {
        return new Spec<>(in, hidden, LSTM::new);
    }

    /** Outputs of the last layer, and the last states {@code [layers directions, N, hidden]} of all layers. */
    public record Output(Tensor sequence, Tensor hidden, Tensor cell) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(sequence, hidden, cell);
        }
    }

    /** Reads a sequence, starting from zeros. */
    public Output call(Tensor x) {
        return run(() -> {
            var zeros = zeroState(x);
            return read(x, zeros, zeros);
        });
    }

    /** Reads a sequence, going on from the states of another. */
    public Output call(Tensor x, Tensor hidden, Tensor cell) {
        return run(() -> read(x, hidden, cell));
    }

    private Output read(Tensor x, Tensor hidden, Tensor cell) {
        var all = x.lstm(hidden, cell, weights(), recurrence(), isTraining());
        return new Output(all.get(0), all.get(1), all.get(2));
    }
}
