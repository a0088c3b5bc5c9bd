package dev.fovea.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The lengths of a tensor's dimensions, for example {@code [8, 3, 224, 224]}; a scalar has none. Immutable. */
public final class Shape {
    private final long[] dims;

    private Shape(long[] dims) {
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException("a shape has no negative lengths, got " + Arrays.toString(dims));
            }
        }
        this.dims = dims;
    }

    public static Shape of(long... dims) {
        return new Shape(dims.clone());
    }

    /** The number of dimensions. */
    public int rank() {
        return dims.length;
    }

    /** The length of a dimension; negative indices count from the end. */
    public long dim(int index) {
        int i = index < 0 ? index + dims.length : index;
        if (i < 0 || i >= dims.length) {
            throw new IllegalArgumentException("dimension " + index + " is not in " + this);
        }
        return dims[i];
    }

    /** The number of elements; 1 for a scalar. */
    public long numel() {
        long n = 1;
        for (long d : dims) {
            n = Math.multiplyExact(n, d);
        }
        return n;
    }

    public long[] toArray() {
        return dims.clone();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Shape other && Arrays.equals(dims, other.dims);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dims);
    }

    @Override
    public String toString() {
        return Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
