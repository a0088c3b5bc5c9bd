package dev.fovea.tensor;

import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.TensorOptions;

/** libtorch's objects for types and devices: made once for each combination and kept for the life of the process. */
final class NativeOptions {
    private record Key(DType type, Device device) {}

    private static final ConcurrentHashMap<Key, TensorOptions> OPTIONS = new ConcurrentHashMap<>();
    private static final ConcurrentHashMap<Device, org.bytedeco.pytorch.Device> DEVICES = new ConcurrentHashMap<>();

    static {
        Natives.ensureLoaded();
    }

    private NativeOptions() {}

    /** How a tensor of this type on this device is asked for. */
    static TensorOptions of(DType type, Device device) {
        return OPTIONS.computeIfAbsent(
                new Key(type, device),
                // The presets' setters give changed copies.
                key -> keep(() -> new TensorOptions(type.scalarType).device(new DeviceOptional(device(device)))));
    }

    static org.bytedeco.pytorch.Device device(Device device) {
        return DEVICES.computeIfAbsent(device, d -> keep(() -> new org.bytedeco.pytorch.Device(d.toString())));
    }

    /** Makes a native object that no pointer scope around the caller frees. */
    static <P extends Pointer> P keep(java.util.function.Supplier<P> maker) {
        try (var temporaries = new PointerScope()) {
            P made = maker.get();
            made.retainReference();
            return made;
        }
    }
}
