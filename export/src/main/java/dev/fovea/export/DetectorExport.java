package dev.fovea.export;

import dev.fovea.export.lower.CannotExportException;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.PlaceScores;
import dev.fovea.models.detect.PlaceSelection;
import dev.fovea.models.detect.Preparation;
import dev.fovea.models.detect.Selection;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Writes a network that finds objects as an ONNX file, checked as {@link OnnxExport} checks.
 *
 * <p>The graph takes {@code input}, float32 {@code [batch, 3, height, width]} of one size, pictures at the top left, and gives one of two forms:
 * {@code boxes} {@code [batch, A, 4]} and {@code scores} {@code [batch, A, C]} of all places ({@link PlaceScores}), or what a selection chose
 * of them: {@code boxes} {@code [batch, M, 4]}, {@code scores}, {@code labels} {@code [batch, M]} and {@code count} {@code [batch]}
 * ({@link PlaceSelection}). A file's metadata says which, and what is left to do.
 */
public final class DetectorExport {
    /** The output of corners in pixels of the input. */
    public static final String BOXES = "boxes";
    /** The output of scores, 0-1. */
    public static final String SCORES = "scores";
    /** The output of classes, of graphs that choose. */
    public static final String LABELS = "labels";
    /** The output of how many objects there are, of graphs that choose. */
    public static final String COUNT = "count";

    private static final List<String> DENSE = List.of(BOXES, SCORES);
    private static final List<String> CHOSEN = List.of(BOXES, SCORES, LABELS, COUNT);
    private static final int LEVELS = 256;
    private static final double LEAST_SPREAD = 0.01;

    private DetectorExport() {}

    /**
     * Exports a network, which must be on the CPU in float32.
     *
     * @param form the size of pictures, and whether the graph chooses
     * @param metadata text entries of the file, see {@link dev.fovea.runtime.ModelMetadata}
     * @param to the file to be written; an old one is replaced
     * @throws CannotExportException if the network does what a graph cannot show; the message names layer and operation
     * @throws IOException if the file cannot be written; nothing is left behind then
     * @throws IllegalStateException if the file's outputs are not the network's; nothing is left behind then
     */
    public static ExportReport export(
            Detector<?> network, DetectorForm form, Map<String, String> metadata, ExportOptions options, Path to)
            throws IOException {
        if (form.chooses()) {
            requireAllChosen(network, form, options);
        }
        return OnnxExport.export(subject(network, form, options), metadata, options, List.of(), to);
    }

    /** On noise a good network finds nothing, and nothing equals nothing: compared is therefore a graph that takes every score. */
    private static void requireAllChosen(Detector<?> network, DetectorForm form, ExportOptions options) {
        var everything = subject(network, form.withSelection(form.selection().withLeastScore(0)), options);
        try (var session = Session.open(OnnxExport.graph(everything, options))) {
            new ExportCheck(everything, options).require(session, ExportCheck.STRICT);
        }
    }

    /** The graph of a network, optimised, without metadata. */
    public static dev.fovea.export.graph.Graph graph(Detector<?> network, DetectorForm form, ExportOptions options) {
        return OnnxExport.graph(subject(network, form, options), options);
    }

    private static Subject subject(Detector<?> network, DetectorForm form, ExportOptions options) {
        if (!network.hasPlaces()) {
            throw new CannotExportException(
                    network.spec().name()
                            + " has no boxes and scores for a fixed number of places, which a graph needs; use it from its run");
        }
        if (!form.chooses() && network.hasBoxOfEachClass()) {
            throw new CannotExportException(network.spec().name()
                    + " has a box for each class of each region; export it so that the graph chooses among them");
        }
        if (form.chooses() && options.weights() != DType.FLOAT32) {
            throw new CannotExportException(network.spec().name()
                    + ": rounded weights change what a graph chooses, so that it cannot be checked; export boxes of all"
                    + " places, or weights in float32");
        }
        if (options.isSizeFree()) {
            throw new CannotExportException(network.spec().name()
                    + " knows where its boxes may lie for one size of picture only; export it without a free size");
        }
        if (options.hasEmbedding()) {
            throw new CannotExportException(network.spec().name() + " has no embedding; only classifiers have one");
        }
        boolean chooses = form.chooses();
        var preparation = network.preparation();
        return new Subject(
                network,
                network.spec().toString(),
                3,
                form.size(),
                1,
                List.of(1, 2), // large pictures and every inner result of them are in memory at once
                chooses ? CHOSEN : DENSE,
                image -> chooses ? chosen(network, image, form.selection()) : dense(network, image),
                (seed, shape) -> picture(preparation, seed, shape),
                chooses ? DetectionComparison::between : DetectorExport::ofPlaces);
    }

    /**
     * The largest deviation of boxes and of scores. Scores are compared in units of at least a hundredth, since a network that has hardly been
     * trained gives nearly the same one everywhere.
     */
    private static Deviation ofPlaces(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var boxes = of(BOXES, expected, actual);
        var scores = of(SCORES, expected, actual);
        return boxes.max(new Deviation(scores.largest(), Math.max(scores.spread(), LEAST_SPREAD)));
    }

    private static Deviation of(String output, Map<String, Tensor> expected, Map<String, Tensor> actual) {
        return Deviation.between(
                expected.get(output).toFloatArray(), actual.get(output).toFloatArray());
    }

    private static List<Tensor> dense(Detector<?> network, Tensor image) {
        var places = network.places(pictures(network, image));
        return List.of(places.boxes(), places.scores());
    }

    private static List<Tensor> chosen(Detector<?> network, Tensor image, Selection selection) {
        var pictures = pictures(network, image);
        var chosen = PlaceSelection.of(network.places(pictures), selection, pictures);
        return List.of(chosen.boxes(), chosen.scores(), chosen.labels(), chosen.counts());
    }

    /** A batch as a graph sees it, which is told no sizes: where padding is zero, it tells where a picture ends. */
    static Pictures pictures(Detector<?> network, Tensor image) {
        return network.preparation().rule() instanceof Preparation.WithinSides
                ? Pictures.endingInZeros(image)
                : Pictures.of(image);
    }

    /** Noise of levels 0-255, prepared as the network's pictures are. */
    private static Tensor picture(Preparation preparation, long seed, long... shape) {
        var random = new Random(seed);
        int plane = Math.toIntExact(shape[2] * shape[3]);
        var values = new float[Math.toIntExact(shape[0] * shape[1] * plane)];
        for (int i = 0; i < values.length; i++) {
            int channel = (int) (i / plane % shape[1]);
            values[i] = (float) ((random.nextInt(LEVELS) * preparation.scale()
                            - preparation.mean().get(channel))
                    / preparation.std().get(channel));
        }
        return Tensor.of(values, shape);
    }

    /** The size of pictures that a network's preparation asks for: that of its square, or one that holds its longest side. */
    public static Size usualSize(Detector<?> network) {
        var preparation = network.preparation();
        var rule = preparation.rule();
        if (rule instanceof Preparation.TopLeft box) {
            return box.size();
        } else if (rule instanceof Preparation.Stretched stretched) {
            return stretched.size();
        }
        int longest = ((Preparation.WithinSides) rule).longest();
        int multiple = preparation.multiple();
        return Size.square((longest + multiple - 1) / multiple * multiple);
    }
}
