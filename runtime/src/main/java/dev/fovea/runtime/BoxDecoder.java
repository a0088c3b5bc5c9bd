package dev.fovea.runtime;

import dev.fovea.vision.Detections;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Warp;
import java.util.List;

/** Makes objects of what a graph gives for one picture. */
final class BoxDecoder {
    private final BoxForm form;
    private final Activation activation;
    private final List<Label> labels;

    BoxDecoder(BoxForm form, Activation activation, List<Label> labels) {
        this.form = form;
        this.activation = activation;
        this.labels = labels;
    }

    /**
     * Decodes.
     *
     * @param outputs in the order of the form, those of one picture
     * @param original the picture's size
     * @param input the movement of its pixels to the network's input
     */
    Detections decode(List<Values> outputs, Size original, Warp input, BoxSelection selection) {
        var candidates = new BoxCandidates();
        boolean clipFirst = false;
        if (form instanceof BoxForm.Dense dense) {
            dense(dense, outputs, input.size(), selection, candidates);
            clipFirst = dense.clipFirst();
        } else if (form instanceof BoxForm.Chosen chosen) {
            chosen(chosen, outputs, input.size(), selection, candidates);
        } else if (form instanceof BoxForm.Yolox yolox) {
            yolox(yolox, outputs.get(0), input.size(), selection, candidates);
        }
        return candidates.kept(original, input, selection, clipFirst, labels);
    }

    // --- dense -----------------------------------------------------------------------------------------------------

    private void dense(
            BoxForm.Dense dense, List<Values> outputs, Size input, BoxSelection selection, BoxCandidates candidates) {
        float[] boxes = outputs.get(0).floats();
        int places = boxes.length / 4;
        float[] scores = outputs.get(1).floats();
        int classes = places == 0 ? 0 : scores.length / places;
        require(classes * places == scores.length, outputs);
        if (activation != Activation.NONE) {
            scores = scores.clone();
            for (int a = 0; a < places; a++) {
                activation.apply(scores, a * classes, classes);
            }
        }
        for (int place : best(dense, scores, places, classes, selection)) {
            add(boxes, place / classes, dense.coordinates(), input, scores[place], place % classes, candidates);
        }
    }

    /** Places among boxes times classes. */
    private static int[] best(BoxForm.Dense dense, float[] scores, int places, int classes, BoxSelection selection) {
        float least = (float) selection.leastScore();
        var chosen = new BestScores();
        var all = new BestScores();
        switch (dense.share()) {
            case PICTURE -> {
                collect(dense, scores, 0, places, classes, least, chosen);
                return chosen.take(selection.candidates());
            }
            case LEVEL -> {
                int from = 0;
                for (int level : dense.levels()) {
                    collect(dense, scores, from, Math.min(places, from + level), classes, least, chosen);
                    for (int place : chosen.take(selection.candidates())) {
                        all.add(scores[place], place);
                    }
                    from += level;
                }
                if (from != places) {
                    throw new IllegalStateException("the graph gave " + places + " boxes for a picture, but its levels "
                            + dense.levels() + " have " + from + "; correct the description of the detector");
                }
            }
            case CLASS -> {
                for (int c = 0; c < classes; c++) {
                    for (int place = c; place < scores.length; place += classes) {
                        if (scores[place] > least) {
                            chosen.add(scores[place], place);
                        }
                    }
                    for (int place : chosen.take(selection.candidates())) {
                        all.add(scores[place], place);
                    }
                }
            }
        }
        return all.take(Integer.MAX_VALUE);
    }

    private static void collect(
            BoxForm.Dense dense, float[] scores, int from, int to, int classes, float least, BestScores chosen) {
        for (int place = from * classes; place < to * classes; place++) {
            if (dense.bestClass()) {
                int best = best(scores, place, classes);
                if (scores[best] > least) {
                    chosen.add(scores[best], best);
                }
                place += classes - 1;
            } else if (scores[place] > least) {
                chosen.add(scores[place], place);
            }
        }
    }

    private static int best(float[] scores, int from, int classes) {
        int best = from;
        for (int i = from + 1; i < from + classes; i++) {
            if (scores[i] > scores[best]) {
                best = i;
            }
        }
        return best;
    }

    // --- chosen in the graph ---------------------------------------------------------------------------------------

    private static void chosen(
            BoxForm.Chosen chosen, List<Values> outputs, Size input, BoxSelection selection, BoxCandidates candidates) {
        float[] boxes = outputs.get(0).floats();
        float[] scores = outputs.get(1).floats();
        Values classes = outputs.get(2);
        require(boxes.length == 4 * scores.length && classes.count() == scores.length, outputs);
        float least = (float) selection.leastScore();
        for (int i = 0; i < scores.length; i++) {
            int label = classes.integer(i);
            if (scores[i] > least && label >= 0) {
                add(boxes, i, chosen.coordinates(), input, scores[i], label, candidates);
            }
        }
    }

    // --- YOLOX -----------------------------------------------------------------------------------------------------

    private void yolox(
            BoxForm.Yolox yolox, Values output, Size input, BoxSelection selection, BoxCandidates candidates) {
        float[] rows = output.floats();
        int width = output.shape().get(output.shape().size() - 1);
        int cells = yolox.strides().stream()
                .mapToInt(s -> cells(input.height(), s) * cells(input.width(), s))
                .sum();
        if (width < 6 || cells * width != rows.length) {
            throw new IllegalStateException("the graph gave " + output.shape() + " for a picture of " + input
                    + ", but strides of " + yolox.strides() + " have " + cells
                    + " cells; correct the description of the detector");
        }
        var best = new BestScores();
        float[] scores = new float[cells];
        int[] classes = new int[cells];
        float least = (float) selection.leastScore();
        for (int a = 0; a < cells; a++) {
            float objectness = score(rows[a * width + 4]);
            if (objectness <= least) {
                continue; // a class's share is at most 1; most cells are empty and need not be searched for their class
            }
            classes[a] = best(rows, a * width + 5, width - 5);
            scores[a] = objectness * score(rows[classes[a]]);
            if (scores[a] > least) {
                best.add(scores[a], a);
            }
        }
        var map = Cells.of(yolox, input);
        for (int a : best.take(selection.candidates())) {
            float stride = map.stride[a];
            float x = (rows[a * width] + map.x[a]) * stride;
            float y = (rows[a * width + 1] + map.y[a]) * stride;
            float halfWidth = (float) Math.exp(rows[a * width + 2]) * stride / 2;
            float halfHeight = (float) Math.exp(rows[a * width + 3]) * stride / 2;
            candidates.add(
                    x - halfWidth,
                    y - halfHeight,
                    x + halfWidth,
                    y + halfHeight,
                    scores[a],
                    classes[a] - a * width - 5);
        }
    }

    private float score(float value) {
        return activation == Activation.SIGMOID ? (float) (1 / (1 + Math.exp(-value))) : value;
    }

    private static int cells(int side, int stride) {
        return side / stride;
    }

    /** Where each cell lies, counted in cells of its own map. */
    @SuppressWarnings("ArrayRecordComponent") // tables inside one call
    private record Cells(int[] x, int[] y, int[] stride) {
        static Cells of(BoxForm.Yolox yolox, Size input) {
            int count = yolox.strides().stream()
                    .mapToInt(s -> cells(input.height(), s) * cells(input.width(), s))
                    .sum();
            var cells = new Cells(new int[count], new int[count], new int[count]);
            int a = 0;
            for (int stride : yolox.strides()) {
                for (int row = 0; row < cells(input.height(), stride); row++) {
                    for (int column = 0; column < cells(input.width(), stride); column++, a++) {
                        cells.x[a] = column;
                        cells.y[a] = row;
                        cells.stride[a] = stride;
                    }
                }
            }
            return cells;
        }
    }

    // --- all -------------------------------------------------------------------------------------------------------

    private static void add(
            float[] boxes,
            int index,
            BoxForm.Coordinates coordinates,
            Size input,
            float score,
            int label,
            BoxCandidates candidates) {
        boolean relative = coordinates == BoxForm.Coordinates.RELATIVE_CORNERS
                || coordinates == BoxForm.Coordinates.RELATIVE_CENTRES;
        float scaleX = relative ? input.width() : 1;
        float scaleY = relative ? input.height() : 1;
        float a = boxes[4 * index] * scaleX;
        float b = boxes[4 * index + 1] * scaleY;
        float c = boxes[4 * index + 2] * scaleX;
        float d = boxes[4 * index + 3] * scaleY;
        boolean corners =
                coordinates == BoxForm.Coordinates.CORNERS || coordinates == BoxForm.Coordinates.RELATIVE_CORNERS;
        if (corners) {
            candidates.add(a, b, c, d, score, label);
        } else {
            candidates.add(a - c / 2, b - d / 2, a + c / 2, b + d / 2, score, label);
        }
    }

    private static void require(boolean fits, List<Values> outputs) {
        if (!fits) {
            throw new IllegalStateException("the outputs of the graph do not fit together: "
                    + outputs.stream().map(Values::shape).toList() + "; correct the description of the detector");
        }
    }
}
