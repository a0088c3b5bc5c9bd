package dev.fovea.tensor;

import org.bytedeco.pytorch.global.torch;

/** The seed and the state of libtorch's own random numbers (initial weights, dropout). */
public final class Seeds {
    static {
        Natives.ensureLoaded();
    }

    private Seeds() {}

    /** Seeds the generators of all devices. */
    public static void set(long seed) {
        torch.manual_seed(seed);
    }

    /** The state of the CPU's generator: uint8; put it back with {@link #restore} to draw the same numbers again. */
    public static Tensor state() {
        return Op.run("generator_state", Attributes.NONE, () -> torch.getDefaultCPUGenerator()
                .get_state());
    }

    /** Puts the CPU's generator into a state that {@link #state} gave. */
    public static void restore(Tensor state) {
        Op.runSilently(
                "set_generator_state", () -> torch.getDefaultCPUGenerator().set_state(state.raw()), state);
    }
}
