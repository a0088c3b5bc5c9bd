package dev.fovea.runtime;

import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Preprocessing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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
public final class Classifier implements Network {
    private final PictureRunner runner;
    private final ModelMetadata metadata;
    private final Optional<String> embedding;
    private final List<Label> labels;

    Classifier(NetworkFile opened, RuntimeOptions options) throws ModelException {
        opened.requireTask(ModelMetadata.CLASSIFY, "classification");
        var graph = opened.graph();
        var description = opened.description();
        this.metadata = opened.metadata();
        var output = description.output().isPresent()
                ? graph.named(description.output().get())
                : graph.output(ModelMetadata.LOGITS).orElse(graph.first());
        this.embedding = (description.embedding().isPresent()
                        ? Optional.of(graph.named(description.embedding().get()))
                        : graph.output(ModelMetadata.EMBEDDING))
                .map(Graph.Output::name);
        this.labels = opened.labels(output.width());
        var input = new ImageInput(graph, metadata.preprocessing());
        this.runner = new PictureRunner(graph, input, List.of(output.name()), PictureRunner.Parts.ROWS, options);
    }

    /** Loads a file with {@link RuntimeOptions#DEFAULT}. */
    public static Classifier load(Path file) throws IOException {
        return load(file, RuntimeOptions.DEFAULT);
    }

    /**
     * Loads a file, and what stands in a {@link Description} beside it.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws ModelException if it is no classifier that can be used, or says too little of itself
     * @throws IllegalArgumentException if ONNX Runtime was not built for the provider
     */
    public static Classifier load(Path file, RuntimeOptions options) throws IOException {
        return NetworkFile.open(file, options, opened -> new Classifier(opened, options));
    }

    @Override
    public ModelMetadata metadata() {
        return metadata;
    }

    @Override
    public List<Label> labels() {
        return labels;
    }

    @Override
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
        return runner.gathers()
                ? NetworkResults.await(submit(image))
                : predict(List.of(image)).get(0);
    }

    /** The classes of images of any sizes, in their order; they run in batches of at most {@link RuntimeOptions#maxBatch}. */
    public List<Classification> predict(List<Image> images) {
        return runner.run(images).stream()
                .map(values -> classification(values.get(0).floats()))
                .toList();
    }

    @Override
    public CompletableFuture<Classification> submit(Image image) {
        return NetworkResults.mapped(
                runner.submit(image), values -> classification(values.get(0).floats()));
    }

    @Override
    public int waiting() {
        return runner.waiting();
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
        String wanted = embedding.orElseThrow(
                () -> new UnsupportedOperationException(runner.graph().file() + " has no output '"
                        + ModelMetadata.EMBEDDING + "'; export it with one, or name another in its description"));
        return runner.run(images, List.of(wanted), PictureRunner.Parts.ROWS).stream()
                .map(values -> values.get(0).floats())
                .toList();
    }

    @Override
    public Signature signature() {
        return runner.graph().signature();
    }

    @Override
    public List<String> outputs() {
        return runner.outputs();
    }

    @Override
    public CompletableFuture<List<Values>> submitTensor(ByteBuffer values, int height, int width) {
        return runner.submitTensor(values, height, width);
    }

    @Override
    public List<Values> runTensor(ByteBuffer values, int pictures, int height, int width, List<String> wanted) {
        return runner.runTensor(values, pictures, height, width, wanted);
    }

    @Override
    public void observe(BatchObserver observer) {
        runner.observe(observer);
    }

    private Classification classification(float[] logits) {
        float[] scores = logits.clone();
        metadata.activation().apply(scores, 0, scores.length);
        List<Label> names = labels.isEmpty() ? NetworkFile.numbered(scores.length) : labels;
        if (names.size() != scores.length) {
            throw new IllegalStateException(runner.graph().file() + " gave " + scores.length
                    + " numbers for a picture, but " + names.size() + " classes are named");
        }
        return new Classification(names.stream()
                .map(label -> new Classification.Score(label, scores[label.index()]))
                .sorted(Comparator.comparingDouble(Classification.Score::score).reversed())
                .toList());
    }

    @Override
    public void close() {
        runner.close();
    }
}
