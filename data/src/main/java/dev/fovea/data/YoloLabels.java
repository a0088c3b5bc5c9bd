package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Size;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The lines of one YOLO text file: class, centre and size as shares of the picture ({@code 0 0.5 0.5 0.2 0.1}), or class and
 * the points of an outline.
 */
record YoloLabels(List<Line> lines) {
    private static final int MOST_LINES = 100_000;
    private static final int MOST_NUMBERS = 100_000;

    /** A line; numbers are shares of width and height. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Line(int category, double[] numbers) {
        boolean isOutline() {
            return numbers.length > 5;
        }

        /** x1, y1, x2, y2 as shares. */
        double[] corners() {
            if (!isOutline()) {
                double w = numbers[2] / 2;
                double h = numbers[3] / 2;
                return new double[] {numbers[0] - w, numbers[1] - h, numbers[0] + w, numbers[1] + h};
            }
            double[] c = {Double.MAX_VALUE, Double.MAX_VALUE, -Double.MAX_VALUE, -Double.MAX_VALUE};
            for (int i = 0; i < numbers.length; i += 2) {
                c[0] = Math.min(c[0], numbers[i]);
                c[1] = Math.min(c[1], numbers[i + 1]);
                c[2] = Math.max(c[2], numbers[i]);
                c[3] = Math.max(c[3], numbers[i + 1]);
            }
            return c;
        }
    }

    /**
     * Reads a file.
     *
     * @throws DatasetException if a line is no box and no outline; the message names it
     */
    static YoloLabels parse(byte[] text, String source) throws DatasetException {
        List<Line> lines = new ArrayList<>();
        int number = 0;
        for (String line : new String(text, StandardCharsets.UTF_8).split("\\R", -1)) {
            number++;
            if (!line.isBlank()) {
                Optional<Line> read = line(line.strip().split("\\s+", MOST_NUMBERS));
                if (read.isEmpty() || lines.size() == MOST_LINES) {
                    throw new DatasetException(source + ", line " + number
                            + " is no box; write class, centre x, centre y, width, height, or class and points of an"
                            + " outline, all but the class as shares of the picture, at most " + MOST_LINES + " lines");
                }
                lines.add(read.get());
            }
        }
        return new YoloLabels(List.copyOf(lines));
    }

    /** Five numbers, six with a score, or a class and at least three points. */
    private static Optional<Line> line(String[] words) {
        boolean known = words.length == 5 || words.length == 6 || (words.length >= 7 && words.length % 2 == 1);
        if (!known || !words[0].matches("\\d{1,6}(\\.0*)?")) {
            return Optional.empty();
        }
        double[] numbers = new double[words.length == 6 ? 4 : words.length - 1];
        for (int i = 0; i < numbers.length; i++) {
            try {
                numbers[i] = Double.parseDouble(words[i + 1]);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }
        return Optional.of(new Line((int) Double.parseDouble(words[0]), numbers));
    }

    /** Lines whose box has no area are put aside; they can be told without knowing the picture's size. */
    YoloLabels withoutDegenerate(String source, Map<Integer, Label> labels, List<DroppedBox> dropped) {
        var collector = new ObjectCollector(source, dropped);
        return new YoloLabels(lines.stream()
                .filter(line -> {
                    double[] c = line.corners();
                    return collector
                            .object(labels.get(line.category()), c[0], c[1], c[2], c[3])
                            .isPresent();
                })
                .toList());
    }

    /** The objects in pixels of a picture. */
    Annotation annotation(Size size, Map<Integer, Label> labels) {
        var collector = new ObjectCollector("", new ArrayList<>());
        double w = size.width();
        double h = size.height();
        for (Line line : lines) {
            double[] c = line.corners();
            collector
                    .object(labels.get(line.category()), c[0] * w, c[1] * h, c[2] * w, c[3] * h)
                    .map(object -> line.isOutline() ? withOutline(object, line.numbers(), w, h) : object)
                    .ifPresent(collector::add);
        }
        return collector.annotation();
    }

    private static Instance withOutline(Instance object, double[] shares, double w, double h) {
        float[] polygon = new float[shares.length];
        for (int i = 0; i < polygon.length; i++) {
            polygon[i] = (float) (shares[i] * (i % 2 == 0 ? w : h));
        }
        return object.withShape(
                object.box(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Outline(List.of(polygon))),
                object.statedArea());
    }

    /** A picture with these labels; its size is read from its header when the annotation is first asked for. */
    Entry entry(FileTree tree, String picture, Map<Integer, Label> labels) {
        if (lines.isEmpty()) {
            return new Entry(picture, Annotation.NONE);
        }
        return new Entry(picture, new SizedAnnotation(tree, picture, size -> annotation(size, labels)));
    }
}
