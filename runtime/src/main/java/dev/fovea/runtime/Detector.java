package dev.fovea.runtime;

import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import dev.fovea.vision.Tiles;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.Warp;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Finds objects in pictures with a network from an ONNX file. One object serves any number of threads; it holds native memory and is closed
 * when it is no longer needed.
 *
 * <pre>{@code
 * try (var detector = Detector.load(Path.of("cells.onnx"))) {
 *     var image = new ImageReader().read(Path.of("smear.jpg"));
 *     for (var object : detector.detect(image).items()) {
 *         System.out.println(object.label() + " " + object.score() + " " + object.box());
 *     }
 * }
 * }</pre>
 *
 * <p>Boxes are in pixels of the picture as it was given. How the graph's outputs become boxes says its {@link BoxDecoding}.
 */
public final class Detector implements Network {
    private static final int BOX = 4;

    private final PictureRunner runner;
    private final ModelMetadata metadata;
    private final BoxDecoding decoding;
    private final BoxDecoder decoder;
    private final List<Label> labels;

    Detector(NetworkFile opened, RuntimeOptions options) throws ModelException {
        opened.requireTask(ModelMetadata.DETECT, "finding objects");
        var graph = opened.graph();
        this.metadata = opened.metadata();
        this.decoding = metadata.boxes()
                .orElseThrow(
                        () -> new ModelException(graph.file() + " does not say how its outputs become boxes; describe"
                                + " it under 'detector' in a file beside it"));
        var outputs = outputs(graph, decoding.form());
        this.labels = opened.labels(classes(graph, decoding.form(), outputs));
        this.decoder = new BoxDecoder(decoding.form(), metadata.activation(), labels);
        boolean single = isFlat(decoding.form(), outputs) && !hasPictures(decoding.form());
        if (single && graph.input().batch() > 1) {
            throw new ModelException(
                    graph.file() + " gives the objects of " + graph.input().batch()
                            + " pictures without saying whose they are; it needs an output of the pictures' numbers");
        }
        this.runner = new PictureRunner(
                graph,
                new ImageInput(graph, metadata.preprocessing()),
                outputs.stream().map(Graph.Output::name).toList(),
                single ? (batch, picture, slots) -> batch : parts(decoding.form()),
                single ? options.withMaxBatch(1) : options);
    }

    /** Loads a file with {@link RuntimeOptions#DEFAULT}. */
    public static Detector load(Path file) throws IOException {
        return load(file, RuntimeOptions.DEFAULT);
    }

    /**
     * Loads a file, and what stands in a {@link Description} beside it.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws ModelException if it is no detector that can be used, or says too little of itself
     * @throws IllegalArgumentException if ONNX Runtime was not built for the provider
     */
    public static Detector load(Path file, RuntimeOptions options) throws IOException {
        return NetworkFile.open(file, options, opened -> new Detector(opened, options));
    }

    // --- what the graph must give ----------------------------------------------------------------------------------

    private static List<Graph.Output> outputs(Graph graph, BoxForm form) throws ModelException {
        if (form instanceof BoxForm.Dense dense) {
            return List.of(ranked(graph, dense.boxes(), List.of(3)), ranked(graph, dense.scores(), List.of(3)));
        }
        if (form instanceof BoxForm.Chosen chosen) {
            var outputs = new ArrayList<>(List.of(
                    ranked(graph, chosen.boxes(), List.of(2, 3)),
                    ranked(graph, chosen.scores(), List.of(1, 2)),
                    ranked(graph, chosen.labels(), List.of(1, 2))));
            if (chosen.pictures().isPresent()) {
                outputs.add(ranked(graph, chosen.pictures().get(), List.of(1)));
            }
            return outputs;
        }
        var yolox = (BoxForm.Yolox) form;
        var output = yolox.output().isPresent() ? graph.named(yolox.output().get()) : graph.first();
        return List.of(ranked(graph, output.name(), List.of(3)));
    }

    private static Graph.Output ranked(Graph graph, String name, List<Integer> ranks) throws ModelException {
        var output = graph.named(name);
        if (!ranks.contains(output.shape().size())) {
            throw new ModelException(graph.file() + ": its output '" + name + "' has the shape " + output.shape()
                    + ", expected " + ranks + " dimensions");
        }
        return output;
    }

    /** How many classes the graph tells apart; -1 where it does not say. */
    private static int classes(Graph graph, BoxForm form, List<Graph.Output> outputs) throws ModelException {
        if (!(form instanceof BoxForm.Yolox)) {
            int numbers = last(outputs.get(0));
            if (numbers > 0 && numbers != BOX) {
                throw new ModelException(graph.file() + ": its output '"
                        + outputs.get(0).name() + "' has " + numbers + " numbers for a box, expected 4");
            }
            return form instanceof BoxForm.Dense ? last(outputs.get(1)) : -1;
        }
        int width = last(outputs.get(0));
        if (width > 0 && width < BOX + 2) {
            throw new ModelException(
                    graph.file() + ": its output '" + outputs.get(0).name() + "' has " + width
                            + " numbers for a cell, expected 4, objectness and the classes");
        }
        return width < 0 ? -1 : width - BOX - 1;
    }

    private static int last(Graph.Output output) {
        return output.shape().get(output.shape().size() - 1);
    }

    private static boolean isFlat(BoxForm form, List<Graph.Output> outputs) {
        return form instanceof BoxForm.Chosen && outputs.get(0).shape().size() == 2;
    }

    private static boolean hasPictures(BoxForm form) {
        return form instanceof BoxForm.Chosen chosen && chosen.pictures().isPresent();
    }

    private static PictureRunner.Parts parts(BoxForm form) {
        return hasPictures(form) ? Detector::ofPicture : PictureRunner.Parts.ROWS;
    }

    /** The rows whose number in the last output is that of a picture. */
    private static List<Values> ofPicture(List<Values> batch, int picture, int slots) {
        var numbers = batch.get(batch.size() - 1);
        int[] rows = IntStream.range(0, numbers.count())
                .filter(row -> numbers.integer(row) == picture)
                .toArray();
        return batch.stream().map(values -> values.selected(rows)).toList();
    }

    // --- finding ---------------------------------------------------------------------------------------------------

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

    /** Which boxes are kept unless told otherwise. */
    public BoxSelection selection() {
        return decoding.selection();
    }

    /**
     * The objects in an image of any size, best first.
     *
     * @throws IllegalStateException if this is closed
     * @throws QueueFullException if pictures are gathered and too many wait
     */
    public Detections detect(Image image) {
        return detect(image, selection());
    }

    /** The same with another selection. */
    public Detections detect(Image image, BoxSelection selection) {
        return runner.gathers()
                ? NetworkResults.await(submit(image, selection))
                : detect(List.of(image), selection).get(0);
    }

    /** The objects in images of any sizes, in their order; they run in batches of at most {@link RuntimeOptions#maxBatch}. */
    public List<Detections> detect(List<Image> images, BoxSelection selection) {
        var runs = runner.run(images);
        var found = new ArrayList<Detections>(images.size());
        for (int i = 0; i < images.size(); i++) {
            found.add(decode(runs.get(i), images.get(i).size(), selection));
        }
        return found;
    }

    /**
     * The objects in a large image that is looked at tile by tile, so that small objects are not lost when it is shrunk to the network's
     * input.
     */
    public Detections detect(Image image, Tiles tiles, BoxSelection selection) {
        return tiles.detect(image, parts -> detect(parts, selection)).top(selection.most());
    }

    @Override
    public CompletableFuture<Detections> submit(Image image) {
        return submit(image, selection());
    }

    /** As {@link #submit(Image)} with another selection. */
    public CompletableFuture<Detections> submit(Image image, BoxSelection selection) {
        var size = image.size();
        return NetworkResults.mapped(runner.submit(image), values -> decode(values, size, selection));
    }

    private Detections decode(List<Values> values, Size original, BoxSelection selection) {
        Warp input = metadata.preprocessing()
                .map(p -> p.resize().warp(original))
                .orElseGet(() -> Warp.stretch(original, original));
        return decoder.decode(values, original, input, selection);
    }

    @Override
    public int waiting() {
        return runner.waiting();
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

    @Override
    public void close() {
        runner.close();
    }
}
