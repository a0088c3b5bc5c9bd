package dev.fovea.train.metric;

import dev.fovea.vision.Detection;
import dev.fovea.vision.Instance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Sorts the finds of one picture into {@link DetectionErrors} and a confusion matrix. */
final class ErrorSorter {
    /** From this IoU on a find lies well on an object. */
    static final double WELL = 0.5;

    /** From this IoU on a find has to do with an object at all. */
    static final double NEAR = 0.1;

    private final List<Instance> there;
    private final List<Instance> optional;
    private final List<Detection> found;

    /** Finds that fall on crowds or difficult objects alone are left out. */
    ErrorSorter(List<Instance> all, List<Detection> finds, double minimumScore) {
        there = all.stream().filter(i -> !i.crowd() && !i.difficult()).toList();
        optional = all.stream().filter(i -> i.crowd() || i.difficult()).toList();
        found = finds.stream()
                .filter(d -> d.score() >= minimumScore && !isOptional(d))
                .sorted(Comparator.comparingDouble((Detection d) -> -d.score()))
                .toList();
    }

    private boolean isOptional(Detection find) {
        return optional.stream().anyMatch(o -> covers(o, find))
                && there.stream().noneMatch(o -> o.box().iou(find.box()) >= WELL);
    }

    private static boolean covers(Instance optional, Detection find) {
        double common = find.box().intersection(optional.box());
        return optional.crowd()
                ? common >= WELL * find.box().area()
                : find.box().iou(optional.box()) >= WELL;
    }

    DetectionErrors errors() {
        boolean[] taken = new boolean[there.size()];
        boolean[] spoilt = new boolean[there.size()];
        long right = 0;
        long wrongClass = 0;
        long badBox = 0;
        long duplicate = 0;
        long background = 0;
        for (Detection find : found) {
            int own = best(find, true, taken, true);
            int ownTaken = best(find, true, taken, false);
            int other = best(find, false, taken, false);
            if (own >= 0 && iou(own, find) >= WELL) {
                taken[own] = true;
                right++;
            } else if (ownTaken >= 0 && iou(ownTaken, find) >= WELL) {
                duplicate++;
            } else if (other >= 0 && iou(other, find) >= WELL) {
                spoilt[other] = true;
                wrongClass++;
            } else if (ownTaken >= 0 && iou(ownTaken, find) >= NEAR) {
                spoilt[ownTaken] = true;
                badBox++;
            } else {
                background++;
            }
        }
        long missed = 0;
        for (int g = 0; g < taken.length; g++) {
            missed += taken[g] || spoilt[g] ? 0 : 1;
        }
        return new DetectionErrors(there.size(), right, wrongClass, badBox, duplicate, background, missed);
    }

    private double iou(int object, Detection find) {
        return there.get(object).box().iou(find.box());
    }

    /** The object with the largest overlap among those of the find's class or of the others; -1 if there is none. */
    private int best(Detection find, boolean sameClass, boolean[] taken, boolean onlyFree) {
        int best = -1;
        for (int g = 0; g < there.size(); g++) {
            boolean same = there.get(g).label().index() == find.label().index();
            if (same == sameClass && !(onlyFree && taken[g]) && (best < 0 || iou(g, find) > iou(best, find))) {
                best = g;
            }
        }
        return best;
    }

    private record Pair(int object, int find, double iou) {}

    /**
     * Adds to a matrix with a row and column more than there are classes, the background: each object and find is paired at
     * most once, the best overlaps first.
     */
    void confuse(ConfusionMatrix matrix) {
        int background = matrix.classes() - 1;
        List<Pair> pairs = new ArrayList<>();
        for (int d = 0; d < found.size(); d++) {
            for (int g = 0; g < there.size(); g++) {
                double iou = iou(g, found.get(d));
                if (iou >= WELL) {
                    pairs.add(new Pair(g, d, iou));
                }
            }
        }
        // stable, and finds come by score: of equal overlaps the surer find is paired
        pairs.sort(Comparator.comparingDouble(p -> -p.iou()));
        boolean[] pairedObject = new boolean[there.size()];
        boolean[] pairedFind = new boolean[found.size()];
        for (Pair pair : pairs) {
            if (!pairedObject[pair.object()] && !pairedFind[pair.find()]) {
                pairedObject[pair.object()] = true;
                pairedFind[pair.find()] = true;
                matrix.add(
                        there.get(pair.object()).label().index(),
                        found.get(pair.find()).label().index());
            }
        }
        for (int g = 0; g < pairedObject.length; g++) {
            if (!pairedObject[g]) {
                matrix.add(there.get(g).label().index(), background);
            }
        }
        for (int d = 0; d < pairedFind.length; d++) {
            if (!pairedFind[d]) {
                matrix.add(background, found.get(d).label().index());
            }
        }
    }
}
