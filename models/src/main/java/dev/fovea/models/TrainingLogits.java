package dev.fovea.models;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * All logits that a classifier is trained by.
 *
 * @param logits {@code [N, classes]}, as {@link Backbone#call} gives them
 * @param auxiliary those of heads that are used in training only
 */
public record TrainingLogits(Tensor logits, List<Auxiliary> auxiliary) implements TensorOutput {
    /**
     * What one auxiliary head says.
     *
     * @param name as the reference calls it, for example {@code aux_logits1}
     * @param weight the factor of its loss in the sum, as published
     * @param logits {@code [N, classes]}
     */
    public record Auxiliary(String name, double weight, Tensor logits) {}

    public TrainingLogits {
        auxiliary = List.copyOf(auxiliary);
    }

    /** Of a network without auxiliary heads. */
    public static TrainingLogits of(Tensor logits) {
        return new TrainingLogits(logits, List.of());
    }

    @Override
    public List<Tensor> tensors() {
        var all = new ArrayList<Tensor>();
        all.add(logits);
        auxiliary.forEach(a -> all.add(a.logits()));
        return all;
    }
}
