package dev.fovea.nn.optim;

import dev.fovea.tensor.TensorLists;
import java.util.ArrayList;
import java.util.List;

/** {@link RmsProp} at work. */
final class RootMeanSquare extends Optimizer {
    private static final String SQUARES = "square_avg";
    private static final String MEANS = "grad_avg";
    private static final String MOMENTUM = "momentum_buffer";

    private final RmsProp spec;

    RootMeanSquare(RmsProp spec, List<ParameterGroup> groups) {
        super(spec, groups, buffers(spec));
        this.spec = spec;
    }

    private static List<String> buffers(RmsProp spec) {
        var names = new ArrayList<String>();
        names.add(SQUARES);
        if (spec.isCentered()) {
            names.add(MEANS);
        }
        if (spec.momentum() > 0) {
            names.add(MOMENTUM);
        }
        return names;
    }

    @Override
    void update(Group group, Batch batch) {
        var values = batch.values();
        var gradients = batch.gradients();
        if (group.weightDecay() != 0) {
            gradients = batch.copyOf(gradients);
            TensorLists.addInPlace(gradients, group.weightDecay(), values);
        }
        var squares = batch.buffers(SQUARES);
        TensorLists.mulInPlace(squares, spec.alpha());
        TensorLists.addcmulInPlace(squares, gradients, gradients, 1 - spec.alpha());
        var roots = squares;
        if (spec.isCentered()) {
            var means = batch.buffers(MEANS);
            TensorLists.lerpInPlace(means, gradients, 1 - spec.alpha());
            roots = batch.copyOf(squares);
            TensorLists.addcmulInPlace(roots, means, means, -1);
        }
        roots = TensorLists.sqrt(roots);
        TensorLists.addInPlace(roots, spec.eps());
        if (spec.momentum() > 0) {
            var momenta = batch.buffers(MOMENTUM);
            TensorLists.mulInPlace(momenta, spec.momentum());
            TensorLists.addcdivInPlace(momenta, gradients, roots, 1);
            TensorLists.addInPlace(values, -group.lr(), momenta);
        } else {
            TensorLists.addcdivInPlace(values, gradients, roots, -group.lr());
        }
    }
}
