package dev.fovea.train.recipe;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;

/**
 * Options as a tree: {@code run.epochs}, {@code optimizer.lr}. The tree of the defaults names every key there is, so an unknown key in a
 * file is an error that names the nearest known one.
 */
public final class RecipeTree {
    private static final long LARGEST_FILE = 1 << 20;

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .disable(YAMLGenerator.Feature.SPLIT_LINES)
                    .build())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(MapperFeature.BLOCK_UNSAFE_POLYMORPHIC_BASE_TYPES)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .withCoercionConfig(LogicalType.Integer, c -> c.setCoercion(CoercionInputShape.Float, CoercionAction.Fail))
            .build();

    private final ObjectNode root;

    private RecipeTree(ObjectNode root) {
        this.root = root;
    }

    /** The tree of a record of options with all their defaults. */
    public static RecipeTree of(Object options) {
        return new RecipeTree(YAML.valueToTree(options));
    }

    /** The text at a key of a YAML file, if it is there. */
    public static Optional<String> text(Path file, String key) throws IOException {
        return Optional.ofNullable(read(file).get(key)).map(JsonNode::textValue);
    }

    /** This tree with the keys of a YAML file over it. */
    public RecipeTree withFile(Path file) throws IOException {
        var merged = root.deepCopy();
        merge(merged, read(file), "", file + ": ");
        return new RecipeTree(merged);
    }

    private static ObjectNode read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new RecipeException(file + ": no such recipe; give a YAML file, for example the run.yaml of a run");
        }
        if (Files.size(file) > LARGEST_FILE) {
            throw new RecipeException(
                    file + " has " + Files.size(file) + " bytes; a recipe has at most " + LARGEST_FILE);
        }
        JsonNode read;
        try {
            read = YAML.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw new RecipeException(
                    file + " is not readable as YAML" + line(e) + ": "
                            + e.getOriginalMessage().split("\\R", 2)[0],
                    e);
        }
        if (!(read instanceof ObjectNode over)) {
            throw new RecipeException(file + " must hold keys and values, such as 'run: {epochs: 10}'");
        }
        return over;
    }

    /** This tree with one value over it, at a path such as {@code run.epochs}; {@code null} changes nothing. */
    public RecipeTree with(String path, Object value) {
        if (value == null) {
            return this;
        }
        var merged = root.deepCopy();
        var steps = path.split("\\.", -1);
        ObjectNode node = merged;
        for (int i = 0; i < steps.length - 1; i++) {
            node = (ObjectNode) node.get(steps[i]);
        }
        node.set(steps[steps.length - 1], YAML.valueToTree(value));
        return new RecipeTree(merged);
    }

    private static void merge(ObjectNode into, ObjectNode over, String prefix, String where) {
        for (Iterator<String> names = over.fieldNames(); names.hasNext(); ) {
            String key = names.next();
            var value = over.get(key);
            var known = into.get(key);
            if (known == null) {
                throw new RecipeException(
                        where + "unknown key '" + prefix + key + "'" + Nearest.hint(key, into.fieldNames()));
            }
            if (value.isNull() && !known.isNull()) {
                throw new RecipeException(
                        where + prefix + key + " has no value; leave it out for the default, " + known);
            }
            if (known instanceof ObjectNode group && !(value instanceof ObjectNode)) {
                throw new RecipeException(where + prefix + key + " cannot be " + value + "; it holds keys and values"
                        + (group.isEmpty()
                                ? ""
                                : ", such as '" + group.fieldNames().next() + ": …'"));
            }
            // A map of free options (model.options) is replaced whole; a group is merged.
            if (known instanceof ObjectNode group && value instanceof ObjectNode inner && !group.isEmpty()) {
                merge(group, inner, prefix + key + ".", where);
            } else {
                into.set(key, value);
            }
        }
    }

    /** This tree as a record of options; its constructors check the values. */
    public <T> T as(Class<T> type) {
        try {
            return YAML.treeToValue(root, type);
        } catch (JsonMappingException e) {
            String key = e.getPath().stream()
                    .map(r -> r.getFieldName() == null ? "[" + r.getIndex() + "]" : r.getFieldName())
                    .reduce((a, b) -> a + "." + b)
                    .orElse("the recipe");
            if (e.getCause() instanceof IllegalArgumentException reason) {
                throw new RecipeException(reason.getMessage(), e);
            }
            throw new RecipeException(wrongValue(key, e), e);
        } catch (JsonProcessingException e) {
            throw new RecipeException("the recipe cannot be read: " + e.getOriginalMessage(), e);
        }
    }

    private static String line(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
    }

    /** What a value should be, in the words of a recipe rather than those of Java. */
    private String wrongValue(String key, JsonMappingException e) {
        var type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
        if (type == null) {
            return key + ": " + e.getOriginalMessage().split("\\R", 2)[0];
        }
        var value = root.at("/" + key.replaceAll("\\.?\\[(\\d+)]", "/$1").replace('.', '/'));
        if (type.isEnum()) {
            var names = Arrays.stream(type.getEnumConstants())
                    .map(c -> c.toString().toLowerCase(Locale.ROOT))
                    .toList();
            return key + " cannot be '" + value.asText() + "'"
                    + Nearest.hint(value.asText().toLowerCase(Locale.ROOT), names.iterator());
        }
        return key + " cannot be " + value + "; use " + kind(type);
    }

    private static String kind(Class<?> type) {
        if (type == int.class || type == long.class || type == Integer.class || type == Long.class) {
            return "a whole number";
        }
        if (type == double.class || type == Double.class) {
            return "a number";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        return Collection.class.isAssignableFrom(type) ? "a list" : "text";
    }

    /** The tree as YAML. */
    public String toYaml() {
        try {
            return YAML.writeValueAsString(root);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
