package dev.fovea.nn.layer;

/** Which values of a map one output of a convolution sees: the kernel's form and how it moves; immutable. */
public record ConvWindow(
        int kernelHeight,
        int kernelWidth,
        int strideHeight,
        int strideWidth,
        int paddingHeight,
        int paddingWidth,
        int dilation) {
    public ConvWindow {
        if (kernelHeight < 1 || kernelWidth < 1 || strideHeight < 1 || strideWidth < 1 || dilation < 1) {
            throw new IllegalArgumentException("kernel, stride and dilation must be at least 1; got kernel="
                    + kernelHeight + "x" + kernelWidth + ", stride=" + strideHeight + "x" + strideWidth
                    + ", dilation=" + dilation);
        }
        if (paddingHeight < 0 || paddingWidth < 0) {
            throw new IllegalArgumentException("padding must be 0 or more, got " + paddingHeight + "x" + paddingWidth);
        }
    }

    /** A kernel that moves by 1, without padding. */
    public static ConvWindow of(int kernelHeight, int kernelWidth) {
        return new ConvWindow(kernelHeight, kernelWidth, 1, 1, 0, 0, 1);
    }

    public ConvWindow stride(int height, int width) {
        return new ConvWindow(kernelHeight, kernelWidth, height, width, paddingHeight, paddingWidth, dilation);
    }

    public ConvWindow padding(int height, int width) {
        return new ConvWindow(kernelHeight, kernelWidth, strideHeight, strideWidth, height, width, dilation);
    }

    public ConvWindow dilation(int newDilation) {
        return new ConvWindow(
                kernelHeight, kernelWidth, strideHeight, strideWidth, paddingHeight, paddingWidth, newDilation);
    }

    public long[] strides() {
        return new long[] {strideHeight, strideWidth};
    }

    public long[] paddings() {
        return new long[] {paddingHeight, paddingWidth};
    }

    public long[] dilations() {
        return new long[] {dilation, dilation};
    }

    /** The channel counts that groups allow. */
    static void checkChannels(int in, int out, int groups) {
        if (in < 1 || out < 1) {
            throw new IllegalArgumentException(
                    "a convolution needs at least 1 channel in and out; got in=" + in + ", out=" + out);
        }
        if (groups < 1 || in % groups != 0 || out % groups != 0) {
            throw new IllegalArgumentException("groups must divide both channel counts; got in=" + in + ", out=" + out
                    + ", groups=" + groups + "; use a common divisor of " + in + " and " + out);
        }
    }
}
