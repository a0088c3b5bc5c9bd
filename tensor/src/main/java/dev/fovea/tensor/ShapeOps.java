package dev.fovea.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.MemoryFormatOptional;
import org.bytedeco.pytorch.global.torch;

/** Views, order of dimensions, indexing, padding, conversion of type and place. */
abstract sealed class ShapeOps extends ReductionOps permits IndexOps {
    ShapeOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    private Tensor view(String name, Attributes attributes, Op.Kernel kernel) {
        return Op.run(name, attributes, kernel, self());
    }

    /** The same elements in another shape; one length may be -1. Shares memory where it can. */
    public final Tensor reshape(long... dims) {
        return view("reshape", Attributes.of("shape", dims), () -> torch.reshape(raw(), dims));
    }

    /** Dimensions from {@code first} to {@code last} (both included) as one. */
    public final Tensor flatten(long first, long last) {
        return view(
                "flatten", Attributes.of("start_dim", first, "end_dim", last), () -> torch.flatten(raw(), first, last));
    }

    /** The dimensions in another order. */
    public final Tensor permute(long... order) {
        return view("permute", Attributes.of("dims", order), () -> torch.permute(raw(), order));
    }

    /** Two dimensions swapped. */
    public final Tensor transpose(long a, long b) {
        return view("transpose", Attributes.of("dim0", a, "dim1", b), () -> torch.transpose(raw(), a, b));
    }

    /** Without a dimension of length 1. */
    public final Tensor squeeze(long dim) {
        return view("squeeze", Attributes.of("dim", dim), () -> torch.squeeze(raw(), dim));
    }

    /** With a new dimension of length 1. */
    public final Tensor unsqueeze(long dim) {
        return view("unsqueeze", Attributes.of("dim", dim), () -> torch.unsqueeze(raw(), dim));
    }

    /** Dimensions of length 1 stretched without copying; -1 leaves a length as it is. */
    public final Tensor expand(long... dims) {
        return view("expand", Attributes.of("shape", dims), () -> raw().expand(dims));
    }

    /** Repeated along each dimension. */
    public final Tensor repeat(long... times) {
        return view("repeat", Attributes.of("repeats", times), () -> raw().repeat(times));
    }

    /** Each element repeated along a dimension. */
    public final Tensor repeatInterleave(long times, long dim) {
        return view(
                "repeat_interleave",
                Attributes.of("repeats", times, "dim", dim),
                () -> torch.repeat_interleave(raw(), times, new LongOptional(dim), new LongOptional()));
    }

    /** {@code length} entries of a dimension from {@code start} on; shares memory. */
    public final Tensor narrow(long dim, long start, long length) {
        return view(
                "narrow",
                Attributes.of("dim", dim, "start", start, "length", length),
                () -> torch.narrow(raw(), dim, start, length));
    }

    /** Every {@code step}-th entry of a dimension in {@code [start, end)}; shares memory. Negative places count from the end. */
    public final Tensor slice(long dim, long start, long end, long step) {
        return view(
                "slice",
                Attributes.of("dim", dim, "start", start, "end", end, "step", step),
                () -> torch.slice(raw(), dim, new LongOptional(start), new LongOptional(end), step));
    }

    /** One entry of a dimension, which disappears; shares memory. */
    public final Tensor select(long dim, long index) {
        return view("select", Attributes.of("dim", dim, "index", index), () -> torch.select(raw(), dim, index));
    }

    /** Dimensions in reverse order of entries. */
    public final Tensor flip(long... dims) {
        return view("flip", Attributes.of("dims", dims), () -> torch.flip(raw(), dims));
    }

    /** Entries shifted along dimensions; what falls off comes in at the other side. */
    public final Tensor roll(long[] shifts, long... dims) {
        return view("roll", Attributes.of("shifts", shifts, "dims", dims), () -> torch.roll(raw(), shifts, dims));
    }

    /** The lower triangle of the last two dimensions, up to a diagonal; the rest is 0. */
    public final Tensor tril(long diagonal) {
        return view("tril", Attributes.of("diagonal", diagonal), () -> torch.tril(raw(), diagonal));
    }

    /** The upper triangle of the last two dimensions, from a diagonal on; the rest is 0. */
    public final Tensor triu(long diagonal) {
        return view("triu", Attributes.of("diagonal", diagonal), () -> torch.triu(raw(), diagonal));
    }

    /** How {@link #pad} fills the rim. */
    public enum PadMode {
        CONSTANT,
        REFLECT,
        REPLICATE,
        CIRCULAR
    }

    /**
     * A rim around the last dimensions: {@code left, right} of the last one, then {@code top, bottom} of the one before, and so on.
     * Negative widths cut.
     */
    public final Tensor pad(PadMode mode, double value, long... widths) {
        String name = mode.name().toLowerCase(java.util.Locale.ROOT);
        return view(
                "pad",
                Attributes.of("pad", widths, "mode", name, "value", value),
                () -> torch.pad(
                        raw(),
                        widths,
                        name,
                        mode == PadMode.CONSTANT ? new DoubleOptional(value) : new DoubleOptional()));
    }

    /** A rim of zeros. */
    public final Tensor pad(long... widths) {
        return pad(PadMode.CONSTANT, 0, widths);
    }

    /** The same values in another type; this very handle if it has that type already. */
    public final Tensor to(DType type) {
        return dtype() == type ? self() : view("cast", Attributes.of("dtype", type), () -> raw().to(type.scalarType));
    }

    /** The same values on another device; this very handle if it is there already. */
    public final Tensor to(Device device) {
        return device().equals(device)
                ? self()
                : view("to_device", Attributes.of("device", device.toString()), () -> raw().to(
                                NativeOptions.device(device), dtype().scalarType));
    }

    /** Row-major without gaps; this very handle if it is so already. */
    public final Tensor contiguous() {
        return isContiguous() ? self() : view("contiguous", Attributes.NONE, () -> raw().contiguous());
    }

    /** {@code [N, C, H, W]} laid out in memory as {@code [N, H, W, C]}, which convolutions prefer. */
    public final Tensor channelsLast() {
        return isChannelsLast()
                ? self()
                : view("channels_last", Attributes.NONE, () -> raw().contiguous(torch.MemoryFormat.ChannelsLast));
    }

    /** A copy with memory of its own. */
    public final Tensor copy() {
        return view("clone", Attributes.NONE, () -> raw().clone(new MemoryFormatOptional()));
    }

    /** The same values and memory, cut off from gradients. */
    public final Tensor detach() {
        return view("detach", Attributes.NONE, () -> raw().detach());
    }

    /** Without any dimension of length 1. */
    public final Tensor squeeze() {
        return view("squeeze", Attributes.NONE, () -> torch.squeeze(raw()));
    }

    /** One dimension moved to another place, the others in order. */
    public final Tensor moveDim(long from, long to) {
        return view("movedim", Attributes.of("source", from, "destination", to), () -> torch.movedim(raw(), from, to));
    }

    /** One dimension as several; one length may be -1. Shares memory. */
    public final Tensor unflatten(long dim, long... lengths) {
        return view(
                "unflatten", Attributes.of("dim", dim, "lengths", lengths), () -> torch.unflatten(raw(), dim, lengths));
    }
}
