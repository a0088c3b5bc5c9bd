package dev.fovea.runtime;

import java.util.List;

/**
 * The tensors of a graph.
 *
 * @param input pictures: FP32 {@code [N, C, H, W]}, prepared, or UINT8 {@code [N, H, W, C]}, values 0-255
 * @param outputs in the order of the graph, usually with the pictures as their first dimension
 */
public record Signature(Tensor input, List<Tensor> outputs) {
    public Signature {
        outputs = List.copyOf(outputs);
    }

    /**
     * A tensor.
     *
     * @param type FP32, UINT8 or INT64
     * @param shape -1 where a number is free
     */
    public record Tensor(String name, String type, List<Integer> shape) {
        public Tensor {
            shape = List.copyOf(shape);
        }
    }
}
