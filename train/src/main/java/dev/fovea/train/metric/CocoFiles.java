package dev.fovea.train.metric;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.vision.Rle;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The COCO evaluation of files: a file of annotations and a file of results, as its tools take them.
 *
 * <pre>{@code
 * var evaluated = CocoFiles.read(Path.of("instances_val2017.json"), Path.of("results.json"), CocoFiles.Kind.BOXES);
 * evaluated.result().summary().forEach((name, value) -> System.out.println(name + " " + value));
 * }</pre>
 */
public final class CocoFiles {
    private static final long LARGEST = 1L << 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode truth;
    private final JsonNode results;
    private final Kind kind;
    private final Map<Integer, Integer> categories = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Map<Long, Size> pictures = new TreeMap<>();

    /** What is compared. */
    public enum Kind {
        BOXES,
        MASKS,
        KEYPOINTS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * An evaluation's numbers.
     *
     * @param categories names of the classes in the order of the numbers of {@code result}; by ascending id
     */
    public record Evaluated(List<String> categories, CocoResult result) {
        public Evaluated {
            categories = List.copyOf(categories);
        }
    }

    private CocoFiles(JsonNode truth, JsonNode results, Kind kind) throws IOException {
        this.truth = truth;
        this.results = results.isObject() ? results.path("annotations") : results;
        this.kind = kind;
        Map<Integer, String> byId = new TreeMap<>();
        truth.path("categories")
                .forEach(c -> byId.put(c.path("id").asInt(), c.path("name").asText()));
        byId.forEach((id, name) -> {
            categories.put(id, categories.size());
            names.add(name);
        });
        if (categories.isEmpty()) {
            throw new IOException("the file of annotations has no categories");
        }
        for (JsonNode picture : truth.path("images")) {
            pictures.put(
                    picture.path("id").asLong(),
                    new Size(
                            Math.max(1, picture.path("height").asInt(1)),
                            Math.max(1, picture.path("width").asInt(1))));
        }
    }

    /**
     * Reads and evaluates.
     *
     * @throws IOException if a file cannot be read or is not of this form; the message names what is wrong
     */
    public static Evaluated read(Path truth, Path results, Kind kind) throws IOException {
        return evaluate(parse(truth), parse(results), kind, true);
    }

    /** The same of parsed files; without classes, all of them are taken as one. */
    static Evaluated evaluate(JsonNode truth, JsonNode results, Kind kind, boolean classwise) throws IOException {
        var files = new CocoFiles(truth, results, kind);
        try {
            CocoResult result =
                    switch (kind) {
                        case BOXES -> files.run(CocoProtocol.boxes(), Overlap.boxes(), classwise, files::rect);
                        case MASKS -> files.run(CocoProtocol.boxes(), Overlap.masks(), classwise, files::mask);
                        case KEYPOINTS -> files.run(CocoProtocol.keypoints(), Overlap.people(), classwise, files::pose);
                    };
            return new Evaluated(files.names, result);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static JsonNode parse(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new IOException(file + " is larger than the limit of " + (LARGEST >> 20) + " MiB");
        }
        try {
            return JSON.readTree(file.toFile());
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            throw new IOException(file + " is not readable JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads the shape of an entry; the entry is a result or an annotation. */
    private interface Shape<T> {
        T of(JsonNode entry, boolean found);
    }

    private <T> CocoResult run(CocoProtocol protocol, Overlap<T> overlap, boolean classwise, Shape<T> shape) {
        Map<Long, List<Truth<T>>> there = new TreeMap<>();
        Map<Long, List<Scored<T>>> found = new TreeMap<>();
        for (JsonNode entry : truth.path("annotations")) {
            T of = shape.of(entry, false);
            boolean crowd = entry.path("iscrowd").asInt() != 0;
            boolean ignored =
                    kind == Kind.KEYPOINTS && entry.path("num_keypoints").asInt() == 0;
            there.computeIfAbsent(picture(entry), id -> new ArrayList<>())
                    .add(new Truth<>(category(entry), of, entry.path("area").asDouble(), crowd, ignored));
        }
        for (JsonNode entry : results) {
            T of = shape.of(entry, true);
            found.computeIfAbsent(picture(entry), id -> new ArrayList<>())
                    .add(new Scored<>(category(entry), entry.path("score").asDouble(), of, area(of)));
        }
        var evaluator = CocoEvaluator.of(names.size(), classwise ? protocol : protocol.withoutClasses(), overlap);
        for (long id : new TreeSet<>(pictures.keySet())) {
            evaluator.add(there.getOrDefault(id, List.of()), found.getOrDefault(id, List.of()));
        }
        return evaluator.compute();
    }

    private long picture(JsonNode entry) {
        long id = entry.path("image_id").asLong();
        if (!pictures.containsKey(id)) {
            throw new IllegalArgumentException("image_id " + entry.path("image_id")
                    + " is not among the images of the file of annotations; do both files belong together?");
        }
        return id;
    }

    private int category(JsonNode entry) {
        Integer index = categories.get(entry.path("category_id").asInt());
        if (index == null) {
            throw new IllegalArgumentException("category_id " + entry.path("category_id")
                    + " is not among the categories of the file of annotations");
        }
        return index;
    }

    private static double area(Object shape) {
        if (shape instanceof Rect rect) {
            return rect.area();
        }
        return shape instanceof Rle mask ? mask.area() : ((Pose) shape).box().area();
    }

    private Rect rect(JsonNode entry, boolean found) {
        double[] box = numbers(entry, "bbox");
        if (box.length != 4) {
            throw new IllegalArgumentException("a bbox has 4 numbers, got " + entry.path("bbox"));
        }
        return new Rect(box[0], box[1], box[2], box[3]);
    }

    private Rle mask(JsonNode entry, boolean found) {
        JsonNode segmentation = entry.path("segmentation");
        if (segmentation.isArray()) {
            List<double[]> polygons = new ArrayList<>();
            segmentation.forEach(p -> polygons.add(numbers(p)));
            return Rle.ofPolygons(pictures.get(picture(entry)), polygons);
        }
        double[] size = numbers(segmentation, "size");
        if (size.length != 2) {
            throw new IllegalArgumentException("a segmentation is a list of polygons or has a size and counts");
        }
        var of = new Size((int) size[0], (int) size[1]);
        JsonNode counts = segmentation.path("counts");
        return counts.isTextual()
                ? Rle.parse(of, counts.asText())
                : Rle.of(
                        of,
                        Arrays.stream(numbers(counts)).mapToInt(c -> (int) c).toArray());
    }

    private Pose pose(JsonNode entry, boolean found) {
        double[] triples = numbers(entry, "keypoints");
        return found ? Pose.found(triples) : Pose.of(rect(entry, false), triples);
    }

    private static double[] numbers(JsonNode entry, String field) {
        return numbers(entry.path(field));
    }

    private static double[] numbers(JsonNode array) {
        double[] numbers = new double[array.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = array.get(i).asDouble();
        }
        return numbers;
    }
}
