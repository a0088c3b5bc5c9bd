package dev.fovea.tensor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.DeviceType;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** In which type a network computes: float32, or bfloat16 where that loses nothing (autocast). */
public enum Precision {
    FLOAT32,
    /** Convolutions and products in bfloat16, sums and losses in float32; parameters stay float32. */
    BFLOAT16;

    static {
        Natives.ensureLoaded();
    }

    /** Parses {@code float32}, {@code bf16}, or {@code auto}: bf16 where the device has fast bf16 arithmetic. */
    public static Precision parse(String text, Device device) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "float32", "fp32" -> FLOAT32;
            case "bf16", "bfloat16" -> BFLOAT16;
            case "auto" -> hasFastBfloat16(device) ? BFLOAT16 : FLOAT32;
            default ->
                throw new IllegalArgumentException("unknown precision '" + text + "'; use auto, float32 or bf16");
        };
    }

    /** Whether bf16 pays: a CPU with AVX512-BF16 or AMX, or a CUDA GPU. */
    public static boolean hasFastBfloat16(Device device) {
        return switch (device.kind()) {
            case CUDA -> true;
            case MPS -> false;
            case CPU -> cpuHasBfloat16();
        };
    }

    private static boolean cpuHasBfloat16() {
        var cpuinfo = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(cpuinfo)) {
            return false;
        }
        try (Stream<String> lines = Files.lines(cpuinfo)) {
            return lines.filter(l -> l.startsWith("flags") || l.startsWith("Features"))
                    .limit(1)
                    .anyMatch(l -> l.contains("avx512_bf16") || l.contains("amx_bf16") || l.contains(" bf16"));
        } catch (IOException e) {
            return false; // an unreadable /proc means: not known to be fast
        }
    }

    /**
     * Switches this precision on in this thread until the result is closed, which puts back what was in force before. Backward may
     * run inside or outside: it uses the types of the forward pass.
     */
    public Active activate(Device device) {
        return new Active(this == BFLOAT16, device);
    }

    /** Whether operations on this device run in reduced precision now, in this thread. */
    public static boolean isReduced(Device device) {
        return torch.is_autocast_enabled(type(device));
    }

    private static DeviceType type(Device device) {
        return switch (device.kind()) {
            case CPU -> DeviceType.CPU;
            case CUDA -> DeviceType.CUDA;
            case MPS -> DeviceType.MPS;
        };
    }

    /** A stretch of work in one precision. */
    public static final class Active implements AutoCloseable {
        private final DeviceType type;
        private final boolean enabledBefore;
        private final ScalarType typeBefore;
        private final boolean cacheBefore;
        private boolean closed;

        private Active(boolean on, Device device) {
            type = type(device);
            enabledBefore = torch.is_autocast_enabled(type);
            typeBefore = torch.get_autocast_dtype(type);
            cacheBefore = torch.is_autocast_cache_enabled();
            if (on) {
                // Cached casts of weights would go stale at the next optimiser step, and nothing here can clear the
                // cache.
                torch.set_autocast_cache_enabled(false);
                torch.set_autocast_dtype(type, ScalarType.BFloat16);
            }
            torch.set_autocast_enabled(type, on);
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                torch.set_autocast_enabled(type, enabledBefore);
                torch.set_autocast_dtype(type, typeBefore);
                torch.set_autocast_cache_enabled(cacheBefore);
            }
        }
    }
}
