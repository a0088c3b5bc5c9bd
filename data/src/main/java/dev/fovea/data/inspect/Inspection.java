package dev.fovea.data.inspect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Skipped;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.statistics.PrincipalComponents;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * What a look at every picture of a data set found.
 *
 * @param description what the data is, in one line
 * @param findings what to know first, most pressing first
 * @param corrupt pictures that cannot be read, sorted by source
 * @param duplicates groups of pictures that are nearly the same, those across parts first
 * @param components how many directions the pictures vary in; empty if fewer than two can be read
 * @param galleries some pictures of each class, in the order of the classes
 * @param boxes what was found out about boxes, if the data has any
 */
public record Inspection(
        String description,
        List<String> classes,
        boolean multiLabel,
        List<Finding> findings,
        List<PartCounts> parts,
        Imbalance imbalance,
        Sizes sizes,
        Pixels pixels,
        List<Skipped> corrupt,
        List<DuplicateGroup> duplicates,
        Optional<PrincipalComponents> components,
        List<Gallery> galleries,
        Optional<BoxFacts> boxes) {
    public Inspection {
        classes = List.copyOf(classes);
        findings = List.copyOf(findings);
        parts = List.copyOf(parts);
        corrupt = List.copyOf(corrupt);
        duplicates = List.copyOf(duplicates);
        galleries = List.copyOf(galleries);
    }

    /** How much a finding matters. */
    public enum Level {
        GOOD,
        HINT,
        WARNING
    }

    /** One sentence for people, with what to do where something is to be done. */
    public record Finding(Level level, String text) {}

    /** A part of the data. {@code perClass} counts labels, so with several labels a picture counts several times. */
    public record PartCounts(String name, int pictures, List<Integer> perClass, int unlabelled) {
        public PartCounts {
            perClass = List.copyOf(perClass);
        }
    }

    /**
     * How uneven the classes of the training part are.
     *
     * @param ratio pictures of the largest class over pictures of the smallest, infinite if one has none
     */
    public record Imbalance(double ratio, String largest, String smallest, String advice) {}

    /** Sizes of the pictures that can be read, most frequent first, equal counts by area. */
    public record Sizes(List<SizeCount> counts) {
        public Sizes {
            counts = List.copyOf(counts);
        }

        /** Smallest, median and largest width. */
        public List<Integer> widths() {
            return spread(counts.stream()
                    .flatMap(c -> Collections.nCopies(c.pictures(), c.size().width()).stream())
                    .sorted()
                    .toList());
        }

        /** Smallest, median and largest height. */
        public List<Integer> heights() {
            return spread(counts.stream()
                    .flatMap(c -> Collections.nCopies(c.pictures(), c.size().height()).stream())
                    .sorted()
                    .toList());
        }

        private static List<Integer> spread(List<Integer> sorted) {
            return List.of(sorted.get(0), sorted.get(sorted.size() / 2), sorted.get(sorted.size() - 1));
        }
    }

    /** How many pictures have a size. */
    public record SizeCount(Size size, int pictures) {}

    /**
     * Colours over all pixels.
     *
     * @param grey pictures of one channel
     * @param rgb pictures of three channels
     * @param greyAsRgb those of {@code rgb} whose channels are equal everywhere
     * @param mean of red, green, blue, 0-1
     * @param std of red, green, blue, 0-1
     * @param histograms how often each value 0-255 occurs, for red, green, blue
     * @param meanImage the average of all pictures, each stretched to 64x64
     */
    public record Pixels(
            int grey,
            int rgb,
            int greyAsRgb,
            List<Double> mean,
            List<Double> std,
            List<List<Long>> histograms,
            Image meanImage) {
        public Pixels {
            mean = List.copyOf(mean);
            std = List.copyOf(std);
            histograms = histograms.stream().map(List::copyOf).toList();
        }
    }

    /** Pictures that are nearly the same, or identical pixel by pixel. */
    public record DuplicateGroup(boolean identical, List<Member> members) {
        public DuplicateGroup {
            members = List.copyOf(members);
        }

        /** Whether it has pictures of several parts, so that a network is judged by what it has learnt. */
        public boolean isAcrossParts() {
            return members.stream().map(Member::part).distinct().count() > 1;
        }

        /** Whether its pictures are labelled differently. */
        public boolean isAcrossLabels() {
            return members.stream().map(Member::labels).distinct().count() > 1;
        }
    }

    /** A picture of a group; only the first groups carry thumbnails. */
    public record Member(String part, String source, List<String> labels, Optional<Image> thumbnail) {
        public Member {
            labels = List.copyOf(labels);
        }
    }

    /** Some pictures of a class, small. */
    public record Gallery(String name, List<Image> thumbnails) {
        public Gallery {
            thumbnails = List.copyOf(thumbnails);
        }
    }

    /**
     * Decodes every picture, on all cores, and looks for what helps or harms training.
     *
     * @throws java.io.UncheckedIOException with one sentence if no picture can be read
     */
    public static Inspection of(SplitDatasets data) {
        return new Inspector(data).inspect();
    }

    /** The number of pictures, also the corrupt ones. */
    public int pictures() {
        return parts.stream().mapToInt(PartCounts::pictures).sum();
    }

    /** The same for programs: all numbers, at most 1000 groups of duplicates, no pictures. */
    public ObjectNode toJson() {
        return InspectionJson.of(this);
    }
}
