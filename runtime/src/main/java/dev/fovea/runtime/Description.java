package dev.fovea.runtime;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import dev.fovea.vision.transform.Preprocessing;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a network beside what its file says: for files of other programs, which carry neither names nor preprocessing. It is given
 * by flags, or stands in a small file beside the network ({@code birds.onnx}: {@code birds.yaml}, {@code birds.yml} or
 * {@code birds.json}):
 *
 * <pre>{@code
 * labels: imagenet_classes.txt               # a file with a name a line, or the names themselves: [cat, dog]
 * resize: resize256-crop224-bilinear
 * mean: [0.485, 0.456, 0.406]
 * std: [0.229, 0.224, 0.225]
 * activation: softmax                        # or sigmoid, or none where the graph gives probabilities
 * output: logits                             # only if it is neither called so nor the first
 * embedding: pooled                          # only if it is not called embedding
 * }</pre>
 *
 * <p>or, of a network that finds objects, with the keys of {@link BoxDecoding}:
 *
 * <pre>{@code
 * task: detect
 * labels: coco.names
 * resize: corner416-fill114
 * scale: 255                                 # the network takes values 0-255; mean and std are 0 and 1 unless given
 * channels: bgr                              # blue first
 * detector: {form: yolox, strides: [8, 16, 32], threshold: 0.3, iou: 0.45}
 * }</pre>
 *
 * @param entries entries of {@link ModelMetadata}, which go before those of the file
 * @param output the name of the classes' output
 * @param embedding the name of the embedding's output
 */
public record Description(Map<String, String> entries, Optional<String> output, Optional<String> embedding) {
    /** Nothing is known. */
    public static final Description NONE = new Description(Map.of(), Optional.empty(), Optional.empty());

    private static final int MOST_BYTES = 16 << 20;
    private static final List<String> KEYS = List.of(
            "task",
            "labels",
            "resize",
            "mean",
            "std",
            "scale",
            "channels",
            "activation",
            "output",
            "embedding",
            "detector");

    public Description {
        entries = Map.copyOf(entries);
    }

    public Description withLabels(List<String> labels) {
        return with(Map.of("fovea.labels", JsonNames.write(labels)));
    }

    public Description withPreprocessing(Preprocessing preprocessing) {
        return with(preprocessing.toMetadata());
    }

    public Description withActivation(Activation activation) {
        return with(Map.of("fovea.activation", activation.toString()));
    }

    public Description withOutput(String name) {
        return new Description(entries, Optional.of(name), embedding);
    }

    public Description withEmbedding(String name) {
        return new Description(entries, output, Optional.of(name));
    }

    /** This of a network that finds objects. */
    public Description withBoxes(BoxDecoding boxes) {
        return with(Map.of("fovea.task", ModelMetadata.DETECT, "fovea.detector", boxes.toJson()));
    }

    /** This with entries that go before its own. */
    private Description with(Map<String, String> more) {
        var all = new LinkedHashMap<>(entries);
        all.putAll(more);
        return new Description(all, output, embedding);
    }

    /** This, and what the other says of things that this does not mention. */
    Description or(Description other) {
        var all = new LinkedHashMap<>(other.entries);
        all.putAll(entries);
        return new Description(all, output.or(other::output), embedding.or(other::embedding));
    }

    /** What the file beside a network says; {@link #NONE} if there is none. */
    public static Description beside(Path network) throws IOException {
        String name = network.getFileName().toString().replaceFirst("\\.onnx$", "");
        for (String extension : List.of(".yaml", ".yml", ".json")) {
            var file = network.resolveSibling(name + extension);
            if (Files.isRegularFile(file)) {
                return read(file);
            }
        }
        return NONE;
    }

    /**
     * Reads such a file.
     *
     * @throws ModelException if it holds something else
     */
    public static Description read(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new ModelException(file + ": larger than " + MOST_BYTES + " bytes; it describes one network");
        }
        JsonFactory format = file.toString().endsWith(".json") ? new JsonFactory() : new YAMLFactory();
        try (var parser = format.createParser(Files.readString(file))) {
            return new Reader(file, parser).read();
        } catch (JacksonException e) {
            throw new ModelException(file + ": not readable: " + e.getOriginalMessage(), e);
        } catch (CharacterCodingException e) {
            throw new ModelException(file + ": not readable: it is no UTF-8 text", e);
        }
    }

    /** Reads token by token; the file is flat. */
    private record Reader(Path file, JsonParser parser) {
        Description read() throws IOException {
            var entries = new LinkedHashMap<String, String>();
            Optional<String> output = Optional.empty();
            Optional<String> embedding = Optional.empty();
            double scale = 1;
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new ModelException(file + ": expected lines of 'key: value'; keys are " + KEYS);
            }
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "labels" -> entries.put("fovea.labels", JsonNames.write(labels()));
                    case "resize" -> entries.put("fovea.resize", text(key));
                    case "task", "channels" -> entries.put("fovea." + key, text(key));
                    case "detector" -> entries.put("fovea.detector", detector());
                    case "scale" -> scale = scale();
                    case "mean", "std" -> entries.put("fovea." + key, String.join(",", texts(key)));
                    case "activation" -> entries.put("fovea.activation", text(key));
                    case "output" -> output = Optional.of(text(key));
                    case "embedding" -> embedding = Optional.of(text(key));
                    default -> throw new ModelException(file + ": unknown key '" + key + "'; keys are " + KEYS);
                }
            }
            if (scale != 1) {
                rescale(entries, scale);
            }
            return new Description(entries, output, embedding);
        }

        private String detector() throws IOException {
            try {
                return BoxDecoding.read(parser).toJson();
            } catch (IllegalArgumentException e) {
                throw new ModelException(file + ": " + e.getMessage(), e);
            }
        }

        private double scale() throws IOException {
            String text = text("scale");
            if (!text.matches("[0-9.]{1,9}") || !(number("scale", text) > 0)) {
                throw new ModelException(
                        file + ": scale: expected what white is for the network, 1 or 255, got " + text);
            }
            return number("scale", text);
        }

        private double number(String key, String text) throws ModelException {
            try {
                return Double.parseDouble(text);
            } catch (NumberFormatException e) {
                throw new ModelException(file + ": " + key + ": expected numbers, got '" + text + "'", e);
            }
        }

        /** Mean and deviation of values 0-1 from those of values 0-scale. */
        private void rescale(Map<String, String> entries, double scale) throws ModelException {
            for (String key : List.of("mean", "std")) {
                var scaled = new ArrayList<String>();
                String usual = key.equals("mean") ? "0,0,0" : "1,1,1";
                for (String text : entries.getOrDefault("fovea." + key, usual).split(",", -1)) {
                    scaled.add(Float.toString((float) (number(key, text) / scale)));
                }
                entries.put("fovea." + key, String.join(",", scaled));
            }
        }

        private List<String> labels() throws IOException {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                return texts("labels");
            }
            var list = Path.of(parser.getText());
            if (list.isAbsolute() || list.normalize().startsWith("..")) {
                throw new ModelException(file + ": labels: the list must lie beside or below this file, got " + list);
            }
            return names(file.resolveSibling(list));
        }

        private static List<String> names(Path list) throws IOException {
            if (!Files.isRegularFile(list)) {
                throw new NoSuchFileException(list.toString());
            }
            var names = new ArrayList<>(Files.readAllLines(list));
            names.removeIf(String::isBlank);
            return names;
        }

        private String text(String key) throws IOException {
            if (!parser.currentToken().isScalarValue()) {
                throw new ModelException(file + ": " + key + ": expected one value");
            }
            return parser.getText();
        }

        private List<String> texts(String key) throws IOException {
            if (parser.currentToken() != JsonToken.START_ARRAY) {
                return List.of(text(key));
            }
            var texts = new ArrayList<String>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                texts.add(text(key));
            }
            return texts;
        }
    }
}
