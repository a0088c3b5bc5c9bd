package dev.fovea.runtime;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Runs pictures through a graph, whatever the task: prepares them, gathers them to batches, and gives each picture its part of the outputs.
 * Serves any number of threads.
 */
final class PictureRunner implements AutoCloseable {
    private final Graph graph;
    private final ImageInput input;
    private final List<String> outputs;
    private final Parts parts;
    private final int maxBatch;
    private final Optional<Batcher<List<Values>>> batcher;
    private volatile Network.BatchObserver observer = (pictures, time) -> {};

    /** How the outputs of a batch are divided among its pictures. */
    @FunctionalInterface
    interface Parts {
        /** One row of the first dimension for each picture. */
        Parts ROWS = (batch, picture, slots) ->
                batch.stream().map(v -> v.part(picture, slots)).toList();

        /** What belongs to a picture of a batch of {@code slots}. */
        List<Values> of(List<Values> batch, int picture, int slots);
    }

    /**
     * Takes a graph over.
     *
     * @param outputs what every picture is run for
     * @param parts how they are divided
     */
    PictureRunner(Graph graph, ImageInput input, List<String> outputs, Parts parts, RuntimeOptions options) {
        this.graph = graph;
        this.input = input;
        this.outputs = List.copyOf(outputs);
        this.parts = parts;
        int fixed = graph.input().batch();
        this.maxBatch = fixed > 0 ? fixed : options.maxBatch();
        this.batcher = options.batching()
                .map(b -> new Batcher<>("fovea-batches-" + graph.file().getFileName(), maxBatch, b, this::runGathered));
    }

    Graph graph() {
        return graph;
    }

    /** What {@link #submit} and {@link #submitTensor} give, in this order. */
    List<String> outputs() {
        return outputs;
    }

    boolean gathers() {
        return batcher.isPresent();
    }

    int waiting() {
        return batcher.map(Batcher::waiting).orElse(0);
    }

    void observe(Network.BatchObserver newObserver) {
        observer = newObserver;
    }

    /** The usual outputs for images of any sizes, in their order. */
    List<List<Values>> run(List<Image> images) {
        return run(images, outputs, parts);
    }

    List<List<Values>> run(List<Image> images, List<String> wanted, Parts division) {
        var rows = new ArrayList<List<Values>>(images.size());
        int from = 0;
        while (from < images.size()) {
            Size size = input.size(images.get(from));
            int to = from + 1;
            while (to < images.size()
                    && to - from < maxBatch
                    && input.size(images.get(to)).equals(size)) {
                to++;
            }
            var batch = images.subList(from, to);
            int slots = slots(batch.size());
            try (var buffer = input.take(slots, size)) {
                input.write(batch, buffer.bytes());
                rows.addAll(run(buffer.bytes(), batch.size(), slots, size, wanted, division));
            }
            from = to;
        }
        return rows;
    }

    /** How many pictures must run for so many: more only where the graph has a fixed batch. */
    private int slots(int pictures) {
        return Math.max(pictures, graph.input().batch());
    }

    /** The usual outputs for an image as soon as they are computed; it is prepared in the calling thread. */
    CompletableFuture<List<Values>> submit(Image image) {
        return batcher.isEmpty()
                ? CompletableFuture.completedFuture(run(List.of(image)).get(0))
                : batcher.get().submit(input.prepare(image));
    }

    /** The same for a picture that is already in the graph's layout. */
    CompletableFuture<List<Values>> submitTensor(ByteBuffer values, int height, int width) {
        var image = input.copy(values, height, width);
        if (batcher.isPresent()) {
            return batcher.get().submit(image);
        }
        try (image) {
            return CompletableFuture.completedFuture(runGathered(List.of(image)).get(0));
        }
    }

    /** Pictures that are already in the graph's layout, at once in the calling thread: what the graph gives for all of them. */
    List<Values> runTensor(ByteBuffer values, int pictures, int height, int width, List<String> wanted) {
        for (String name : wanted) {
            if (graph.output(name).isEmpty()) {
                throw new IllegalArgumentException(graph.file() + " has no output '" + name + "'");
            }
        }
        int fixed = graph.input().batch();
        if (pictures < 1 || (fixed > 0 && fixed != pictures)) {
            throw new IllegalArgumentException(
                    "the network takes " + (fixed > 0 ? fixed : "1 or more") + " pictures, got " + pictures);
        }
        long needed = pictures * input.checkedBytes(height, width);
        if (values.remaining() != needed) {
            throw new IllegalArgumentException(pictures + " pictures of " + width + "x" + height + " have " + needed
                    + " bytes here, got " + values.remaining());
        }
        var size = new Size(height, width);
        try (var buffer = input.take(pictures, size)) {
            var bytes = buffer.bytes();
            bytes.put(values.duplicate()).flip();
            return graph.run(bytes, graph.input().shape(pictures, input.channels(), height, width), wanted);
        }
    }

    private List<List<Values>> runGathered(List<PreparedImage> images) {
        PreparedImage first = images.get(0);
        var size = new Size(first.height(), first.width());
        int slots = slots(images.size());
        if (slots == 1) {
            return run(first.buffer().bytes(), 1, 1, size, outputs, parts);
        }
        try (var buffer = input.take(slots, size)) {
            ByteBuffer bytes = buffer.bytes();
            images.forEach(image -> bytes.put(image.buffer().bytes()));
            return run(bytes.rewind(), images.size(), slots, size, outputs, parts);
        }
    }

    private List<List<Values>> run(
            ByteBuffer bytes, int pictures, int slots, Size size, List<String> wanted, Parts division) {
        long[] shape = graph.input().shape(slots, input.channels(), size.height(), size.width());
        bytes.limit(Math.toIntExact(slots * input.bytes(size)));
        long begin = System.nanoTime();
        var batch = graph.run(bytes, shape, wanted);
        observer.batch(pictures, Duration.ofNanos(System.nanoTime() - begin));
        return IntStream.range(0, pictures)
                .mapToObj(i -> division.of(batch, i, slots))
                .toList();
    }

    /** Finishes what runs or waits, then frees the network. */
    @Override
    public void close() {
        batcher.ifPresent(Batcher::close);
        graph.close();
        input.close();
    }
}
