package dev.fovea.runtime;

import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;

/**
 * Tells what is in pictures with a network from an ONNX file. One object serves any number of threads; it holds native memory and is closed
 * when it is no longer needed.
 *
 * <pre>{@code
 * try (var classifier = Classifier.load(Path.of("birds.onnx"))) {
 *     var image = new ImageReader().read(Path.of("garden.jpg"));
 *     for (var score : classifier.predict(image).top(5)) {
 *         System.out.println(score.label() + " " + score.score());
 *     }
 * }
 * }</pre>
 *
 * <p>Pictures are prepared exactly as in training's evaluation, by what the file says of itself ({@link ModelMetadata}) or by a
 * {@link Description} where it says nothing.
 */
public final class Classifier implements AutoCloseable {
    private final Graph graph;
    private final ModelMetadata metadata;
    private final ImageInput input;
    private final Graph.Output output;
    private final Optional<Graph.Output> embedding;
    private final List<Label> labels;
    private final int maxBatch;
    private final Optional<Batcher<float[]>> batcher;
    private volatile BatchObserver observer = (pictures, time) -> {};

    /** Hears of batches. */
    @FunctionalInterface
    public interface BatchObserver {
        /** So many pictures ran together, in this time. */
        void batch(int pictures, Duration time);
    }

    private Classifier(Graph graph, ModelMetadata metadata, Description description, RuntimeOptions options)
            throws ModelException {
        this.graph = graph;
        this.metadata = metadata;
        if (!metadata.task().equals(ModelMetadata.CLASSIFY)) {
            throw new ModelException(
                    graph.file() + " is made for the task '" + metadata.task() + "', not for classification");
        }
        this.input = new ImageInput(graph, metadata.preprocessing());
        this.output = description.output().isPresent()
                ? named(graph, description.output().get())
                : graph.output(ModelMetadata.LOGITS).orElse(graph.first());
        this.embedding = description.embedding().isPresent()
                ? Optional.of(named(graph, description.embedding().get()))
                : graph.output(ModelMetadata.EMBEDDING);
        this.labels = labels(metadata.labels(), output.width());
        int fixed = graph.input().batch();
        this.maxBatch = fixed > 0 ? fixed : options.maxBatch();
        this.batcher = options.batching()
                .map(b -> new Batcher<>("fovea-batches-" + graph.file().getFileName(), maxBatch, b, this::runGathered));
    }

    /** Loads a file with {@link RuntimeOptions#DEFAULT}. */
    public static Classifier load(Path file) throws IOException {
        return load(file, RuntimeOptions.DEFAULT);
    }

    /**
     * Loads a file, and what stands in a {@link Description} beside it.
     *
     * @throws NoSuchFileException if there is none
     * @throws ModelException if it is no classifier that can be used, or says too little of itself
     * @throws IllegalArgumentException if ONNX Runtime was not built for the provider
     */
    public static Classifier load(Path file, RuntimeOptions options) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        var description = options.description().orElse(Description.NONE).or(Description.beside(file));
        var graph = Graph.open(file, options);
        try {
            var entries = new LinkedHashMap<>(graph.metadata());
            entries.putAll(description.entries());
            return new Classifier(graph, ModelMetadata.ofMap(entries), description, options);
        } catch (IllegalArgumentException e) { // of metadata that contradicts itself or the graph
            graph.close();
            String message = e.getMessage().startsWith(file.toString()) ? e.getMessage() : file + ": " + e.getMessage();
            throw new ModelException(message, e);
        } catch (IOException | RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    private static Graph.Output named(Graph graph, String name) throws ModelException {
        return graph.output(name).orElseThrow(() -> new ModelException(graph.file() + " has no output '" + name + "'"));
    }

    private List<Label> labels(List<String> names, int classes) throws ModelException {
        if (classes > 0 && !names.isEmpty() && names.size() != classes) {
            throw new ModelException(graph.file() + " tells " + classes + " classes apart, but " + names.size()
                    + " names are given; give one name for each class, in order");
        }
        return names.isEmpty()
                ? numbered(Math.max(0, classes))
                : IntStream.range(0, names.size())
                        .mapToObj(i -> new Label(i, names.get(i)))
                        .toList();
    }

    private static List<Label> numbered(int classes) {
        return IntStream.range(0, classes)
                .mapToObj(i -> new Label(i, Integer.toString(i)))
                .toList();
    }

    /** What the file says of itself, completed by its description. */
    public ModelMetadata metadata() {
        return metadata;
    }

    /** The classes in the order of the output; numbers where their names are not known. */
    public List<Label> labels() {
        return labels;
    }

    /** The size of the network's input; empty where the graph takes pictures of any size. */
    public Optional<Size> inputSize() {
        return metadata.preprocessing().map(Preprocessing::size);
    }

    /**
     * The classes of an image of any size, best first.
     *
     * @throws IllegalStateException if this is closed
     * @throws QueueFullException if pictures are gathered and too many wait
     */
    public Classification predict(Image image) {
        if (batcher.isEmpty()) {
            return predict(List.of(image)).get(0);
        }
        try {
            return submit(image).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** The classes of images of any sizes, in their order; they run in batches of at most {@link RuntimeOptions#maxBatch}. */
    public List<Classification> predict(List<Image> images) {
        return run(images, output).stream().map(this::classification).toList();
    }

    /**
     * The classes of an image as soon as it is computed, together with those of other callers if pictures are gathered
     * ({@link RuntimeOptions#withBatching}). The image is prepared in the calling thread. Who no longer wants the result cancels it, which
     * saves the run.
     *
     * @throws QueueFullException if too many wait
     */
    public CompletableFuture<Classification> submit(Image image) {
        if (batcher.isEmpty()) {
            return CompletableFuture.completedFuture(predict(image));
        }
        var row = batcher.get().submit(input.prepare(image));
        var result = row.thenApply(this::classification);
        var unused = result.whenComplete((classification, failure) -> {
            if (result.isCancelled()) {
                row.cancel(false);
            }
        });
        return result;
    }

    /** How many pictures wait for a batch. */
    public int waiting() {
        return batcher.map(Batcher::waiting).orElse(0);
    }

    /** Whether the file can embed. */
    public boolean embeds() {
        return embedding.isPresent();
    }

    /**
     * What the network's last layer sees of an image: a vector whose neighbours look alike to the network.
     *
     * @throws UnsupportedOperationException if the file has no such output
     */
    public float[] embed(Image image) {
        return embed(List.of(image)).get(0);
    }

    /** The vectors of several images, see {@link #embed(Image)}. */
    public List<float[]> embed(List<Image> images) {
        return run(
                images,
                embedding.orElseThrow(() -> new UnsupportedOperationException(graph.file() + " has no output '"
                        + ModelMetadata.EMBEDDING + "'; export it with one, or name another in its description")));
    }

    private List<float[]> run(List<Image> images, Graph.Output wanted) {
        var rows = new ArrayList<float[]>(images.size());
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
                rows.addAll(run(buffer.bytes(), batch.size(), slots, size, wanted));
            }
            from = to;
        }
        return rows;
    }

    /** How many pictures must run for so many: more only where the graph has a fixed batch. */
    private int slots(int pictures) {
        return Math.max(pictures, graph.input().batch());
    }

    /** What goes into the graph and comes out of it, for callers that bring tensors instead of pictures. */
    public Signature signature() {
        return graph.signature();
    }

    /**
     * One picture that is already in the graph's layout ({@link #signature}), gathered with those of other callers.
     *
     * @param values {@code C * H * W} floats or bytes in the machine's byte order, from position to limit
     * @param height of the picture, as the graph sees it
     * @param width of the picture, as the graph sees it
     * @return the row of the classes' output as the graph gives it, without activation
     * @throws IllegalArgumentException if the graph does not take this size, or the values are not as many
     * @throws QueueFullException if too many wait
     */
    public CompletableFuture<float[]> submitTensor(ByteBuffer values, int height, int width) {
        var image = input.copy(values, height, width);
        if (batcher.isPresent()) {
            return batcher.get().submit(image);
        }
        try (image) {
            return CompletableFuture.completedFuture(runGathered(List.of(image)).get(0));
        }
    }

    /**
     * Pictures that are already in the graph's layout, at once in the calling thread.
     *
     * @param values as for {@link #submitTensor}, one picture after the other
     * @param wanted which outputs of the {@link #signature}
     * @return for each of them {@code [N, width]}, row by row
     * @throws IllegalArgumentException if the graph has no such output or takes no such pictures
     */
    public List<float[]> runTensor(ByteBuffer values, int pictures, int height, int width, List<String> wanted) {
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

    /** The name of the classes' output. */
    public String output() {
        return output.name();
    }

    /** Has every batch that runs from now on told to somebody, in the thread that ran it. */
    public void observe(BatchObserver newObserver) {
        observer = newObserver;
    }

    private List<float[]> runGathered(List<PreparedImage> images) {
        PreparedImage first = images.get(0);
        var size = new Size(first.height(), first.width());
        int slots = slots(images.size());
        if (slots == 1) {
            return run(first.buffer().bytes(), 1, 1, size, output);
        }
        try (var buffer = input.take(slots, size)) {
            ByteBuffer bytes = buffer.bytes();
            images.forEach(image -> bytes.put(image.buffer().bytes()));
            return run(bytes.rewind(), images.size(), slots, size, output);
        }
    }

    private List<float[]> run(ByteBuffer bytes, int pictures, int slots, Size size, Graph.Output wanted) {
        long[] shape = graph.input().shape(slots, input.channels(), size.height(), size.width());
        bytes.limit(Math.toIntExact(slots * input.bytes(size)));
        long begin = System.nanoTime();
        float[] values = graph.run(bytes, shape, List.of(wanted.name())).get(0);
        observer.batch(pictures, Duration.ofNanos(System.nanoTime() - begin));
        int width = values.length / slots;
        return IntStream.range(0, pictures)
                .mapToObj(i -> Arrays.copyOfRange(values, i * width, (i + 1) * width))
                .toList();
    }

    private Classification classification(float[] logits) {
        float[] scores = logits.clone();
        metadata.activation().apply(scores, 0, scores.length);
        List<Label> names = labels.isEmpty() ? numbered(scores.length) : labels;
        if (names.size() != scores.length) {
            throw new IllegalStateException(graph.file() + " gave " + scores.length + " numbers for a picture, but "
                    + names.size() + " classes are named");
        }
        return new Classification(names.stream()
                .map(label -> new Classification.Score(label, scores[label.index()]))
                .sorted(Comparator.comparingDouble(Classification.Score::score).reversed())
                .toList());
    }

    /** Finishes what runs or waits, then frees the network. */
    @Override
    public void close() {
        batcher.ifPresent(Batcher::close);
        graph.close();
        input.close();
    }
}
