package dev.fovea.data;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The lists of one COCO file of boxes, read as a stream.
 *
 * @param categories names by id, ascending
 * @param keypoints names of points by category
 */
record CocoJson(
        String path, Map<Integer, String> categories, Map<Integer, List<String>> keypoints, List<Picture> pictures) {
    private static final int MOST_PICTURES = 5_000_000;
    private static final int MOST_OBJECTS = 50_000_000;
    private static final int MOST_CATEGORIES = 100_000;
    private static final ObjectMapper JSON = new ObjectMapper();

    /** An entry of {@code images} with its objects. */
    record Picture(String fileName, Optional<Size> size, List<CocoObject> objects) {}

    /** The file, or empty if it is JSON of another kind. */
    static Optional<CocoJson> read(FileTree tree, String path) throws IOException {
        return new Reading(tree.source(path)).read(tree, path);
    }

    /** The state while a file is read. */
    private static final class Reading {
        private final String source;
        private final Map<Long, Picture> pictures = new LinkedHashMap<>();
        private final Map<Long, List<CocoObject>> annotations = new HashMap<>();
        private final Map<Integer, String> categories = new TreeMap<>();
        private final Map<Integer, List<String>> keypoints = new HashMap<>();
        private boolean hasImages;
        private boolean hasBoxes;
        private boolean otherKind;
        private long objects;

        Reading(String source) {
            this.source = source;
        }

        Optional<CocoJson> read(FileTree tree, String path) throws IOException {
            try (InputStream in = tree.open(path, FileTree.LARGEST_LIST);
                    JsonParser parser = JSON.createParser(in)) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    return Optional.empty();
                }
                while (!otherKind && parser.nextToken() == JsonToken.FIELD_NAME) {
                    list(parser);
                }
            } catch (JacksonException e) {
                if (!hasImages) {
                    return Optional.empty();
                }
                throw new DatasetException(source + " is damaged: " + e.getOriginalMessage() + "; fetch it again", e);
            }
            if (otherKind || !hasImages || !hasBoxes || categories.isEmpty()) {
                return Optional.empty();
            }
            annotations.forEach((id, list) -> {
                if (pictures.containsKey(id)) {
                    pictures.get(id).objects().addAll(list);
                }
            });
            return Optional.of(new CocoJson(path, categories, keypoints, List.copyOf(pictures.values())));
        }

        private void list(JsonParser parser) throws IOException {
            String field = parser.currentName();
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                parser.skipChildren();
                return;
            }
            switch (field) {
                case "images" -> {
                    hasImages = true;
                    each(parser, this::picture);
                }
                case "annotations" -> {
                    hasBoxes = true;
                    each(parser, this::object);
                }
                case "categories" -> each(parser, this::category);
                default -> parser.skipChildren();
            }
        }

        private interface Element {
            void read(JsonNode node) throws IOException;
        }

        private void each(JsonParser parser, Element element) throws IOException {
            while (!otherKind && parser.nextToken() != JsonToken.END_ARRAY) {
                JsonNode node = parser.readValueAsTree();
                if (node == null) { // the file ends here; the parser complains at the next token
                    return;
                }
                element.read(node);
            }
        }

        private void picture(JsonNode node) throws IOException {
            String name = node.path("file_name").asText("");
            if (!node.path("id").isIntegralNumber() || name.isBlank()) {
                otherKind = true;
                return;
            }
            requireFewer("pictures", pictures.size(), MOST_PICTURES);
            int width = node.path("width").asInt();
            int height = node.path("height").asInt();
            Optional<Size> size = width > 0 && height > 0 ? Optional.of(new Size(height, width)) : Optional.empty();
            Picture before = pictures.put(node.path("id").asLong(), new Picture(name, size, new ArrayList<>()));
            if (before != null) {
                throw new DatasetException(
                        source + " has the image id " + node.path("id").asLong() + " twice, " + before.fileName()
                                + " and " + name + "; ids must be unique");
            }
        }

        private void object(JsonNode node) throws IOException {
            if (!node.has("bbox")) {
                otherKind = true; // captions, panoptic segments
                return;
            }
            requireFewer("objects", objects++, MOST_OBJECTS);
            CocoObject read = CocoObject.read(node, source);
            annotations.computeIfAbsent(read.picture(), id -> new ArrayList<>()).add(read);
        }

        private void category(JsonNode node) throws IOException {
            requireFewer("categories", categories.size(), MOST_CATEGORIES);
            int id = node.path("id").asInt();
            categories.put(id, node.path("name").asText(Integer.toString(id)));
            List<String> names = new ArrayList<>();
            node.path("keypoints").forEach(n -> names.add(n.asText()));
            keypoints.put(id, names);
        }

        private void requireFewer(String what, long count, int most) throws DatasetException {
            if (count >= most) {
                throw new DatasetException(source + " has more than " + most + " " + what + ", the limit");
            }
        }
    }
}
