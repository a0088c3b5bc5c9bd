package dev.fovea.models.verify;

import dev.fovea.nn.Module;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Compares the keys, shapes and count of a network's parameters with a golden file's. */
final class GoldenKeys {
    private static final int LISTED = 4;

    private GoldenKeys() {}

    /** What differs, as sentences; empty if nothing does. */
    static List<String> problems(GoldenFile file, Module network) {
        var problems = new ArrayList<String>();
        var ours = network.stateDict().entrySet().stream()
                .map(e -> new GoldenFile.Key(
                        e.getKey(), e.getValue().shape(), e.getValue().dtype().toString()))
                .toList();
        var theirs = file.keys();
        if (!ours.equals(theirs)) {
            list("missing", theirs, ours, problems);
            list("unexpected", ours, theirs, problems);
            if (problems.isEmpty()) {
                problems.add("the same keys in another order, from " + firstDifference(ours, theirs) + " on");
            }
        }
        if (network.parameterCount() != file.parameterCount()) {
            problems.add(network.parameterCount() + " parameters, expected " + file.parameterCount());
        }
        return problems;
    }

    private static void list(
            String word, List<GoldenFile.Key> wanted, List<GoldenFile.Key> present, List<String> problems) {
        var there = new HashSet<>(present);
        var absent = wanted.stream().filter(k -> !there.contains(k)).toList();
        if (!absent.isEmpty()) {
            problems.add(absent.size() + " " + word + " keys: "
                    + String.join(
                            ", ",
                            absent.stream()
                                    .limit(LISTED)
                                    .map(GoldenFile.Key::toString)
                                    .toList())
                    + (absent.size() > LISTED ? ", …" : ""));
        }
    }

    private static String firstDifference(List<GoldenFile.Key> ours, List<GoldenFile.Key> theirs) {
        for (int i = 0; i < Math.min(ours.size(), theirs.size()); i++) {
            if (!ours.get(i).equals(theirs.get(i))) {
                return theirs.get(i).name();
            }
        }
        return "the end";
    }
}
