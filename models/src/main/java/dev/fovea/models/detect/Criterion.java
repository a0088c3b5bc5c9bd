package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * Matches raw outputs with the objects in the pictures.
 *
 * @param <R> raw outputs of a {@link Detector}
 */
public interface Criterion<R> {
    /**
     * The named scalar terms of the loss, each multiplied by its weight, in the order of the publication. Two-stage networks run their
     * second stage here, on regions that they sample with {@code random}.
     *
     * @param targets one for each picture
     */
    Map<String, Tensor> losses(R outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random);
}
