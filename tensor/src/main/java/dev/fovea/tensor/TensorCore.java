package dev.fovea.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.pytorch.global.torch;

/** The handle on a native tensor: what it is, where it is, and its bytes. */
abstract sealed class TensorCore implements AutoCloseable permits ElementwiseOps {
    /** The scope that frees this handle, or null. Only {@link Scope} writes it. */
    Scope owner;

    private final org.bytedeco.pytorch.Tensor raw;
    private boolean closed;
    private Shape shape;
    private DType dtype;

    TensorCore(org.bytedeco.pytorch.Tensor raw) {
        this.raw = raw;
    }

    final Tensor self() {
        return (Tensor) this;
    }

    /** The native tensor; never leaves this package. */
    final org.bytedeco.pytorch.Tensor raw() {
        if (closed) {
            throw new IllegalStateException("tensor " + (shape == null ? "" : shape + " ")
                    + "was closed, perhaps with its Scope; keep it with Scope.keep to use it longer");
        }
        return raw;
    }

    /** The lengths of all dimensions. */
    public final Shape shape() {
        if (shape == null) {
            var r = raw();
            var dims = new long[(int) r.dim()];
            for (int i = 0; i < dims.length; i++) {
                dims[i] = r.size(i);
            }
            shape = Shape.of(dims);
        }
        return shape;
    }

    /** The length of one dimension; negative indices count from the end. */
    public final long dim(int index) {
        return shape().dim(index);
    }

    /** The number of dimensions. */
    public final int rank() {
        return shape().rank();
    }

    /** The number of elements. */
    public final long numel() {
        return shape().numel();
    }

    public final DType dtype() {
        if (dtype == null) {
            dtype = DType.of(raw().scalar_type());
        }
        return dtype;
    }

    public final Device device() {
        var r = raw();
        try (var device = r.device()) {
            return Device.of(device);
        }
    }

    /** Whether the elements lie in row-major order without gaps. */
    public final boolean isContiguous() {
        return raw().is_contiguous();
    }

    /** Whether a {@code [N, C, H, W]} tensor lies in memory as {@code [N, H, W, C]}. */
    public final boolean isChannelsLast() {
        return rank() == 4 && raw().is_contiguous(torch.MemoryFormat.ChannelsLast);
    }

    /** Whether both handles lie on the same memory. */
    public final boolean isAliasOf(Tensor other) {
        return raw().is_alias_of(other.raw());
    }

    /** Frees this handle now; the memory goes when no other handle and no gradient needs it. Closing twice does nothing. */
    @Override
    public final void close() {
        if (!closed) {
            shape(); // so that a message about a closed tensor can name it
            closed = true;
            owner = null;
            raw.releaseReference();
        }
    }

    public final boolean isClosed() {
        return closed;
    }

    /** The single element as a double; waits for the device. */
    public final double item() {
        if (numel() != 1) {
            throw new TensorException("item: expected a tensor of one element, got " + describe());
        }
        return raw().item_double();
    }

    /** The single element as a long. */
    public final long itemLong() {
        if (numel() != 1) {
            throw new TensorException("item: expected a tensor of one element, got " + describe());
        }
        return raw().item_long();
    }

    /**
     * A view on the memory of a contiguous CPU tensor, in native byte order; nothing is copied. It is valid until the tensor is
     * closed and must not be used after that.
     */
    public final ByteBuffer asByteBuffer() {
        if (device().kind() != Device.Kind.CPU || !isContiguous()) {
            throw new TensorException("asByteBuffer: expected a contiguous tensor on the cpu, got " + describe()
                    + "; use to(Device.CPU).contiguous() first");
        }
        long bytes = Math.multiplyExact(numel(), dtype().bytes());
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new TensorException("asByteBuffer: " + describe() + " is over 2 GB; read it in parts with narrow");
        }
        if (bytes == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
        }
        try (var pointer = new BytePointer(raw().data_ptr())) {
            return pointer.limit(bytes).capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
        }
    }

    /** The elements as float32, row-major. */
    public final float[] toFloatArray() {
        var array = new float[Math.toIntExact(numel())];
        read(DType.FLOAT32, bytes -> bytes.asFloatBuffer().get(array));
        return array;
    }

    /** The elements as float64, row-major. */
    public final double[] toDoubleArray() {
        var array = new double[Math.toIntExact(numel())];
        read(DType.FLOAT64, bytes -> bytes.asDoubleBuffer().get(array));
        return array;
    }

    /** The elements as int64, row-major. */
    public final long[] toLongArray() {
        var array = new long[Math.toIntExact(numel())];
        read(DType.INT64, bytes -> bytes.asLongBuffer().get(array));
        return array;
    }

    /** The elements as bytes, row-major; for uint8, int8 and bool. */
    public final byte[] toByteArray() {
        if (dtype().bytes() != 1) {
            throw new TensorException("toByteArray: expected uint8, int8 or bool, got " + describe());
        }
        var array = new byte[Math.toIntExact(numel())];
        read(dtype(), bytes -> bytes.get(array));
        return array;
    }

    private void read(DType as, java.util.function.Consumer<ByteBuffer> reader) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            reader.accept(self().detach().to(Device.CPU).to(as).contiguous().asByteBuffer());
        }
    }

    /** Shape and type in a few words, for messages. */
    final String describe() {
        return shape() + " " + dtype();
    }

    /** Shape, type and, for small tensors, the values. */
    @Override
    public String toString() {
        if (closed) {
            return "Tensor" + shape + " (closed)";
        }
        String text = "Tensor" + shape() + " " + dtype() + (device().equals(Device.CPU) ? "" : " " + device());
        if (numel() <= 16) {
            text += dtype().isFloating() ? " " + Arrays.toString(toFloatArray()) : " " + Arrays.toString(toLongArray());
        }
        return text;
    }
}
