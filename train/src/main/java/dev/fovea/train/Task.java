package dev.fovea.train;

import dev.fovea.data.load.Sample;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Device;
import java.util.Collection;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A kind of recognition: which annotation it learns from, how a batch is made, the loss, and how answers are judged. The
 * {@link Trainer} knows nothing else of it.
 *
 * @param <B> its batches
 * @param <E> what its evaluation finds
 */
public interface Task<B extends Batch, E extends Evaluation> {
    /** The task's word, as on the command line: {@code classify}. */
    String name();

    /** What is trained, averaged and saved. */
    Module network();

    /** The parameters whose gradients adaptive clipping limits: all of them; tasks leave out the layer that answers. */
    default Collection<Parameter> adaptivelyClipped() {
        return network().parameters().values();
    }

    /** Makes a batch of prepared samples; called in loader threads, several at a time. */
    B collate(List<Sample> samples);

    /** The same batch on a device, in the layout that the network prefers there. */
    B onDevice(B batch, Device device);

    /** The loss of a training batch, which is on the network's device. {@code random} serves batch-level augmentation. */
    Losses loss(B batch, RandomGenerator random);

    /** A fresh evaluator. */
    Evaluator<B, E> evaluator();
}
