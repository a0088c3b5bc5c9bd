package dev.fovea.nn.optim;

import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.List;

/** Adam and AdamW at work. */
final class AdaptiveMoments extends Optimizer {
    private static final String MEANS = "exp_avg";
    private static final String SQUARES = "exp_avg_sq";
    private static final String MAXIMA = "max_exp_avg_sq";

    private final double beta1;
    private final double beta2;
    private final double eps;
    private final boolean amsgrad;
    private final boolean decoupled;

    AdaptiveMoments(
            OptimizerSpec spec,
            double beta1,
            double beta2,
            double eps,
            boolean amsgrad,
            boolean decoupled,
            List<ParameterGroup> groups) {
        super(spec, groups, amsgrad ? List.of(Slot.STEP, MEANS, SQUARES, MAXIMA) : List.of(Slot.STEP, MEANS, SQUARES));
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.eps = eps;
        this.amsgrad = amsgrad;
        this.decoupled = decoupled;
    }

    @Override
    void update(Group group, Batch batch) {
        var maxima = amsgrad ? batch.buffers(MAXIMA) : List.<Tensor>of();
        if (decoupled) {
            TensorLists.fusedAdamW(
                    batch.values(),
                    batch.gradients(),
                    batch.buffers(MEANS),
                    batch.buffers(SQUARES),
                    maxima,
                    batch.buffers(Slot.STEP),
                    group.lr(),
                    beta1,
                    beta2,
                    group.weightDecay(),
                    eps,
                    amsgrad,
                    false);
        } else {
            TensorLists.fusedAdam(
                    batch.values(),
                    batch.gradients(),
                    batch.buffers(MEANS),
                    batch.buffers(SQUARES),
                    maxima,
                    batch.buffers(Slot.STEP),
                    group.lr(),
                    beta1,
                    beta2,
                    group.weightDecay(),
                    eps,
                    amsgrad,
                    false);
        }
    }
}
