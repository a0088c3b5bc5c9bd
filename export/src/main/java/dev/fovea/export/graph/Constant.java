package dev.fovea.export.graph;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Arrays;

/** Numbers that are known before a graph runs: type, lengths, and elements in row-major, little-endian order. Immutable by agreement. */
public final class Constant {
    private final DType type;
    private final long[] dims;
    private final ByteBuffer data;

    private Constant(DType type, long[] dims, ByteBuffer data) {
        this.type = type;
        this.dims = dims;
        this.data = data;
        if (Shape.of(dims).numel() * type.bytes() != data.remaining()) {
            throw new IllegalArgumentException(
                    "a constant " + Arrays.toString(dims) + " " + type + " cannot hold " + data.remaining() + " bytes");
        }
    }

    /** Elements from bytes, little-endian, from the buffer's position to its limit. */
    public static Constant of(DType type, ByteBuffer data, long... dims) {
        return new Constant(type, dims.clone(), data.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Float32 elements. */
    public static Constant of(float[] values, long... dims) {
        var bytes = allocate(values.length * 4);
        bytes.asFloatBuffer().put(values);
        return new Constant(DType.FLOAT32, dims.clone(), bytes);
    }

    /** One row of int64 elements. */
    public static Constant row(long... values) {
        var bytes = allocate(values.length * 8);
        bytes.asLongBuffer().put(values);
        return new Constant(DType.INT64, new long[] {values.length}, bytes);
    }

    /** A number without dimensions, in any type. */
    public static Constant scalar(double value, DType type) {
        return row(type, value).withDims();
    }

    /** One row of numbers in any type. */
    public static Constant row(DType type, double... values) {
        try (var scope = Scope.open();
                var row = Tensor.of(values, values.length).to(type)) {
            return of(row);
        }
    }

    /** The elements of a tensor; they are not copied where they lie in order already. */
    public static Constant of(Tensor tensor) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException("ONNX files are little-endian; export on a little-endian machine");
        }
        Tensor held;
        try (var scope = Scope.open()) {
            held = Recording.hold(tensor.detach().to(Device.CPU).contiguous());
        }
        // Outside scopes the buffer keeps the memory alive.
        try (held) {
            return new Constant(held.dtype(), held.shape().toArray(), held.asByteBuffer());
        }
    }

    private static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    public DType type() {
        return type;
    }

    public long[] dims() {
        return dims.clone();
    }

    public int rank() {
        return dims.length;
    }

    public long dim(int index) {
        return dims[index];
    }

    /** The number of elements. */
    public int count() {
        return data.remaining() / type.bytes();
    }

    /** The elements' bytes, read-only, little-endian. */
    public ByteBuffer data() {
        return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The elements of a float32 constant, read-only. */
    public FloatBuffer floats() {
        if (type != DType.FLOAT32) {
            throw new IllegalStateException("expected a constant of float32, got " + this);
        }
        return data().asFloatBuffer();
    }

    /** The elements of a float32 constant, copied. */
    public float[] toFloatArray() {
        var values = new float[count()];
        floats().get(values);
        return values;
    }

    /** The elements of an int64 constant, copied. */
    public long[] toLongArray() {
        if (type != DType.INT64) {
            throw new IllegalStateException("expected a constant of int64, got " + this);
        }
        var values = new long[count()];
        data().asLongBuffer().get(values);
        return values;
    }

    /** The same elements in another shape. */
    public Constant withDims(long... newDims) {
        return new Constant(type, newDims.clone(), data);
    }

    @Override
    public String toString() {
        return Arrays.toString(dims) + " " + type;
    }
}
