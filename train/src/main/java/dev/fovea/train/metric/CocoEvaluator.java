package dev.fovea.train.metric;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The evaluation of the COCO challenge, for boxes, masks and key points: pictures are added one by one, then the numbers
 * are computed once. They equal those of the COCO tools (Lin et al. 2014, arXiv 1405.0312) when pictures are added in the
 * order of their ids; that order decides only between equal scores.
 *
 * <p>In each picture and class, finds are visited by descending score. Each takes the object with the best overlap that
 * nobody took; a crowd may be taken by any number. What takes an ignored object, or nothing while being of another size, is
 * not counted at all.
 */
public final class CocoEvaluator<T> {
    private final int classes;
    private final CocoProtocol protocol;
    private final Overlap<T> overlap;
    private final List<List<Tally>> tallies;
    private int pictures;

    private CocoEvaluator(int classes, CocoProtocol protocol, Overlap<T> overlap) {
        if (classes < 1) {
            throw new IllegalArgumentException("an evaluation needs at least 1 class, got " + classes);
        }
        this.classes = classes;
        this.protocol = protocol;
        this.overlap = overlap;
        int groups = protocol.classwise() ? classes : 1;
        tallies = IntStream.range(0, groups)
                .mapToObj(
                        k -> protocol.sizes().stream().map(size -> new Tally()).toList())
                .toList();
    }

    /** An evaluation of anything that overlaps can be computed of. */
    public static <T> CocoEvaluator<T> of(int classes, CocoProtocol protocol, Overlap<T> overlap) {
        return new CocoEvaluator<>(classes, protocol, overlap);
    }

    /** The evaluation of boxes. */
    public static CocoEvaluator<Rect> boxes(int classes) {
        return of(classes, CocoProtocol.boxes(), Overlap.boxes());
    }

    /** Adds a picture. */
    public void add(List<Truth<T>> there, List<Scored<T>> found) {
        pictures++;
        if (!protocol.classwise()) {
            addGroup(
                    tallies.get(0),
                    there.stream()
                            .sorted(Comparator.comparingInt(Truth::category))
                            .toList(),
                    found.stream()
                            .sorted(Comparator.comparingInt(Scored::category))
                            .toList());
            return;
        }
        List<List<Truth<T>>> thereBy = grouped();
        List<List<Scored<T>>> foundBy = grouped();
        there.forEach(t -> thereBy.get(checked(t.category())).add(t));
        found.forEach(f -> foundBy.get(checked(f.category())).add(f));
        for (int k = 0; k < classes; k++) {
            if (!thereBy.get(k).isEmpty() || !foundBy.get(k).isEmpty()) {
                addGroup(tallies.get(k), thereBy.get(k), foundBy.get(k));
            }
        }
    }

    private <E> List<List<E>> grouped() {
        return IntStream.range(0, classes)
                .mapToObj(k -> (List<E>) new ArrayList<E>())
                .toList();
    }

    private int checked(int category) {
        if (category < 0 || category >= classes) {
            throw new IllegalArgumentException(
                    "the class of an object must be 0.." + (classes - 1) + ", got " + category);
        }
        return category;
    }

    private void addGroup(List<Tally> bySize, List<Truth<T>> there, List<Scored<T>> found) {
        int most = protocol.limits().get(protocol.limits().size() - 1);
        List<Scored<T>> best = found.stream()
                .sorted(Comparator.comparingDouble((Scored<T> f) -> -f.score()))
                .limit(most)
                .toList();
        double[][] overlaps = new double[best.size()][there.size()];
        for (int d = 0; d < best.size(); d++) {
            for (int g = 0; g < there.size(); g++) {
                overlaps[d][g] = overlap.of(best.get(d).shape(), there.get(g));
            }
        }
        for (int a = 0; a < bySize.size(); a++) {
            addSize(bySize.get(a), protocol.sizes().get(a), there, best, overlaps);
        }
    }

    private void addSize(
            Tally tally, CocoProtocol.SizeRange size, List<Truth<T>> there, List<Scored<T>> best, double[][] overlaps) {
        boolean[] ignored = new boolean[there.size()];
        for (int g = 0; g < ignored.length; g++) {
            Truth<T> truth = there.get(g);
            ignored[g] = truth.crowd() || truth.ignored() || !size.holds(truth.area());
            tally.truths += ignored[g] ? 0 : 1;
        }
        // ignored ones come last, so that a find prefers what counts
        int[] order = IntStream.range(0, ignored.length)
                .boxed()
                .sorted(Comparator.comparing(g -> ignored[g]))
                .mapToInt(g -> g)
                .toArray();
        int[] hits = new int[best.size()];
        int[] dropped = new int[best.size()];
        for (int t = 0; t < protocol.ious().size(); t++) {
            boolean[] taken = new boolean[there.size()];
            for (int d = 0; d < best.size(); d++) {
                int match = match(protocol.ious().get(t), overlaps[d], order, there, ignored, taken);
                if (match >= 0) {
                    taken[match] = true;
                    hits[d] |= 1 << t;
                }
                boolean drop =
                        match >= 0 ? ignored[match] : !size.holds(best.get(d).area());
                dropped[d] |= drop ? 1 << t : 0;
            }
        }
        for (int d = 0; d < best.size(); d++) {
            tally.add(best.get(d).score(), d, hits[d], dropped[d]);
        }
    }

    /** The object that a find takes, -1 for none; of equal overlaps the last. */
    private static <T> int match(
            double iou, double[] overlaps, int[] order, List<Truth<T>> there, boolean[] ignored, boolean[] taken) {
        double best = Math.min(iou, 1 - 1e-10);
        int match = -1;
        for (int g : order) {
            if (taken[g] && !there.get(g).crowd()) {
                continue;
            }
            if (match >= 0 && !ignored[match] && ignored[g]) {
                break;
            }
            if (overlaps[g] >= best) {
                best = overlaps[g];
                match = g;
            }
        }
        return match;
    }

    /** Adds all pictures of another evaluation, for example of another process, after those of this one. */
    public void merge(CocoEvaluator<T> other) {
        if (classes != other.classes || !protocol.equals(other.protocol)) {
            throw new IllegalArgumentException("evaluations of other classes or protocols cannot be merged");
        }
        pictures += other.pictures;
        for (int k = 0; k < tallies.size(); k++) {
            for (int a = 0; a < tallies.get(k).size(); a++) {
                tallies.get(k).get(a).merge(other.tallies.get(k).get(a));
            }
        }
    }

    /** The number of pictures added. */
    public int pictures() {
        return pictures;
    }

    /** The numbers so far. */
    public CocoResult compute() {
        return CocoResult.of(protocol, tallies);
    }
}
