package dev.fovea.runtime;

import java.util.Arrays;
import java.util.Locale;

/** How the numbers of a classifier's graph become probabilities. */
public enum Activation {
    /** The graph gives logits of classes that exclude each other. */
    SOFTMAX,
    /** The graph gives logits of classes of which several may be true. */
    SIGMOID,
    /** The graph gives probabilities already. */
    NONE;

    /**
     * The activation of a name such as {@code softmax}.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Activation parse(String name) {
        for (Activation value : values()) {
            if (value.toString().equals(name)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "unknown activation '" + name + "'; choose one of " + Arrays.toString(values()));
    }

    /** The name in lower case, which {@link #parse} reads. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Replaces the numbers {@code values[from .. from + count)} by probabilities, 0-1. */
    void apply(float[] values, int from, int count) {
        switch (this) {
            case SOFTMAX -> softmax(values, from, count);
            case SIGMOID -> {
                for (int i = from; i < from + count; i++) {
                    values[i] = (float) (1 / (1 + Math.exp(-values[i])));
                }
            }
            case NONE -> {}
        }
    }

    private static void softmax(float[] values, int from, int count) {
        float most = Float.NEGATIVE_INFINITY;
        for (int i = from; i < from + count; i++) {
            most = Math.max(most, values[i]);
        }
        double sum = 0;
        for (int i = from; i < from + count; i++) {
            values[i] = (float) Math.exp(values[i] - most);
            sum += values[i];
        }
        for (int i = from; i < from + count; i++) {
            values[i] = (float) (values[i] / sum);
        }
    }
}
