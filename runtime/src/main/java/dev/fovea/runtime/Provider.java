package dev.fovea.runtime;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What computes: the processor, or hardware for which ONNX Runtime on the class path must have been built.
 *
 * @param kind the kind of hardware
 * @param device which of several, from 0
 */
public record Provider(Kind kind, int device) {
    /** The processor. */
    public static final Provider CPU = new Provider(Kind.CPU, 0);

    /** Kinds of hardware. */
    public enum Kind {
        CPU,
        /** NVIDIA, with {@code com.microsoft.onnxruntime:onnxruntime_gpu} instead of {@code onnxruntime}. */
        CUDA,
        /** Apple; in the usual build for macOS. */
        COREML,
        /** Windows with any graphics card that has DirectX 12, with a build of ONNX Runtime for it. */
        DIRECTML
    }

    public Provider {
        if (device < 0) {
            throw new IllegalArgumentException("the number of a device is 0 or more, got " + device);
        }
    }

    /**
     * A provider from its text: {@code cpu}, {@code cuda}, {@code cuda:1}, {@code coreml}, {@code directml}.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Provider parse(String text) {
        String[] parts = text.toUpperCase(Locale.ROOT).split(":", 2);
        List<String> names = Arrays.stream(Kind.values()).map(Enum::name).toList();
        if (!names.contains(parts[0]) || (parts.length == 2 && !parts[1].matches("\\d{1,3}"))) {
            throw new IllegalArgumentException(
                    "unknown provider '" + text + "'; write cpu, cuda, cuda:1, coreml or directml");
        }
        return new Provider(Kind.valueOf(parts[0]), parts.length == 2 ? Integer.parseInt(parts[1]) : 0);
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + (device == 0 ? "" : ":" + device);
    }
}
