package dev.fovea.bench.step;

import dev.fovea.tensor.Precision;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step is measured on.
 *
 * <p>Knows nothing of Fovea's own libtorch, since DJL brings another one and a process can hold only one.
 *
 * @param model a name of the registry, which is torchvision's name too
 * @param bf16 whether convolutions and products run in bfloat16 (autocast)
 * @param batch pictures a step
 * @param side their width and height
 */
public record StepSettings(String model, boolean bf16, int batch, int side, int threads) {
    /** As in ImageNet. */
    static final int CLASSES = 1000;

    /** Low, so that a loss on random pictures stays finite for any number of steps. */
    static final double LEARNING_RATE = 1e-4;

    static final double MOMENTUM = 0.9;

    public StepSettings {
        if (batch < 1 || side < 32 || threads < 1) {
            throw new IllegalArgumentException(
                    "a step needs at least 1 picture, 32 pixels a side and 1 thread, got batch=" + batch + ", side="
                            + side + ", threads=" + threads);
        }
    }

    /** With the precision as a word, {@code float32} or {@code bf16}. */
    public static StepSettings of(String model, String precision, int batch, int side, int threads) {
        if (!List.of("float32", "bf16").contains(precision)) {
            throw new IllegalArgumentException("unknown precision '" + precision + "'; use float32 or bf16");
        }
        return new StepSettings(model, precision.equals("bf16"), batch, side, threads);
    }

    /** Reads what {@link #command} wrote, from behind the contender's name on. */
    public static StepSettings parse(List<String> a) {
        return of(
                a.get(0), a.get(1), Integer.parseInt(a.get(2)), Integer.parseInt(a.get(3)), Integer.parseInt(a.get(4)));
    }

    /** Whether the peers that have no zoo, raw presets and DJL, can take part. */
    public boolean isPlainResNet() {
        return List.of("resnet18", "resnet50").contains(model);
    }

    /** For Fovea's own steps; loads its libtorch. */
    public Precision precision() {
        return bf16 ? Precision.BFLOAT16 : Precision.FLOAT32;
    }

    /** Arguments for a contender's process: its name, what it alone needs, and these settings. */
    public String[] command(String contender, String... own) {
        var arguments = new ArrayList<String>();
        arguments.add(contender);
        arguments.addAll(List.of(own));
        arguments.addAll(
                List.of(model, precisionWord(), String.valueOf(batch), String.valueOf(side), String.valueOf(threads)));
        return arguments.toArray(new String[0]);
    }

    /** {@code float32} or {@code bf16}. */
    public String precisionWord() {
        return bf16 ? "bf16" : "float32";
    }
}
