package dev.fovea.train;

/** Adds up what a network says of batches, then computes once. */
public interface Evaluator<B extends Batch, E extends Evaluation> {
    /** Runs the network on a batch and adds its answers; called in evaluation mode without gradients. */
    void add(B batch);

    /** The figures of all that was added. */
    E compute();
}
