package dev.fovea.tensor;

import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.global.torch;

/**
 * The seed and the state of libtorch's own random numbers (initial weights, dropout). Each device has one generator for all
 * threads: numbers repeat only if one thread draws them.
 */
public final class Seeds {
    static {
        Natives.ensureLoaded();
    }

    private Seeds() {}

    /** Seeds the generators of all devices. */
    public static void set(long seed) {
        Op.runSilently("set_seed", () -> torch.manual_seed(seed));
    }

    /** The state of the CPU's generator: uint8; put it back with {@link #restore} to draw the same numbers again. */
    public static Tensor state() {
        return state(Device.CPU);
    }

    /** The state of a device's generator: uint8, on the CPU. */
    public static Tensor state(Device device) {
        return Op.silently("generator_state", () -> generator(device).get_state());
    }

    /** Puts the CPU's generator into a state that {@link #state()} gave. */
    public static void restore(Tensor state) {
        restore(Device.CPU, state);
    }

    /** Puts a device's generator into a state that {@link #state(Device)} gave. */
    public static void restore(Device device, Tensor state) {
        Op.runSilently("set_generator_state", () -> generator(device).set_state(state.raw()), state);
    }

    private static Generator generator(Device device) {
        return torch.globalContext().defaultGenerator(NativeOptions.device(device));
    }
}
