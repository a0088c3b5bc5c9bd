package dev.fovea.models;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * A network that draws what it recognised, so that its loss can ask how well the picture is explained. The sigmoid of its logits says how
 * present each class is, 0-1, for the {@linkplain dev.fovea.nn.loss.MarginLoss margin loss}.
 */
public interface Reconstructing {
    /**
     * What the network says of pictures.
     *
     * @param logits {@code [N, classes]}
     * @param image what it draws, {@code [N, C, H, W]}, values 0-1
     */
    record Reconstruction(Tensor logits, Tensor image) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(logits, image);
        }
    }

    /**
     * Recognises pictures and draws them again from what was recognised of some classes alone.
     *
     * @param image {@code [N, C, H, W]}, normalised as the network expects
     * @param shares how much of each class is drawn, {@code [N, classes]}: 1 for the true one and 0 for the others in training
     */
    Reconstruction reconstruct(Tensor image, Tensor shares);
}
