package dev.fovea.tensor;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.global.torch;

/** Where a tensor lives: {@code cpu}, {@code cuda:0}, {@code mps}. */
public record Device(Kind kind, int index) {
    public static final Device CPU = new Device(Kind.CPU, 0);

    private static final Pattern FORM = Pattern.compile("(cpu|cuda|mps)(?::(\\d{1,3}))?");

    /** The families of devices. */
    public enum Kind {
        CPU,
        CUDA,
        MPS
    }

    /** Parses {@code cpu}, {@code cuda}, {@code cuda:1}, {@code mps}, or {@code auto} (the best one there is). */
    public static Device parse(String text) {
        if (text.equals("auto")) {
            return best();
        }
        Matcher m = FORM.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("unknown device '" + text + "'; use auto, cpu, cuda, cuda:N or mps");
        }
        var device = new Device(
                Kind.valueOf(m.group(1).toUpperCase(Locale.ROOT)),
                m.group(2) == null ? 0 : Integer.parseInt(m.group(2)));
        if (!device.isAvailable()) {
            throw new IllegalArgumentException(
                    "device '" + text + "' is not available here; use cpu, or 'fovea doctor' to see what is");
        }
        return device;
    }

    /** A CUDA GPU if there is one, else Apple's GPU, else the CPU. */
    public static Device best() {
        Natives.ensureLoaded();
        if (torch.cuda_is_available()) {
            return new Device(Kind.CUDA, 0);
        }
        return torch.hasMPS() ? new Device(Kind.MPS, 0) : CPU;
    }

    public boolean isAvailable() {
        Natives.ensureLoaded();
        return switch (kind) {
            case CPU -> index == 0;
            case CUDA -> torch.cuda_is_available() && index < torch.cuda_device_count();
            case MPS -> torch.hasMPS() && index == 0;
        };
    }

    /** A new native device; the caller's pointer scope frees it. */
    org.bytedeco.pytorch.Device raw() {
        return switch (kind) {
            case CPU -> new org.bytedeco.pytorch.Device("cpu");
            case CUDA -> new org.bytedeco.pytorch.Device("cuda:" + index);
            case MPS -> new org.bytedeco.pytorch.Device("mps");
        };
    }

    static Device of(org.bytedeco.pytorch.Device raw) {
        if (raw.is_cpu()) {
            return CPU;
        }
        int index = Math.max(0, raw.index());
        return new Device(raw.is_cuda() ? Kind.CUDA : Kind.MPS, index);
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT);
        return kind == Kind.CUDA ? name + ":" + index : name;
    }
}
