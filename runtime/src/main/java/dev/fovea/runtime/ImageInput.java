package dev.fovea.runtime;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Preprocessing;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** From images to the memory that a graph reads: prepared planes of floats, or plain pixels where the graph prepares. */
final class ImageInput implements AutoCloseable {
    private final Graph.Input input;
    private final Optional<Preprocessing> preprocessing;
    private final int channels;
    private final InputBuffers buffers = new InputBuffers();

    /** The preprocessing may be missing only where the graph takes pixels of any size. */
    ImageInput(Graph graph, Optional<Preprocessing> preprocessing) throws ModelException {
        this.input = graph.input();
        boolean free = input.layout() == Graph.Layout.PIXELS && input.height() < 0 && input.width() < 0;
        if (preprocessing.isEmpty() && !free) {
            throw new ModelException(
                    graph.file() + " does not say how pictures are prepared for it; give resize, mean and"
                            + " std by options or in a file beside it ("
                            + graph.file().getFileName().toString().replaceFirst("\\.onnx$", "") + ".yaml)");
        }
        this.preprocessing = free ? Optional.empty() : preprocessing;
        this.channels = preprocessing.map(Preprocessing::channels).orElse(input.channels() < 0 ? 3 : input.channels());
        this.preprocessing.ifPresent(p -> check(graph, p));
        if (input.channels() > 0 && input.channels() != channels) {
            throw new ModelException(graph.file() + ": its input has " + input.channels()
                    + " channels, but mean and std are for " + channels);
        }
    }

    private void check(Graph graph, Preprocessing p) {
        Size size = p.size();
        if ((input.height() > 0 && input.height() != size.height())
                || (input.width() > 0 && input.width() != size.width())) {
            throw new IllegalArgumentException(graph.file() + ": its input is " + input.width() + "x" + input.height()
                    + ", but the resize policy '" + p.resize() + "' makes pictures of " + size);
        }
    }

    int channels() {
        return channels;
    }

    /** The size that an image has in the graph. */
    Size size(Image image) {
        return preprocessing.map(Preprocessing::size).orElse(image.size());
    }

    /** Memory for so many pictures of one size, or some more: few sizes are asked for, so that they are used again. */
    InputBuffers.Buffer take(int pictures, Size size) {
        int rounded = pictures == 1 ? 1 : Integer.highestOneBit(pictures - 1) * 2;
        return buffers.take(rounded * bytes(size));
    }

    /** Of a picture. */
    long bytes(Size size) {
        return size.area() * channels * input.layout().bytes();
    }

    PreparedImage prepare(Image image) {
        Size size = size(image);
        var buffer = take(1, size);
        try {
            write(image, buffer.bytes(), 0);
        } catch (RuntimeException e) {
            buffer.close();
            throw e;
        }
        return new PreparedImage(buffer, channels, size.height(), size.width());
    }

    /** One picture that is in the graph's layout already. */
    PreparedImage copy(ByteBuffer values, int height, int width) {
        long needed = checkedBytes(height, width);
        if (values.remaining() != needed) {
            throw new IllegalArgumentException("a picture of " + width + "x" + height + " with " + channels
                    + " channels has " + needed + " bytes here, got " + values.remaining());
        }
        var buffer = buffers.take(needed);
        buffer.bytes().put(values.duplicate());
        return new PreparedImage(buffer, channels, height, width);
    }

    /** The bytes of a picture of a size that the graph takes. */
    long checkedBytes(int height, int width) {
        if (height < 1
                || width < 1
                || (input.height() > 0 && input.height() != height)
                || (input.width() > 0 && input.width() != width)) {
            throw new IllegalArgumentException("the network takes pictures of "
                    + (input.width() > 0 ? input.width() : "any width") + " x "
                    + (input.height() > 0 ? input.height() : "any height") + ", got " + width + "x" + height);
        }
        return bytes(new Size(height, width));
    }

    /** Prepares images of one size after another into one buffer, on several threads. */
    void write(List<Image> images, ByteBuffer to) {
        if (images.size() == 1) {
            write(images.get(0), to, 0);
        } else {
            IntStream.range(0, images.size()).parallel().forEach(i -> write(images.get(i), to.duplicate(), i));
        }
    }

    private void write(Image image, ByteBuffer to, int index) {
        int length = Math.toIntExact(size(image).area() * channels);
        if (input.layout() == Graph.Layout.PLANES) {
            to.order(ByteOrder.nativeOrder());
            preprocessing.orElseThrow().apply(image, to.asFloatBuffer(), index * length);
        } else {
            var pixels = preprocessing
                    .map(p -> p.apply(image))
                    .orElseGet(() -> image.withChannels(channels))
                    .pixels();
            to.put(index * length, pixels);
        }
    }

    @Override
    public void close() {
        buffers.close();
    }
}
