package dev.fovea.tensor;

import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.global.torch;

/** The handle on a native tensor: what it is, where it is, and its bytes. */
abstract sealed class TensorCore implements AutoCloseable permits ElementwiseOps {
    private static final Cleaner CLEANER = Cleaner.create();
    static final int MAX_BUFFER = Integer.MAX_VALUE - 8;

    /** The scope that frees this handle, or null. Only {@link Scope} writes it. */
    Scope owner;

    private final org.bytedeco.pytorch.Tensor raw;
    private boolean closed;
    private Shape shape;
    private DType dtype;
    private Device device;

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

    /** Where the elements are. */
    public final Device device() {
        if (device == null) {
            try (var d = raw().device()) {
                device = Device.of(d);
            }
        }
        return device;
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
        expectOneElement();
        return raw().item_double();
    }

    /** The single element as a long; waits for the device. */
    public final long itemLong() {
        expectOneElement();
        return raw().item_long();
    }

    private void expectOneElement() {
        if (numel() != 1) {
            throw new TensorException("item: expected a tensor of one element, got " + describe());
        }
    }

    /**
     * A view on the memory of a contiguous CPU tensor, in native byte order; nothing is copied. It must not be used after the
     * tensor was closed, itself or with its scope; outside scopes it keeps the memory alive.
     */
    public final ByteBuffer asByteBuffer() {
        if (device().kind() != Device.Kind.CPU || !isContiguous()) {
            throw new TensorException(
                    "asByteBuffer: expected a contiguous tensor on the cpu, got " + describe() + " on " + device()
                            + (isContiguous() ? "" : ", not contiguous") + "; use to(Device.CPU).contiguous() first");
        }
        long bytes = Math.multiplyExact(numel(), dtype().bytes());
        if (bytes > MAX_BUFFER) {
            throw new TensorException("asByteBuffer: " + describe() + " is over 2 GB; read it in parts with narrow");
        }
        var buffer = memory(raw(), bytes);
        if (owner == null && bytes > 0) {
            var kept = NativeOptions.keep(() -> new org.bytedeco.pytorch.Tensor(raw));
            CLEANER.register(buffer, kept::releaseReference);
        }
        return buffer;
    }

    /** The memory of a contiguous native CPU tensor as a buffer that frees nothing. */
    static ByteBuffer memory(org.bytedeco.pytorch.Tensor contiguous, long bytes) {
        if (bytes == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.nativeOrder());
        }
        var pointer = new BytePointer(contiguous.data_ptr());
        return pointer.capacity(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** The elements as float32, row-major. */
    public final float[] toFloatArray() {
        var array = new float[Math.toIntExact(numel())];
        read(DType.FLOAT32, memory -> new FloatPointer(memory).get(array), b -> b.asFloatBuffer()
                .get(array));
        return array;
    }

    /** The elements as float64, row-major. */
    public final double[] toDoubleArray() {
        var array = new double[Math.toIntExact(numel())];
        read(DType.FLOAT64, memory -> new DoublePointer(memory).get(array), b -> b.asDoubleBuffer()
                .get(array));
        return array;
    }

    /** The elements as int64, row-major; numbers with a fraction are cut towards 0. */
    public final long[] toLongArray() {
        var array = new long[Math.toIntExact(numel())];
        read(DType.INT64, memory -> new LongPointer(memory).get(array), b -> b.asLongBuffer()
                .get(array));
        return array;
    }

    /** The elements as bytes, row-major; for uint8, int8 and bool. */
    public final byte[] toByteArray() {
        if (dtype().bytes() != 1) {
            throw new TensorException("toByteArray: expected uint8, int8 or bool, got " + describe());
        }
        var array = new byte[Math.toIntExact(numel())];
        read(dtype(), memory -> new BytePointer(memory).get(array), b -> b.get(array));
        return array;
    }

    private void read(DType as, Consumer<Pointer> large, Consumer<ByteBuffer> small) {
        Op.runSilently("read", () -> {
            var flat = raw().detach()
                    .to(NativeOptions.device(Device.CPU), as.scalarType)
                    .contiguous();
            long bytes = Math.multiplyExact(numel(), as.bytes());
            if (bytes <= MAX_BUFFER) {
                small.accept(memory(flat, bytes));
            } else {
                large.accept(flat.data_ptr());
            }
        });
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
