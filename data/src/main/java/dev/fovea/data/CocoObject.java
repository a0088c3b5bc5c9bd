package dev.fovea.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Rle;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One entry of {@code annotations}, with numbers in place of JSON, which takes many times the memory.
 *
 * @param box as it stands there: corner and size
 * @param area as stated; NaN if it is not
 * @param points x, y and visibility of each key point
 * @param runs the mask as runs, if it is stored so
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; millions of them
record CocoObject(
        long picture,
        int category,
        double[] box,
        double area,
        boolean crowd,
        boolean difficult,
        Optional<Outline> outline,
        float[] points,
        Optional<Rle> runs) {
    private static final int MOST_POINTS = 1_000_000;

    /**
     * Reads an entry.
     *
     * @throws DatasetException if it is damaged; the message names the source
     */
    static CocoObject read(JsonNode node, String source) throws DatasetException {
        double[] box = numbers(node.path("bbox"));
        String where = source + ", annotation " + brief(node.path("id"));
        if (box.length != 4) {
            throw new DatasetException(where + ": bbox is " + brief(node.path("bbox")) + ", not x, y, width, height");
        }
        double[] triples = numbers(node.path("keypoints"));
        float[] points = new float[triples.length];
        for (int i = 0; i < points.length; i++) {
            points[i] = (float) triples[i];
        }
        try {
            return new CocoObject(
                    node.path("image_id").asLong(Long.MIN_VALUE),
                    node.path("category_id").asInt(Integer.MIN_VALUE),
                    box,
                    node.path("area").isNumber() && node.path("area").asDouble() >= 0
                            ? node.path("area").asDouble()
                            : Double.NaN,
                    node.path("iscrowd").asInt() != 0,
                    node.path("difficult").asInt() != 0,
                    outline(node.path("segmentation")),
                    points,
                    runs(node.path("segmentation")));
        } catch (IllegalArgumentException e) {
            throw new DatasetException(where + ": " + e.getMessage(), e);
        }
    }

    /** The object, but for a mask of runs; empty if its box has no area, which the collector notes. */
    Optional<Instance> instance(Label label, List<String> pointNames, ObjectCollector collector) {
        return collector
                .object(label, box[0], box[1], box[0] + box[2], box[1] + box[3])
                .map(bare -> new Instance(
                        label,
                        bare.box(),
                        Optional.empty(),
                        keypoints(pointNames),
                        outline,
                        Double.isNaN(area) ? OptionalDouble.empty() : OptionalDouble.of(area),
                        crowd,
                        difficult));
    }

    private Optional<Keypoints> keypoints(List<String> names) {
        if (names.isEmpty() || points.length != 3 * names.size()) {
            return Optional.empty();
        }
        List<Keypoints.Point> named = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            named.add(
                    new Keypoints.Point(names.get(i), points[3 * i], points[3 * i + 1], visibility(points[3 * i + 2])));
        }
        return Optional.of(new Keypoints(named));
    }

    private static Visibility visibility(float written) {
        return written >= 2 ? Visibility.VISIBLE : written >= 1 ? Visibility.HIDDEN : Visibility.ABSENT;
    }

    private static Optional<Outline> outline(JsonNode segmentation) {
        List<float[]> polygons = new ArrayList<>();
        if (segmentation.isArray()) {
            for (JsonNode each : segmentation) {
                double[] points = numbers(each);
                if (points.length >= 6 && points.length % 2 == 0 && points.length < MOST_POINTS) {
                    float[] polygon = new float[points.length];
                    for (int i = 0; i < polygon.length; i++) {
                        polygon[i] = (float) points[i];
                    }
                    polygons.add(polygon);
                }
            }
        }
        return polygons.isEmpty() ? Optional.empty() : Optional.of(new Outline(polygons));
    }

    private static Optional<Rle> runs(JsonNode segmentation) {
        double[] size = numbers(segmentation.path("size"));
        if (!segmentation.isObject() || size.length != 2) {
            return Optional.empty();
        }
        var of = new Size((int) size[0], (int) size[1]);
        JsonNode counts = segmentation.path("counts");
        if (counts.isTextual()) {
            return Optional.of(Rle.parse(of, counts.asText()));
        }
        double[] values = numbers(counts);
        int[] runs = new int[values.length];
        for (int i = 0; i < runs.length; i++) {
            runs[i] = (int) values[i];
        }
        return Optional.of(Rle.of(of, runs));
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.isArray() ? array.size() : 0];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).isNumber() ? array.get(i).asDouble() : Double.NaN;
        }
        return numbers;
    }

    private static String brief(JsonNode node) {
        String text = node.isMissingNode() ? "missing" : node.toString();
        return text.length() > 60 ? text.substring(0, 60) + "..." : text;
    }
}
