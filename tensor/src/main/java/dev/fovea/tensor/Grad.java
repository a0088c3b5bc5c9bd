package dev.fovea.tensor;

import java.util.List;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** Automatic differentiation: switching it off, and gradients of one tensor with respect to others. */
public final class Grad {
    static {
        Natives.ensureLoaded();
    }

    private Grad() {}

    /** Restores the mode that was in force before. */
    public static final class Mode implements AutoCloseable {
        private final boolean before = GradMode.is_enabled();

        private Mode(boolean enabled) {
            GradMode.set_enabled(enabled);
        }

        @Override
        public void close() {
            GradMode.set_enabled(before);
        }
    }

    /** Switches recording for gradients off in this thread until the result is closed. */
    public static Mode off() {
        return new Mode(false);
    }

    /** Switches recording for gradients on in this thread until the result is closed. */
    public static Mode on() {
        return new Mode(true);
    }

    public static boolean isEnabled() {
        return GradMode.is_enabled();
    }

    /**
     * The gradients of a scalar with respect to {@code inputs}, without touching their {@code grad}.
     *
     * @param createGraph whether the gradients can themselves be differentiated
     */
    public static List<Tensor> of(Tensor output, List<Tensor> inputs, boolean createGraph) {
        return Op.runMany(
                "grad",
                Attributes.NONE,
                () -> {
                    var result = torch.grad(
                            new TensorVector(output.raw()),
                            Foreach.vector(inputs),
                            new TensorVector(),
                            new BoolOptional(true),
                            createGraph,
                            false);
                    return Foreach.array(result);
                },
                output);
    }
}
