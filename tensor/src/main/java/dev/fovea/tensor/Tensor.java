package dev.fovea.tensor;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.global.torch;

/**
 * An n-dimensional array of numbers on a device: the one type that networks compute with. A thin handle on libtorch's tensor.
 *
 * <p>Operations make new tensors (or views on the same memory, where that is said) and never change their inputs, but for those
 * that end in {@code InPlace} and {@link #copyFrom}. Every tensor belongs to the innermost {@link Scope} of its thread and is
 * freed with it. Wrong shapes or types throw {@link TensorException}, whose message names operation and shapes.
 */
public final class Tensor extends NetworkOps {
    static {
        Natives.ensureLoaded();
    }

    Tensor(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    // --- making tensors -------------------------------------------------------------------------------------------

    private static TensorOptions options(DType type, Device device) {
        return new TensorOptions(type.scalarType).device(new org.bytedeco.pytorch.DeviceOptional(device.raw()));
    }

    public static Tensor zeros(DType type, Device device, long... shape) {
        return Op.run("zeros", Attributes.of("shape", shape), () -> torch.zeros(shape, options(type, device)));
    }

    /** Float32 zeros on the CPU. */
    public static Tensor zeros(long... shape) {
        return zeros(DType.FLOAT32, Device.CPU, shape);
    }

    public static Tensor ones(DType type, Device device, long... shape) {
        return full(1, type, device, shape);
    }

    /** Float32 ones on the CPU. */
    public static Tensor ones(long... shape) {
        return ones(DType.FLOAT32, Device.CPU, shape);
    }

    public static Tensor full(double value, DType type, Device device, long... shape) {
        return Op.run(
                "full",
                Attributes.of("shape", shape, "value", value),
                () -> torch.full(shape, new Scalar(value), options(type, device)));
    }

    /** {@code start, start + step, …} below {@code end}. */
    public static Tensor arange(double start, double end, double step, DType type, Device device) {
        return Op.run(
                "arange",
                Attributes.of("start", start, "end", end, "step", step),
                () -> torch.arange(new Scalar(start), new Scalar(end), new Scalar(step), options(type, device)));
    }

    /** {@code count} values from {@code start} to {@code end}, both included. */
    public static Tensor linspace(double start, double end, long count, DType type, Device device) {
        return Op.run(
                "linspace",
                Attributes.of("start", start, "end", end, "count", count),
                () -> torch.linspace(new Scalar(start), new Scalar(end), count, options(type, device)));
    }

    /** The identity matrix {@code [n, n]}. */
    public static Tensor eye(long n, DType type, Device device) {
        return Op.run("eye", Attributes.of("n", n), () -> torch.eye(n, options(type, device)));
    }

    /** Uniform random numbers in [0, 1), from the generator that {@link Seeds} sets. */
    public static Tensor rand(DType type, Device device, long... shape) {
        return Op.run("rand", Attributes.of("shape", shape), () -> torch.rand(shape, options(type, device)));
    }

    /** Standard normal random numbers, from the generator that {@link Seeds} sets. */
    public static Tensor randn(DType type, Device device, long... shape) {
        return Op.run("randn", Attributes.of("shape", shape), () -> torch.randn(shape, options(type, device)));
    }

    /** Random integers in {@code [low, high)}, int64. */
    public static Tensor randint(long low, long high, Device device, long... shape) {
        return Op.run(
                "randint",
                Attributes.of("shape", shape, "low", low, "high", high),
                () -> torch.randint(low, high, shape, options(DType.INT64, device)));
    }

    /** The integers below {@code n} in random order, int64. */
    public static Tensor randperm(long n, Device device) {
        return Op.run("randperm", Attributes.of("n", n), () -> torch.randperm(n, options(DType.INT64, device)));
    }

    /** A float32 scalar on the CPU. */
    public static Tensor scalar(double value) {
        return full(value, DType.FLOAT32, Device.CPU);
    }

    /** A copy of the array on the CPU. */
    public static Tensor of(float[] data, long... shape) {
        check(data.length, shape);
        return Op.run("constant", Attributes.of("shape", shape), () -> torch.from_blob(
                        new FloatPointer(data), shape, new TensorOptions(torch.ScalarType.Float))
                .clone());
    }

    /** A copy of the array on the CPU. */
    public static Tensor of(double[] data, long... shape) {
        check(data.length, shape);
        return Op.run("constant", Attributes.of("shape", shape), () -> torch.from_blob(
                        new DoublePointer(data), shape, new TensorOptions(torch.ScalarType.Double))
                .clone());
    }

    /** A copy of the array on the CPU. */
    public static Tensor of(long[] data, long... shape) {
        check(data.length, shape);
        return Op.run("constant", Attributes.of("shape", shape), () -> torch.from_blob(
                        new LongPointer(data), shape, new TensorOptions(torch.ScalarType.Long))
                .clone());
    }

    /** A copy of the bytes on the CPU, as uint8, int8 or bool. */
    public static Tensor of(byte[] data, DType type, long... shape) {
        if (type.bytes() != 1) {
            throw new TensorException(
                    "bytes hold uint8, int8 or bool, asked for " + type + "; use wrap for other types");
        }
        check(data.length, shape);
        return Op.run("constant", Attributes.of("shape", shape), () -> torch.from_blob(
                        new BytePointer(data), shape, new TensorOptions(type.scalarType))
                .clone());
    }

    /**
     * A tensor on the memory of a direct buffer, from its position on, without copying: what is written to one is seen in the
     * other. The buffer must stay reachable and unchanged in place as long as the tensor or a view of it is used.
     */
    public static Tensor wrap(ByteBuffer buffer, DType type, long... shape) {
        if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
            throw new TensorException(
                    "wrap: expected a direct buffer in native byte order (ByteBuffer.allocateDirect(n)"
                            + ".order(ByteOrder.nativeOrder())), got " + buffer);
        }
        check(buffer.remaining() / type.bytes(), shape);
        return Op.run(
                "constant",
                Attributes.of("shape", shape),
                () -> torch.from_blob(
                        new Pointer((Buffer) buffer)
                                .getPointer(BytePointer.class)
                                .position(buffer.position()),
                        shape,
                        new TensorOptions(type.scalarType)));
    }

    private static void check(long count, long... shape) {
        long needed = Shape.of(shape).numel();
        if (needed != count) {
            throw new TensorException(
                    "a tensor of shape " + Arrays.toString(shape) + " needs " + needed + " values, got " + count);
        }
    }

    // --- several tensors -------------------------------------------------------------------------------------------

    /** Tensors joined along a dimension they have. */
    public static Tensor cat(List<Tensor> tensors, long dim) {
        return Op.run(
                "cat",
                Attributes.of("dim", dim),
                () -> torch.cat(Foreach.vector(tensors), dim),
                tensors.toArray(new Tensor[0]));
    }

    /** Tensors of one shape joined along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, long dim) {
        return Op.run(
                "stack",
                Attributes.of("dim", dim),
                () -> torch.stack(Foreach.vector(tensors), dim),
                tensors.toArray(new Tensor[0]));
    }

    /** Sums of products by Einstein's convention, for example {@code "bij,bjk->bik"}. */
    public static Tensor einsum(String equation, Tensor... tensors) {
        return Op.run(
                "einsum",
                Attributes.of("equation", equation),
                () -> torch.einsum(equation, Foreach.vector(List.of(tensors))),
                tensors);
    }

    // --- gradients -------------------------------------------------------------------------------------------------

    /** Whether operations on this tensor are recorded for gradients. */
    public boolean requiresGrad() {
        return raw().requires_grad();
    }

    /** Switches recording for gradients on or off for this leaf. */
    public Tensor requiresGrad(boolean required) {
        raw().set_requires_grad(required);
        return this;
    }

    /** Adds the gradients of this scalar to the {@code grad} of every leaf it was computed from. */
    public void backward() {
        if (numel() != 1) {
            throw new TensorException(
                    "backward: expected a scalar loss, got " + describe() + "; reduce it with mean() or sum()");
        }
        Op.runSilently("backward", () -> raw().backward(), this);
    }

    /** The gradient that {@link #backward} left here; a new handle on the same memory. */
    public Optional<Tensor> grad() {
        try (var gradient = raw().grad()) {
            if (!gradient.defined()) {
                return Optional.empty();
            }
        }
        return Optional.of(Op.run("grad_of", Attributes.NONE, () -> Op.handle(raw().grad()), this));
    }

    /** Forgets the gradient and frees its memory. */
    public void clearGrad() {
        Op.runSilently("clear_grad", () -> {
            if (raw().grad().defined()) {
                raw().mutable_grad().reset();
            }
        });
    }

    /**
     * Calls {@code listener} with the gradient of this tensor when backward computes it; what it returns takes the gradient's place.
     * The result must be closed when no longer needed, and must stay reachable until backward has run.
     */
    public AutoCloseable onGrad(UnaryOperator<Tensor> listener) {
        var hook = new TensorTensorHook() {
            @Override
            public TensorBase call(TensorBase gradient) {
                var own = new org.bytedeco.pytorch.Tensor(gradient);
                own.retainReference();
                return listener.apply(new Tensor(own)).raw();
            }
        };
        raw().register_hook(hook);
        return hook;
    }
}
