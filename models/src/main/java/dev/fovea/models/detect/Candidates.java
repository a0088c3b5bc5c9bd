package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Nms;
import dev.fovea.vision.Size;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Boxes of one picture that may be kept.
 *
 * @param corners {@code [K, 4]}: x1, y1, x2, y2 in prepared pixels, not yet cut to the picture
 * @param scores {@code [K]}
 * @param labels {@code [K]}
 */
@SuppressWarnings("ArrayRecordComponent") // large tables inside one call
record Candidates(float[] corners, float[] scores, long[] labels) {
    /** What stays when of overlapping boxes of one class only the best is kept. */
    FoundBoxes suppressed(Size picture, Selection selection) {
        int[] order = ranked(selection);
        var chosenCorners = new float[4 * order.length];
        var chosenScores = new float[order.length];
        var chosenLabels = new int[order.length];
        for (int i = 0; i < order.length; i++) {
            System.arraycopy(corners, 4 * order[i], chosenCorners, 4 * i, 4);
            chosenScores[i] = scores[order[i]];
            chosenLabels[i] = (int) labels[order[i]];
        }
        int[] kept = Nms.classwise(chosenCorners, chosenScores, chosenLabels, selection.iou());
        return inside(IntStream.of(kept).map(k -> order[k]).boxed().toList(), picture, selection.most());
    }

    /** The best, whether or not they overlap. */
    FoundBoxes best(Size picture, Selection selection) {
        return inside(IntStream.of(ranked(selection)).boxed().toList(), picture, selection.most());
    }

    /** Places of the best boxes with a score and a finite size, best first. */
    private int[] ranked(Selection selection) {
        return IntStream.range(0, scores.length)
                .filter(i -> scores[i] > selection.leastScore() && isFinite(i))
                .boxed()
                .sorted(Comparator.<Integer>comparingDouble(i -> -scores[i]))
                .limit(selection.candidates())
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private boolean isFinite(int i) {
        float sum = corners[4 * i] + corners[4 * i + 1] + corners[4 * i + 2] + corners[4 * i + 3];
        return Float.isFinite(sum);
    }

    /** The boxes at these places, cut to the picture; those of which nothing is left are dropped. */
    private FoundBoxes inside(List<Integer> places, Size picture, int most) {
        int[] kept = places.stream()
                .mapToInt(Integer::intValue)
                .filter(i -> side(i, 0, picture.width()) > 0 && side(i, 1, picture.height()) > 0)
                .limit(most)
                .toArray();
        var boxes = new float[4 * kept.length];
        var best = new float[kept.length];
        var classes = new long[kept.length];
        for (int i = 0; i < kept.length; i++) {
            for (int c = 0; c < 4; c++) {
                boxes[4 * i + c] = cut(corners[4 * kept[i] + c], c % 2 == 0 ? picture.width() : picture.height());
            }
            best[i] = scores[kept[i]];
            classes[i] = labels[kept[i]];
        }
        int n = kept.length;
        return new FoundBoxes(Tensor.of(boxes, n, 4), Tensor.of(best, n), Tensor.of(classes, n));
    }

    private float side(int i, int axis, int length) {
        return cut(corners[4 * i + axis + 2], length) - cut(corners[4 * i + axis], length);
    }

    private static float cut(float value, int length) {
        return Math.min(Math.max(value, 0), length);
    }
}
