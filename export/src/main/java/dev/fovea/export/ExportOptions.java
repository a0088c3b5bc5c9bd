package dev.fovea.export;

import dev.fovea.tensor.DType;
import java.util.List;

/**
 * How a network is exported; immutable.
 *
 * @param opset the version of ONNX's operators, {@value #LEAST_OPSET} to {@value #MOST_OPSET}
 * @param weights how weights are stored: float32, float16 or bfloat16; computing stays float32
 * @param isSizeFree whether height and width of pictures stay free
 * @param hasExternalData whether weights lie in a second file, as they must over 2 GB
 * @param hasEmbedding whether a second output gives the vector that the head reads
 * @param batchSizes with which batches the file is compared with the network
 */
public record ExportOptions(
        int opset,
        DType weights,
        boolean isSizeFree,
        boolean hasExternalData,
        boolean hasEmbedding,
        List<Integer> batchSizes) {
    /** The oldest operators that are written. */
    public static final int LEAST_OPSET = 17;
    /** The newest operators that are written. */
    public static final int MOST_OPSET = 21;

    /** Float32, one size of picture, operators of version 20, one file unless it would be too large, compared at batches of 1, 2 and 5. */
    public static final ExportOptions STANDARD =
            new ExportOptions(20, DType.FLOAT32, false, false, false, List.of(1, 2, 5));

    public ExportOptions {
        if (opset < LEAST_OPSET || opset > MOST_OPSET) {
            throw new IllegalArgumentException(
                    "opset must be from " + LEAST_OPSET + " to " + MOST_OPSET + ", got " + opset);
        }
        if (weights != DType.FLOAT32 && weights != DType.FLOAT16 && weights != DType.BFLOAT16) {
            throw new IllegalArgumentException("weights are float32, float16 or bfloat16, got " + weights);
        }
        batchSizes = List.copyOf(batchSizes);
        if (batchSizes.isEmpty() || batchSizes.stream().anyMatch(n -> n < 1)) {
            throw new IllegalArgumentException("batch sizes must be at least 1, got " + batchSizes);
        }
    }

    public ExportOptions opset(int version) {
        return new ExportOptions(version, weights, isSizeFree, hasExternalData, hasEmbedding, batchSizes);
    }

    public ExportOptions weights(DType type) {
        return new ExportOptions(opset, type, isSizeFree, hasExternalData, hasEmbedding, batchSizes);
    }

    /** Height and width of pictures stay free. */
    public ExportOptions freeSize() {
        return new ExportOptions(opset, weights, true, hasExternalData, hasEmbedding, batchSizes);
    }

    /** Weights lie in a second file. */
    public ExportOptions externalData() {
        return new ExportOptions(opset, weights, isSizeFree, true, hasEmbedding, batchSizes);
    }

    /** A second output gives the vector that the head reads. */
    public ExportOptions embedding() {
        return new ExportOptions(opset, weights, isSizeFree, hasExternalData, true, batchSizes);
    }

    public ExportOptions batchSizes(List<Integer> sizes) {
        return new ExportOptions(opset, weights, isSizeFree, hasExternalData, hasEmbedding, sizes);
    }
}
