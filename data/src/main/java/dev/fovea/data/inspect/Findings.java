package dev.fovea.data.inspect;

import dev.fovea.data.inspect.Inspection.DuplicateGroup;
import dev.fovea.data.inspect.Inspection.Finding;
import dev.fovea.data.inspect.Inspection.Imbalance;
import dev.fovea.data.inspect.Inspection.Level;
import dev.fovea.data.inspect.Inspection.PartCounts;
import dev.fovea.data.inspect.Inspection.Pixels;
import dev.fovea.data.inspect.Inspection.Sizes;
import dev.fovea.data.load.Skipped;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/** What the numbers mean for training, in sentences. */
record Findings(
        List<String> classes,
        List<PartCounts> parts,
        Imbalance imbalance,
        Sizes sizes,
        Pixels pixels,
        List<Skipped> corrupt,
        List<DuplicateGroup> duplicates,
        Optional<BoxFacts> boxes) {
    private static final int FEW = 10;

    /** Up to this ratio plain training does as well as any remedy. */
    private static final double EVEN = 1.5;

    private static final double MILD = 5;

    static Imbalance imbalance(PartCounts train, List<String> classes) {
        int largest = IntStream.range(0, classes.size())
                .boxed()
                .max(Comparator.comparing(train.perClass()::get))
                .orElseThrow();
        int smallest = IntStream.range(0, classes.size())
                .boxed()
                .min(Comparator.comparing(train.perClass()::get))
                .orElseThrow();
        int most = train.perClass().get(largest);
        int least = train.perClass().get(smallest);
        double ratio = least == 0 ? Double.POSITIVE_INFINITY : (double) most / least;
        return new Imbalance(
                ratio,
                classes.get(largest),
                classes.get(smallest),
                advice(ratio, classes.get(largest), classes.get(smallest)));
    }

    private static String advice(double ratio, String largest, String smallest) {
        if (Double.isInfinite(ratio)) {
            return "the class '" + smallest + "' has no picture to learn from; add some or leave the class out";
        }
        if (ratio <= EVEN) {
            return "the classes are even; nothing to do";
        }
        String times = "the largest class, '" + largest + "', has " + String.format(Locale.ROOT, "%.1f", ratio)
                + " times the pictures of the smallest, '" + smallest + "'; ";
        return ratio <= MILD
                ? times + "class weights help a little, judge by macro F1 besides accuracy"
                : times + "draw classes evenly or weigh them, and judge by macro F1, since accuracy hides the small"
                        + " classes";
    }

    /** All findings, warnings first. */
    List<Finding> inOrder() {
        List<Finding> all = new ArrayList<>();
        corruptFiles(all);
        leaks(all);
        contradictions(all);
        repetition(all);
        classSizes(all);
        pictureSizes(all);
        colours(all);
        boxes.ifPresent(b -> boxes(all, b));
        all.sort(Comparator.comparing(Finding::level).reversed());
        return all;
    }

    private void corruptFiles(List<Finding> all) {
        if (corrupt.isEmpty()) {
            add(all, Level.GOOD, "every picture can be read");
        } else {
            add(
                    all,
                    Level.WARNING,
                    count(corrupt.size(), "picture", "pictures")
                            + " cannot be read and will be left out of training; replace or" + " remove "
                            + (corrupt.size() == 1 ? "it" : "them"));
        }
    }

    private void leaks(List<Finding> all) {
        long across = duplicates.stream().filter(DuplicateGroup::isAcrossParts).count();
        if (across > 0) {
            add(
                    all,
                    Level.WARNING,
                    count(across, "group", "groups") + " of near-duplicates reach" + (across == 1 ? "es" : "")
                            + " over several parts; where they show the same thing, the network is judged by what it"
                            + " has seen, so keep each group in one part");
        } else {
            add(all, Level.GOOD, "no picture of one part has a near-duplicate in another");
        }
    }

    private void contradictions(List<Finding> all) {
        long across = duplicates.stream().filter(DuplicateGroup::isAcrossLabels).count();
        if (across > 0) {
            add(
                    all,
                    Level.WARNING,
                    count(across, "group", "groups") + " of near-duplicates " + (across == 1 ? "is" : "are")
                            + " labelled differently; check which label is right");
        }
    }

    private void repetition(List<Finding> all) {
        long inside = duplicates.stream().filter(g -> !g.isAcrossParts()).count();
        if (inside > 0) {
            add(
                    all,
                    Level.HINT,
                    count(inside, "group", "groups")
                            + " of near-duplicates within one part; they count several times and teach"
                            + " nothing new");
        }
    }

    private void classSizes(List<Finding> all) {
        boolean even = imbalance.ratio() <= EVEN;
        Level level = even ? Level.GOOD : imbalance.ratio() <= MILD ? Level.HINT : Level.WARNING;
        add(all, level, imbalance.advice());
        var few = IntStream.range(0, classes.size())
                .filter(c -> parts.get(0).perClass().get(c) < FEW)
                .mapToObj(classes::get)
                .toList();
        if (!few.isEmpty()) {
            add(
                    all,
                    Level.HINT,
                    count(few.size(), "class", "classes") + " with fewer than " + FEW
                            + " training pictures (" + brief(few)
                            + "); start from pretrained weights or add pictures");
        }
        for (PartCounts part : parts.subList(1, parts.size())) {
            var missing = IntStream.range(0, classes.size())
                    .filter(c -> part.perClass().get(c) == 0)
                    .mapToObj(classes::get)
                    .toList();
            if (!missing.isEmpty()) {
                add(
                        all,
                        Level.WARNING,
                        "the " + part.name() + " part has no picture of " + brief(missing)
                                + ", so nothing is known of the network there; add some");
            }
        }
    }

    private void pictureSizes(List<Finding> all) {
        int smallest = Math.min(sizes.widths().get(0), sizes.heights().get(0));
        int median = Math.min(sizes.widths().get(1), sizes.heights().get(1));
        if (sizes.counts().size() == 1) {
            add(all, Level.GOOD, "all pictures are " + sizes.counts().get(0).size());
        } else if (smallest * 4 < median) {
            add(
                    all,
                    Level.HINT,
                    "the smallest side of a picture is " + smallest + " pixels where half have at least " + median
                            + "; enlarged pictures are blurred, check whether thumbnails slipped in");
        }
    }

    private void colours(List<Finding> all) {
        int colour = pixels.rgb() - pixels.greyAsRgb();
        int grey = pixels.grey() + pixels.greyAsRgb();
        if (colour == 0) {
            add(all, Level.GOOD, "all pictures are grey" + (pixels.greyAsRgb() > 0 ? ", some stored as RGB" : ""));
        } else if (grey > 0) {
            add(
                    all,
                    Level.HINT,
                    count(grey, "picture", "pictures") + " of " + (grey + colour) + " " + (grey == 1 ? "is" : "are")
                            + " grey; if they gather in one class, the network learns the missing colour instead");
        }
    }

    private static void boxes(List<Finding> all, BoxFacts boxes) {
        add(
                all,
                Level.GOOD,
                count(boxes.objects(), "object", "objects") + ", at most " + boxes.mostInPicture() + " in a picture; "
                        + count(boxes.withoutObjects(), "picture", "pictures") + " without objects");
        if (!boxes.dropped().isEmpty()) {
            add(
                    all,
                    Level.HINT,
                    count(boxes.dropped().size(), "box", "boxes")
                            + " without area left out of training; correct or remove them");
        }
        if (!boxes.outOfFrame().isEmpty()) {
            add(
                    all,
                    Level.WARNING,
                    count(boxes.outOfFrame().size(), "box", "boxes")
                            + " reaching out of the picture; they are cut at its edge, but check whether they belong to"
                            + " pictures of another size");
        }
        if (!boxes.duplicates().isEmpty()) {
            add(
                    all,
                    Level.WARNING,
                    count(boxes.duplicates().size(), "pair", "pairs")
                            + " of boxes of one class that are nearly the same; one of each is never found, remove it");
        }
    }

    private static void add(List<Finding> all, Level level, String text) {
        all.add(new Finding(level, Character.toUpperCase(text.charAt(0)) + text.substring(1) + "."));
    }

    private static String count(long n, String one, String several) {
        return n + " " + (n == 1 ? one : several);
    }

    private static String brief(List<String> names) {
        int shown = Math.min(4, names.size());
        String text = String.join(", ", names.subList(0, shown));
        return names.size() > shown ? text + " and " + (names.size() - shown) + " more" : text;
    }
}
