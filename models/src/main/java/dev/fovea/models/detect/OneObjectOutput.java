package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * What a network says that knows one object in each picture.
 *
 * @param classes logits {@code [N, 1 + C]}, no object first
 * @param boxes {@code [N, 4]}: centre, width and height as parts of the batch's width and height, 0-1
 */
public record OneObjectOutput(Tensor classes, Tensor boxes) implements TensorOutput {
    @Override
    public List<Tensor> tensors() {
        return List.of(classes, boxes);
    }
}
