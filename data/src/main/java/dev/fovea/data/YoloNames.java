package dev.fovea.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.fovea.vision.Label;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The classes and parts of YOLO data: {@code data.yaml}, {@code *.names} or {@code classes.txt}.
 *
 * @param byId names by the number that stands in the labels; may have gaps
 * @param parts for each part the folders or lists of pictures that the file names, as written
 */
record YoloNames(Map<Integer, String> byId, Map<Part, List<String>> parts) {
    private static final YAMLMapper YAML = new YAMLMapper();
    private static final int MOST_NAMES = 100_000;

    /** The names for labels below a folder: the file nearest to them. */
    static Optional<YoloNames> find(FileTree tree, String below) throws IOException {
        Optional<YoloNames> best = Optional.empty();
        int bestRank = Integer.MAX_VALUE;
        for (String path : tree.files()) {
            int rank = rank(path, below);
            if (rank < bestRank) {
                Optional<YoloNames> read = read(tree, path);
                if (read.isPresent()) {
                    best = read;
                    bestRank = rank;
                }
            }
        }
        return best;
    }

    /** Smaller is better; those below the folder come before the others, descriptions before lists. */
    private static int rank(String path, String below) {
        String name = PictureIndex.name(path);
        boolean yaml = name.endsWith(".yaml") || name.endsWith(".yml");
        int kind = yaml ? 0 : name.endsWith(".names") ? 1 : name.equals(ClassNames.FILE) ? 2 : 100;
        int depth = (int) path.chars().filter(c -> c == '/').count();
        return kind == 100 || depth > 3 ? Integer.MAX_VALUE : (path.startsWith(below) ? 0 : 50) + kind * 4 + depth;
    }

    /** A file of names; empty if it has none. */
    static Optional<YoloNames> read(FileTree tree, String path) throws IOException {
        byte[] bytes = tree.read(path);
        if (!path.endsWith(".yaml") && !path.endsWith(".yml")) {
            Map<Integer, String> names = list(ClassNames.parse(bytes));
            return names.isEmpty() ? Optional.empty() : Optional.of(new YoloNames(names, Map.of()));
        }
        JsonNode root;
        try {
            root = YAML.readTree(bytes);
        } catch (JacksonException e) {
            throw new DatasetException(tree.source(path) + " is not readable YAML: " + e.getOriginalMessage(), e);
        }
        Map<Integer, String> names = new TreeMap<>();
        JsonNode list = root.path("names");
        if (list.isArray()) {
            list.forEach(n -> names.put(names.size(), n.asText()));
        } else {
            for (var each : list.properties()) {
                if (!each.getKey().matches("\\d{1,6}")) {
                    throw new DatasetException(tree.source(path) + ": '" + each.getKey()
                            + "' under names is no number of a class; write 0: name");
                }
                names.put(Integer.parseInt(each.getKey()), each.getValue().asText());
            }
        }
        if (names.isEmpty() || names.size() > MOST_NAMES) {
            return Optional.empty();
        }
        Map<Part, List<String>> parts = new HashMap<>();
        for (String key : List.of("train", "val", "valid", "validation", "test")) {
            List<String> places = new ArrayList<>();
            JsonNode node = root.path(key);
            (node.isArray() ? node : YAML.createArrayNode().add(node.isTextual() ? node.asText() : ""))
                    .forEach(n -> places.add(n.asText()));
            places.removeIf(String::isBlank);
            if (!places.isEmpty()) {
                parts.put(Part.named(key).orElseThrow(), places);
            }
        }
        return Optional.of(new YoloNames(names, parts));
    }

    /** A name a line, or all lines with a number first: {@code 13 stop sign}. */
    private static Map<Integer, String> list(List<String> lines) {
        Map<Integer, String> names = new TreeMap<>();
        boolean numbered = !lines.isEmpty() && lines.stream().allMatch(l -> l.matches("\\d{1,6}\\s*[: ]\\s*\\S.*"));
        for (String line : lines) {
            String[] words = line.split("[: ]+", 2);
            names.put(numbered ? Integer.parseInt(words[0].strip()) : names.size(), numbered ? words[1] : line);
        }
        return names;
    }

    /** The names in the order of their numbers. */
    List<String> classes() {
        return List.copyOf(byId.values());
    }

    /** The labels by the number that stands in the files. */
    Map<Integer, Label> labels() {
        Map<Integer, Label> labels = new HashMap<>();
        byId.forEach((id, name) -> labels.put(id, new Label(labels.size(), name)));
        return labels;
    }
}
