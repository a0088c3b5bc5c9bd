package dev.fovea.export.quantise;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Weights and biases as whole numbers, with one scale for each output channel. */
final class EightBits {
    /** Beyond this the sum of bias and products could leave 32 bits. */
    private static final double LARGEST_BIAS = 1 << 30;

    private EightBits() {}

    /**
     * A layer's numbers.
     *
     * @param weight int8, {@code real = scale number}
     * @param scale float32 {@code [out]}
     * @param bias int32 {@code [out]} with the scale {@code input scale * scale}, or null
     * @param biasScale float32 {@code [out]}, or null
     */
    record Layer(Constant weight, Constant scale, Constant bias, Constant biasScale) {}

    /**
     * The numbers of a weight whose first dimension are the output channels.
     *
     * @param bias float32 {@code [out]} or null
     * @param inputScale of the layer's input
     */
    static Layer layer(Constant weight, Constant bias, float inputScale) {
        float[] values = weight.toFloatArray();
        int channels = (int) weight.dim(0);
        int each = values.length / channels;
        float[] biases = bias == null ? null : bias.toFloatArray();
        var scales = new float[channels];
        var numbers = ByteBuffer.allocate(values.length);
        for (int c = 0; c < channels; c++) {
            float largest = 0;
            for (int i = 0; i < each; i++) {
                largest = Math.max(largest, Math.abs(values[c * each + i]));
            }
            double needed = biases == null ? 0 : Math.abs(biases[c]) / (inputScale * LARGEST_BIAS);
            scales[c] = (float) Math.max(largest == 0 ? 1 : largest / 127.0, needed);
            for (int i = 0; i < each; i++) {
                int n = Math.round(values[c * each + i] / scales[c]);
                numbers.put(c * each + i, (byte) Math.max(-127, Math.min(127, n)));
            }
        }
        var quantised = Constant.of(DType.INT8, numbers, weight.dims());
        var scale = Constant.of(scales, channels);
        if (biases == null) {
            return new Layer(quantised, scale, null, null);
        }
        var whole = ByteBuffer.allocate(channels * 4).order(ByteOrder.LITTLE_ENDIAN);
        var products = new float[channels];
        for (int c = 0; c < channels; c++) {
            products[c] = inputScale * scales[c];
            whole.putInt(c * 4, (int) Math.round((double) biases[c] / products[c]));
        }
        return new Layer(quantised, scale, Constant.of(DType.INT32, whole, channels), Constant.of(products, channels));
    }

    /** A matrix with its dimensions swapped. */
    static Constant transposed(Constant matrix) {
        int rows = (int) matrix.dim(0);
        int columns = (int) matrix.dim(1);
        int bytes = matrix.type().bytes();
        var from = matrix.data();
        var to = ByteBuffer.allocate(Math.multiplyExact(rows * columns, bytes));
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                to.put((c * rows + r) * bytes, from, (r * columns + c) * bytes, bytes);
            }
        }
        return Constant.of(matrix.type(), to, columns, rows);
    }
}
