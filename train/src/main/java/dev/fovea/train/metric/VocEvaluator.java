package dev.fovea.train.metric;

import dev.fovea.vision.Detection;
import dev.fovea.vision.Instance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The evaluation of the Pascal VOC challenge (Everingham et al. 2010): over all pictures, finds of a class are visited by
 * descending score; a find is right if the object it overlaps most was not found before and the overlap reaches the
 * threshold. Difficult objects and crowds need not be found, and what is found there is not counted.
 *
 * <p>The VOC tools name first and last pixel of a box and add 1 to every length. As a {@link dev.fovea.vision.Box} the same
 * box ends one pixel further, which gives the same areas and overlaps.
 */
public final class VocEvaluator {
    private final double threshold;
    private final List<List<Find>> finds;
    private final long[] truths;

    /** A find; hit is right, drop is not counted. */
    private record Find(double score, boolean hit, boolean drop) {}

    /**
     * An empty evaluation.
     *
     * @param threshold the IoU from which on an object counts as found; VOC asks 0.5
     */
    public VocEvaluator(int classes, double threshold) {
        if (classes < 1 || !(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException("an evaluation needs at least 1 class and a threshold of 0 to 1, got "
                    + classes + " and " + threshold);
        }
        this.threshold = threshold;
        finds = IntStream.range(0, classes)
                .mapToObj(c -> (List<Find>) new ArrayList<Find>())
                .toList();
        truths = new long[classes];
    }

    /** Adds a picture. */
    public void add(List<Instance> there, List<Detection> found) {
        // objects are taken within a picture only, so the order of scores in each picture is all that matters here
        boolean[] taken = new boolean[there.size()];
        for (Instance object : there) {
            truths[object.label().index()] += isOptional(object) ? 0 : 1;
        }
        List<Detection> byScore = found.stream()
                .sorted(Comparator.comparingDouble((Detection d) -> -d.score()))
                .toList();
        for (Detection each : byScore) {
            int best = -1;
            double overlap = Double.NEGATIVE_INFINITY;
            for (int g = 0; g < there.size(); g++) {
                if (there.get(g).label().index() == each.label().index()) {
                    double iou = each.box().iou(there.get(g).box());
                    if (iou > overlap) {
                        overlap = iou;
                        best = g;
                    }
                }
            }
            boolean reaches = best >= 0 && overlap >= threshold;
            boolean drop = reaches && isOptional(there.get(best));
            boolean hit = reaches && !drop && !taken[best];
            if (hit) {
                taken[best] = true;
            }
            finds.get(each.label().index()).add(new Find(each.score(), hit, drop));
        }
    }

    private static boolean isOptional(Instance object) {
        return object.difficult() || object.crowd();
    }

    /** Adds all pictures of another evaluation after those of this one. */
    public void merge(VocEvaluator other) {
        if (finds.size() != other.finds.size() || threshold != other.threshold) {
            throw new IllegalArgumentException("evaluations of other classes or thresholds cannot be merged");
        }
        for (int c = 0; c < truths.length; c++) {
            truths[c] += other.truths[c];
            finds.get(c).addAll(other.finds.get(c));
        }
    }

    /** The curve of a class. */
    public PrecisionRecall curve(int category) {
        List<Find> counted = finds.get(category).stream()
                .filter(f -> !f.drop())
                .sorted(Comparator.comparingDouble(f -> -f.score()))
                .toList();
        return PrecisionRecall.of(
                truths[category],
                counted.stream().map(Find::score).toList(),
                counted.stream().map(Find::hit).toList());
    }

    /** The curves of all classes. */
    public List<PrecisionRecall> curves() {
        return IntStream.range(0, truths.length).mapToObj(this::curve).toList();
    }
}
