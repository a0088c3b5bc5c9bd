package dev.fovea.data.inspect;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Groups pictures that are nearly the same: perceptual hashes propose, small grey versions confirm. */
final class DuplicateSearch {
    /** Pictures with equal hashes that look different are compared with so many of each other at most. */
    private static final int MOST_LOOKS = 64;

    private static final double LEAST_CORRELATION = 0.975;

    /**
     * Root mean square of what brightness does not explain, in grey levels. Without it, bold simple pictures such as digits
     * of one shape would pass for copies.
     */
    private static final double LARGEST_RESIDUAL = 13;

    private static final double LARGEST_SHIFT = 16;
    private static final double FLAT = 3;

    private final List<Facts> pictures;
    private final int[] parent;

    private DuplicateSearch(List<Facts> pictures) {
        this.pictures = pictures;
        parent = IntStream.range(0, pictures.size()).toArray();
    }

    /** Places of pictures that are alike, two or more a group, in order of the first. */
    static List<List<Integer>> groups(List<Facts> pictures) {
        var search = new DuplicateSearch(pictures);
        int[] looks = search.joinEqualHashes();
        long[] hashes =
                IntStream.of(looks).mapToLong(i -> pictures.get(i).hash()).toArray();
        new HammingIndex(hashes).forEachPair((a, b) -> search.joinIfAlike(looks[a], looks[b]));
        return search.result();
    }

    /** Joins pictures with the same hash; returns one picture for each look. */
    private int[] joinEqualHashes() {
        Integer[] order = IntStream.range(0, pictures.size()).boxed().toArray(Integer[]::new);
        Arrays.sort(
                order,
                Comparator.comparingLong((Integer i) -> pictures.get(i).hash()).thenComparing(i -> i));
        List<Integer> looks = new ArrayList<>();
        int firstLook = 0;
        for (int at = 0; at < order.length; at++) {
            int picture = order[at];
            if (at > 0
                    && pictures.get(order[at - 1]).hash()
                            != pictures.get(picture).hash()) {
                firstLook = looks.size();
            }
            boolean known = false;
            int last = Math.min(looks.size(), firstLook + MOST_LOOKS);
            for (int look = firstLook; look < last && !known; look++) {
                known = joinIfAlike(looks.get(look), picture);
            }
            if (!known) {
                looks.add(picture);
            }
        }
        return looks.stream().mapToInt(i -> i).toArray();
    }

    private boolean joinIfAlike(int a, int b) {
        if (root(a) == root(b)) {
            return true;
        }
        boolean alike = areAlike(pictures.get(a).thumbnail(), pictures.get(b).thumbnail());
        if (alike) {
            int low = Math.min(root(a), root(b));
            int high = Math.max(root(a), root(b));
            parent[high] = low;
        }
        return alike;
    }

    /** The same picture but for contrast, brightness and compression; flat ones only if they are equally bright. */
    static boolean areAlike(byte[] a, byte[] b) {
        double meanA = mean(a);
        double meanB = mean(b);
        double varianceA = 0;
        double varianceB = 0;
        double covariance = 0;
        for (int i = 0; i < a.length; i++) {
            double da = (a[i] & 0xff) - meanA;
            double db = (b[i] & 0xff) - meanB;
            varianceA += da * da;
            varianceB += db * db;
            covariance += da * db;
        }
        double flat = FLAT * FLAT * a.length;
        if (Math.abs(meanA - meanB) > LARGEST_SHIFT) {
            return false;
        }
        if (varianceA < flat || varianceB < flat) {
            return varianceA < flat && varianceB < flat && Math.abs(meanA - meanB) < FLAT;
        }
        return covariance >= LEAST_CORRELATION * Math.sqrt(varianceA * varianceB)
                && varianceA + varianceB - 2 * covariance <= LARGEST_RESIDUAL * LARGEST_RESIDUAL * a.length;
    }

    private static double mean(byte[] values) {
        double sum = 0;
        for (byte v : values) {
            sum += v & 0xff;
        }
        return sum / values.length;
    }

    private int root(int i) {
        int at = i;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }

    private List<List<Integer>> result() {
        Map<Integer, List<Integer>> byRoot = new TreeMap<>();
        for (int i = 0; i < parent.length; i++) {
            byRoot.computeIfAbsent(root(i), r -> new ArrayList<>()).add(i);
        }
        return byRoot.values().stream().filter(group -> group.size() > 1).toList();
    }
}
