package dev.fovea.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** What a graph gave for an output, or the part of it that belongs to one picture: numbers row by row. */
public sealed interface Values {
    /** The lengths of the dimensions. */
    List<Integer> shape();

    /** Float32. */
    @SuppressWarnings("ArrayRecordComponent") // large tables that are handed on
    record Floats(List<Integer> shape, float[] values) implements Values {
        public Floats {
            shape = List.copyOf(shape);
        }
    }

    /** Whole numbers of 32 or 64 bits. */
    @SuppressWarnings("ArrayRecordComponent") // large tables that are handed on
    record Integers(List<Integer> shape, long[] values) implements Values {
        public Integers {
            shape = List.copyOf(shape);
        }
    }

    /** How many numbers there are. */
    default int count() {
        return this instanceof Floats floats ? floats.values.length : ((Integers) this).values.length;
    }

    /** The numbers as floats. */
    default float[] floats() {
        if (this instanceof Floats floats) {
            return floats.values;
        }
        long[] from = ((Integers) this).values;
        float[] to = new float[from.length];
        for (int i = 0; i < to.length; i++) {
            to[i] = from[i];
        }
        return to;
    }

    /** One number, rounded down. */
    default int integer(int index) {
        return this instanceof Floats floats
                ? (int) Math.floor(floats.values[index])
                : Math.toIntExact(((Integers) this).values[index]);
    }

    /**
     * The rows of one of {@code parts} equal parts of the first dimension, which becomes {@code shape[0] / parts}.
     *
     * @throws IllegalStateException if the first dimension cannot be divided so
     */
    default Values part(int index, int parts) {
        int rows = shape().isEmpty() ? 0 : shape().get(0);
        if (rows == 0 || rows % parts != 0) {
            throw new IllegalStateException(
                    "an output of the shape " + shape() + " is not one row for each of " + parts + " pictures");
        }
        return parts == 1
                ? this
                : selected(IntStream.range(rows / parts * index, rows / parts * (index + 1))
                        .toArray());
    }

    /** Some rows in the given order. */
    default Values selected(int[] rows) {
        int width = shape().stream().skip(1).mapToInt(Integer::intValue).reduce(1, Math::multiplyExact);
        var chosen = new ArrayList<>(shape());
        chosen.set(0, rows.length);
        if (this instanceof Floats floats) {
            float[] to = new float[rows.length * width];
            for (int i = 0; i < rows.length; i++) {
                System.arraycopy(floats.values, rows[i] * width, to, i * width, width);
            }
            return new Floats(chosen, to);
        }
        long[] to = new long[rows.length * width];
        for (int i = 0; i < rows.length; i++) {
            System.arraycopy(((Integers) this).values, rows[i] * width, to, i * width, width);
        }
        return new Integers(chosen, to);
    }
}
