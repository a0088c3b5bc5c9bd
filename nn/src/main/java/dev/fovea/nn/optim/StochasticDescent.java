package dev.fovea.nn.optim;

import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.List;

/** {@link Sgd} at work. */
final class StochasticDescent extends Optimizer {
    private static final String MOMENTUM = "momentum_buffer";

    private final Sgd spec;

    StochasticDescent(Sgd spec, List<ParameterGroup> groups) {
        super(spec, groups, spec.momentum() == 0 ? List.of() : List.of(MOMENTUM));
        this.spec = spec;
    }

    @Override
    void update(Group group, Batch batch) {
        TensorLists.fusedSgd(
                batch.values(),
                batch.gradients(),
                spec.momentum() == 0 ? List.<Tensor>of() : batch.buffers(MOMENTUM),
                group.lr(),
                spec.momentum(),
                spec.dampening(),
                group.weightDecay(),
                spec.isNesterov(),
                false,
                batch.isFirstStep());
    }
}
