package dev.fovea.tensor;

import org.bytedeco.pytorch.global.torch.ScalarType;

/** The type of a tensor's elements. */
public enum DType {
    FLOAT32(ScalarType.Float, 4, true, "F32"),
    FLOAT64(ScalarType.Double, 8, true, "F64"),
    FLOAT16(ScalarType.Half, 2, true, "F16"),
    BFLOAT16(ScalarType.BFloat16, 2, true, "BF16"),
    UINT8(ScalarType.Byte, 1, false, "U8"),
    INT8(ScalarType.Char, 1, false, "I8"),
    INT16(ScalarType.Short, 2, false, "I16"),
    INT32(ScalarType.Int, 4, false, "I32"),
    INT64(ScalarType.Long, 8, false, "I64"),
    BOOL(ScalarType.Bool, 1, false, "BOOL");

    final ScalarType scalarType;
    private final int bytes;
    private final boolean floating;
    private final String safetensors;

    DType(ScalarType scalarType, int bytes, boolean floating, String safetensors) {
        this.scalarType = scalarType;
        this.bytes = bytes;
        this.floating = floating;
        this.safetensors = safetensors;
    }

    /** The bytes of one element. */
    public int bytes() {
        return bytes;
    }

    public boolean isFloating() {
        return floating;
    }

    /** The name of this type in safetensors files, for example {@code F32}. */
    public String safetensorsName() {
        return safetensors;
    }

    static DType of(ScalarType type) {
        // The presets hand out new enum constants' intern() equivalents; values are what identifies them.
        for (DType candidate : values()) {
            if (candidate.scalarType.value == type.value) {
                return candidate;
            }
        }
        throw new IllegalStateException("libtorch gave a tensor of type " + type + ", which Fovea does not use");
    }

    @Override
    public String toString() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
