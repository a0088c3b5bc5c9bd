package dev.fovea.runtime;

import java.util.List;
import java.util.Optional;

/** The form in which a graph gives the boxes of objects, {@code N} pictures at a time. */
public sealed interface BoxForm {
    /** The name of the form in files. */
    String name();

    /**
     * Every place of the network has a box, and a score for each class.
     *
     * @param boxes the output {@code [N, A, 4]}
     * @param scores the output {@code [N, A, C]}: of {@code C} real classes, without the background; the activation that
     *     {@link ModelMetadata} names makes probabilities of them
     * @param coordinates how a box is written
     * @param bestClass whether a place has its best class alone, or may be an object of each class whose score suffices
     * @param clipFirst whether boxes are cut to the picture before overlaps are measured, or only at the end
     * @param share of what the best {@link BoxSelection#candidates} are looked at
     * @param levels how many places each map of a pyramid has, in their order; empty where that does not matter
     */
    record Dense(
            String boxes,
            String scores,
            Coordinates coordinates,
            boolean bestClass,
            boolean clipFirst,
            Share share,
            List<Integer> levels)
            implements BoxForm {
        /** Of what the best are taken. */
        public enum Share {
            /** The best of the picture. */
            PICTURE,
            /** The best of each class. */
            CLASS,
            /** The best of each map. */
            LEVEL
        }

        public Dense {
            levels = List.copyOf(levels);
            if (share == Share.LEVEL && (levels.isEmpty() || levels.stream().anyMatch(n -> n < 1))) {
                throw new IllegalArgumentException("the best of each level are taken, but levels are " + levels
                        + "; give how many boxes each has");
            }
        }

        /** Corners in outputs {@code boxes} and {@code scores}; every class that suffices, the best of the picture. */
        public static Dense ofCorners() {
            return new Dense("boxes", "scores", Coordinates.CORNERS, false, false, Share.PICTURE, List.of());
        }

        public Dense withCoordinates(Coordinates other) {
            return new Dense(boxes, scores, other, bestClass, clipFirst, share, levels);
        }

        public Dense withBestClass(boolean on) {
            return new Dense(boxes, scores, coordinates, on, clipFirst, share, levels);
        }

        public Dense withClipFirst(boolean on) {
            return new Dense(boxes, scores, coordinates, bestClass, on, share, levels);
        }

        /** The best of each class are candidates. */
        public Dense ofEachClass() {
            return new Dense(boxes, scores, coordinates, bestClass, clipFirst, Share.CLASS, levels);
        }

        /** The best of each map are candidates. */
        public Dense ofEachLevel(List<Integer> places) {
            return new Dense(boxes, scores, coordinates, bestClass, clipFirst, Share.LEVEL, places);
        }

        @Override
        public String name() {
            return "dense";
        }
    }

    /** How a box is written: four numbers. */
    enum Coordinates {
        /** x1, y1, x2, y2 in pixels of the network's input. */
        CORNERS,
        /** Centre, width and height in pixels of the network's input. */
        CENTRES,
        /** x1, y1, x2, y2 as parts of the network's input, 0-1. */
        RELATIVE_CORNERS,
        /** Centre, width and height as parts of the network's input, 0-1. */
        RELATIVE_CENTRES
    }

    /**
     * The graph itself has chosen the objects. Either each picture has the same number of rows, {@code boxes [N, M, 4]}, {@code scores}
     * and {@code labels [N, M]}, of which those without a score above the threshold or with a negative label are empty; or the objects of all
     * pictures stand one after the other, {@code boxes [D, 4]}, {@code scores} and {@code labels [D]}, and {@code pictures [D]} says
     * to which of the batch each belongs. Without it such a graph takes one picture at a time.
     *
     * @param boxes the name of that output
     * @param scores the name of that output, 0-1
     * @param labels the name of that output: classes from 0
     * @param pictures the name of that output, where there is one
     * @param coordinates how a box is written
     */
    record Chosen(String boxes, String scores, String labels, Optional<String> pictures, Coordinates coordinates)
            implements BoxForm {
        /** Rows for each picture in outputs {@code boxes}, {@code scores} and {@code labels}. */
        public static Chosen ofRows() {
            return new Chosen("boxes", "scores", "labels", Optional.empty(), Coordinates.CORNERS);
        }

        /** The objects of all pictures, with an output {@code pictures}. */
        public static Chosen ofPictures() {
            return new Chosen("boxes", "scores", "labels", Optional.of("pictures"), Coordinates.CORNERS);
        }

        @Override
        public String name() {
            return "detections";
        }
    }

    /**
     * The raw head of YOLOX (Ge et al. 2021, arXiv 2107.08430): {@code [N, A, 5 + C]}, cell after cell, row by row, map after map; of each
     * the centre relative to the cell's corner, the logarithms of width and height, all four in strides, objectness, and the classes.
     * Objectness and classes are probabilities, or what the activation of {@link ModelMetadata} makes probabilities of; a score is
     * objectness times the best class's.
     *
     * @param output the name of that output; empty for the first
     * @param strides pixels from cell to cell of each map
     */
    record Yolox(Optional<String> output, List<Integer> strides) implements BoxForm {
        public Yolox {
            strides = List.copyOf(strides);
            if (strides.isEmpty() || strides.stream().anyMatch(s -> s < 1)) {
                throw new IllegalArgumentException("yolox: needs strides of at least 1 pixel, got " + strides);
            }
        }

        /** As published: the first output, strides of 8, 16 and 32 pixels. */
        public static Yolox published() {
            return new Yolox(Optional.empty(), List.of(8, 16, 32));
        }

        @Override
        public String name() {
            return "yolox";
        }
    }
}
