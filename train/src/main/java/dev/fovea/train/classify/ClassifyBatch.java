package dev.fovea.train.classify;

import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Batch;

/**
 * Pictures with their classes.
 *
 * @param images {@code [N, C, H, W]} float32, normalised
 * @param targets class indices int64 {@code [N]}, or for multi-label 0-1 float32 {@code [N, classes]}
 * @param indices where each comes from in the data set
 */
@SuppressWarnings("ArrayRecordComponent") // made once a batch, never compared
record ClassifyBatch(Tensor images, Tensor targets, int[] indices) implements Batch {
    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public void adopt(Scope scope) {
        scope.take(images);
        scope.take(targets);
    }

    /** The same batch on a device, laid out as channels-last. */
    ClassifyBatch to(Device device) {
        return new ClassifyBatch(images.to(device).channelsLast(), targets.to(device), indices);
    }

    @Override
    public void close() {
        images.close();
        targets.close();
    }
}
