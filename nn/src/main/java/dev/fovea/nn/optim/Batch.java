package dev.fovea.nn.optim;

import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.ArrayList;
import java.util.List;

/** Parameters of one group and one type that make a step together, as lists for the kernels. */
final class Batch {
    private final boolean isFirstStep;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Tensor> values = new ArrayList<>();
    private final List<Tensor> gradients = new ArrayList<>();
    private final List<Tensor> narrowGradients = new ArrayList<>();
    private final List<Tensor> masters = new ArrayList<>();
    private final List<Tensor> wideGradients = new ArrayList<>();
    private final List<Tensor> narrowValues = new ArrayList<>();

    Batch(boolean isFirstStep) {
        this.isFirstStep = isFirstStep;
    }

    void add(Slot slot, Tensor gradient) {
        slot.prepare();
        slots.add(slot);
        values.add(slot.trained());
        if (slot.hasMaster()) {
            gradients.add(slot.wideGradient());
            wideGradients.add(slot.wideGradient());
            narrowGradients.add(gradient);
            masters.add(slot.trained());
            narrowValues.add(slot.parameter().value());
        } else {
            gradients.add(laidOutAs(slot.parameter().value(), gradient));
        }
    }

    /** The fused kernels walk through memory, so a gradient must lie as its parameter does; autograd nearly always sees to it. */
    private static Tensor laidOutAs(Tensor value, Tensor gradient) {
        boolean same =
                value.isContiguous() == gradient.isContiguous() && value.isChannelsLast() == gradient.isChannelsLast();
        return same ? gradient : value.detach().copy().copyFrom(gradient);
    }

    /** Brings narrow gradients to float32. */
    void widen() {
        TensorLists.copy(wideGradients, narrowGradients);
    }

    /** Rounds the masters into the parameters. */
    void narrow() {
        TensorLists.copy(narrowValues, masters);
    }

    boolean isFirstStep() {
        return isFirstStep;
    }

    List<Tensor> values() {
        return values;
    }

    List<Tensor> gradients() {
        return gradients;
    }

    List<Tensor> buffers(String name) {
        return slots.stream().map(s -> s.state().get(name)).toList();
    }

    /** Copies for intermediate results; they end with the step. */
    List<Tensor> copyOf(List<Tensor> tensors) {
        return tensors.stream().map(Tensor::copy).toList();
    }
}
