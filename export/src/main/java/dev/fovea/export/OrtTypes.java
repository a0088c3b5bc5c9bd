package dev.fovea.export;

import ai.onnxruntime.OnnxJavaType;
import dev.fovea.tensor.DType;

/** The types of elements under ONNX Runtime's names. */
final class OrtTypes {
    private OrtTypes() {}

    static OnnxJavaType of(DType type) {
        return switch (type) {
            case FLOAT32 -> OnnxJavaType.FLOAT;
            case FLOAT64 -> OnnxJavaType.DOUBLE;
            case FLOAT16 -> OnnxJavaType.FLOAT16;
            case BFLOAT16 -> OnnxJavaType.BFLOAT16;
            case UINT8 -> OnnxJavaType.UINT8;
            case INT8 -> OnnxJavaType.INT8;
            case INT16 -> OnnxJavaType.INT16;
            case INT32 -> OnnxJavaType.INT32;
            case INT64 -> OnnxJavaType.INT64;
            case BOOL -> OnnxJavaType.BOOL;
        };
    }

    static DType of(OnnxJavaType type) {
        for (var candidate : DType.values()) {
            if (of(candidate) == type) {
                return candidate;
            }
        }
        throw new IllegalStateException("ONNX Runtime gave a tensor of type " + type + ", which Fovea does not use");
    }
}
