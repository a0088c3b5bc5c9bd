package dev.fovea.tensor;

import java.util.List;
import org.bytedeco.pytorch.TensorVector;

/** Lists of tensors as the presets take them. */
final class Foreach {
    private Foreach() {}

    static TensorVector vector(List<Tensor> tensors) {
        var vector = new TensorVector(tensors.size());
        for (int i = 0; i < tensors.size(); i++) {
            vector.put(i, tensors.get(i).raw());
        }
        return vector;
    }

    static org.bytedeco.pytorch.Tensor[] array(TensorVector vector) {
        var array = new org.bytedeco.pytorch.Tensor[(int) vector.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = vector.get(i);
        }
        return array;
    }
}
