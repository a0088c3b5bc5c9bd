package dev.fovea.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/** Making tensors: constants, random numbers, from Java arrays and buffers, and from several tensors. */
abstract sealed class CreationOps extends LossOps permits Tensor {
    CreationOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    private static Attributes filled(DType type, long[] shape) {
        return Attributes.of("shape", shape, "dtype", type);
    }

    public static Tensor zeros(DType type, Device device, long... shape) {
        return Op.run("zeros", filled(type, shape), () -> torch.zeros(shape, NativeOptions.of(type, device)));
    }

    /** Float32 zeros on the CPU. */
    public static Tensor zeros(long... shape) {
        return zeros(DType.FLOAT32, Device.CPU, shape);
    }

    /** Memory as it is found, whose values mean nothing until they are overwritten; a large one costs nothing before that. */
    public static Tensor empty(DType type, Device device, long... shape) {
        return Op.run("empty", filled(type, shape), () -> torch.empty(shape, NativeOptions.of(type, device), null));
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
                Attributes.of("shape", shape, "value", value, "dtype", type),
                () -> torch.full(shape, new Scalar(value), NativeOptions.of(type, device)));
    }

    /** {@code start, start + step, …} below {@code end}. */
    public static Tensor arange(double start, double end, double step, DType type, Device device) {
        return Op.run(
                "arange",
                Attributes.of("start", start, "end", end, "step", step, "dtype", type),
                () -> torch.arange(
                        new Scalar(start), new Scalar(end), new Scalar(step), NativeOptions.of(type, device)));
    }

    /** {@code count} values from {@code start} to {@code end}, both included. */
    public static Tensor linspace(double start, double end, long count, DType type, Device device) {
        return Op.run(
                "linspace",
                Attributes.of("start", start, "end", end, "count", count, "dtype", type),
                () -> torch.linspace(new Scalar(start), new Scalar(end), count, NativeOptions.of(type, device)));
    }

    /** The identity matrix {@code [n, n]}. */
    public static Tensor eye(long n, DType type, Device device) {
        return Op.run("eye", Attributes.of("n", n, "dtype", type), () -> torch.eye(n, NativeOptions.of(type, device)));
    }

    /** Uniform random numbers in [0, 1), from the generator that {@link Seeds} sets. */
    public static Tensor rand(DType type, Device device, long... shape) {
        return Op.run("rand", filled(type, shape), () -> torch.rand(shape, NativeOptions.of(type, device)));
    }

    /** Standard normal random numbers, from the generator that {@link Seeds} sets. */
    public static Tensor randn(DType type, Device device, long... shape) {
        return Op.run("randn", filled(type, shape), () -> torch.randn(shape, NativeOptions.of(type, device)));
    }

    /** Normal random numbers. */
    public static Tensor normal(double mean, double std, DType type, Device device, long... shape) {
        return Op.run(
                "normal",
                Attributes.of("shape", shape, "mean", mean, "std", std, "dtype", type),
                () -> torch.normal(mean, std, shape, new GeneratorOptional(), NativeOptions.of(type, device)));
    }

    /** Uniform random numbers in {@code [low, high)}. */
    public static Tensor uniform(double low, double high, DType type, Device device, long... shape) {
        return Op.run(
                "uniform", Attributes.of("shape", shape, "low", low, "high", high, "dtype", type), () -> torch.empty(
                                shape, NativeOptions.of(type, device), null)
                        .uniform_(low, high, new GeneratorOptional()));
    }

    /** 1 with a probability, else 0. */
    public static Tensor bernoulli(double probability, DType type, Device device, long... shape) {
        return Op.run("bernoulli", Attributes.of("shape", shape, "p", probability, "dtype", type), () -> torch.empty(
                        shape, NativeOptions.of(type, device), null)
                .bernoulli_(probability, new GeneratorOptional()));
    }

    /** Random integers in {@code [low, high)}, int64. */
    public static Tensor randint(long low, long high, Device device, long... shape) {
        return Op.run(
                "randint",
                Attributes.of("shape", shape, "low", low, "high", high, "dtype", DType.INT64),
                () -> torch.randint(low, high, shape, NativeOptions.of(DType.INT64, device)));
    }

    /** The integers below {@code n} in random order, int64. */
    public static Tensor randperm(long n, Device device) {
        return Op.run(
                "randperm",
                Attributes.of("n", n, "dtype", DType.INT64),
                () -> torch.randperm(n, NativeOptions.of(DType.INT64, device)));
    }

    /** A float32 scalar on the CPU. */
    public static Tensor scalar(double value) {
        return full(value, DType.FLOAT32, Device.CPU);
    }

    /** A copy of the array on the CPU: float32. */
    public static Tensor of(float[] data, long... shape) {
        return constant(
                DType.FLOAT32, data.length, shape, b -> b.asFloatBuffer().put(data), p -> new FloatPointer(p)
                        .put(data));
    }

    /** A copy of the array on the CPU: float64. */
    public static Tensor of(double[] data, long... shape) {
        return constant(
                DType.FLOAT64, data.length, shape, b -> b.asDoubleBuffer().put(data), p -> new DoublePointer(p)
                        .put(data));
    }

    /** A copy of the array on the CPU: int64. */
    public static Tensor of(long[] data, long... shape) {
        return constant(
                DType.INT64, data.length, shape, b -> b.asLongBuffer().put(data), p -> new LongPointer(p).put(data));
    }

    /** A copy of the bytes on the CPU, as uint8, int8 or bool. */
    public static Tensor of(byte[] data, DType type, long... shape) {
        if (type.bytes() != 1) {
            throw new TensorException(
                    "bytes hold uint8, int8 or bool, asked for " + type + "; use wrap for other types");
        }
        return constant(type, data.length, shape, b -> b.put(data), p -> new BytePointer(p).put(data));
    }

    private static Tensor constant(
            DType type, long count, long[] shape, Consumer<ByteBuffer> small, Consumer<Pointer> large) {
        checkCount(count, shape);
        return Op.run("constant", filled(type, shape), () -> {
            var made = torch.empty(shape, NativeOptions.of(type, Device.CPU), null);
            long bytes = count * type.bytes();
            if (bytes <= MAX_BUFFER) {
                small.accept(memory(made, bytes));
            } else {
                large.accept(made.data_ptr());
            }
            return made;
        });
    }

    /**
     * A tensor on the memory of a direct buffer, from its position to its limit, without copying: what is written to one is seen in
     * the other. The buffer's memory stays alive as long as the tensor, a view of it, or a gradient uses it.
     */
    public static Tensor wrap(ByteBuffer buffer, DType type, long... shape) {
        if (!buffer.isDirect() || buffer.order() != ByteOrder.nativeOrder()) {
            throw new TensorException(
                    "wrap: expected a direct buffer in native byte order (ByteBuffer.allocateDirect(n)"
                            + ".order(ByteOrder.nativeOrder())), got " + buffer + " " + buffer.order());
        }
        if (buffer.remaining() % type.bytes() != 0) {
            throw new TensorException(
                    "wrap: " + buffer.remaining() + " bytes are no whole number of " + type + " values");
        }
        checkCount(buffer.remaining() / type.bytes(), shape);
        return Op.run(
                "constant",
                filled(type, shape),
                () -> SharedBuffers.tensor(buffer, NativeOptions.of(type, Device.CPU), shape));
    }

    private static void checkCount(long count, long... shape) {
        long needed = Shape.of(shape).numel();
        if (needed != count) {
            throw new TensorException(
                    "a tensor of shape " + Arrays.toString(shape) + " needs " + needed + " values, got " + count);
        }
    }

    // --- several tensors -------------------------------------------------------------------------------------------

    private static Tensor[] atLeastOne(String operation, List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            throw new TensorException(operation + ": expected at least one tensor, got an empty list");
        }
        return tensors.toArray(new Tensor[0]);
    }

    /** Tensors joined along a dimension they have. */
    public static Tensor cat(List<Tensor> tensors, long dim) {
        var inputs = atLeastOne("cat", tensors);
        return Op.run("cat", Attributes.of("dim", dim), () -> torch.cat(Foreach.vector(tensors), dim), inputs);
    }

    /** Tensors of one shape joined along a new dimension. */
    public static Tensor stack(List<Tensor> tensors, long dim) {
        var inputs = atLeastOne("stack", tensors);
        return Op.run("stack", Attributes.of("dim", dim), () -> torch.stack(Foreach.vector(tensors), dim), inputs);
    }

    /** Sums of products by Einstein's convention, for example {@code "bij,bjk->bik"}. */
    public static Tensor einsum(String equation, Tensor... tensors) {
        return Op.run(
                "einsum",
                Attributes.of("equation", equation),
                () -> torch.einsum(equation, Foreach.vector(List.of(tensors))),
                tensors);
    }

    /** The coordinates of a grid: for n rows of lengths a, b, …, n tensors {@code [a, b, ...]}; the first varies along the first dimension. */
    public static List<Tensor> meshgrid(Tensor... rows) {
        return Op.runMany(
                "meshgrid",
                Attributes.of("indexing", "ij"),
                () -> Foreach.array(torch.meshgrid(Foreach.vector(List.of(rows)), "ij")),
                rows);
    }
}
