package dev.fovea.models.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How tensors of a file become tensors of a network.
 *
 * @param from one name, or several whose tensors are joined along their first dimension; {@code zeros} stands for zeros of the first
 *     one's shape
 * @param to one name, or several that get equal parts along the first dimension
 * @param with a name that must be in the file for the rule to count; null for none
 * @param without a name that must not be in the file; null for none
 * @param reshape whether the values take the network's own shape if that is another with as many values
 */
record RenamingRule(List<KeyPattern> from, List<KeyPattern> to, KeyPattern with, KeyPattern without, boolean reshape) {
    static final String ZEROS = "zeros";

    private static final Set<String> WORDS = Set.of("from", "to", "with", "without", "reshape");

    /** One use of a rule: the file's names and the network's. */
    record Use(RenamingRule rule, List<String> from, List<String> to) {}

    static RenamingRule of(JsonNode node) {
        node.fieldNames().forEachRemaining(word -> {
            if (!WORDS.contains(word)) {
                throw new IllegalArgumentException("a rule has no '" + word + "': " + node);
            }
        });
        return new RenamingRule(
                patterns(node.required("from")),
                patterns(node.required("to")),
                pattern(node.get("with")),
                pattern(node.get("without")),
                node.path("reshape").asBoolean(false));
    }

    private static List<KeyPattern> patterns(JsonNode node) {
        var patterns = new ArrayList<KeyPattern>();
        if (node.isArray()) {
            node.forEach(n -> patterns.add(KeyPattern.of(n.textValue())));
        } else {
            patterns.add(KeyPattern.of(node.textValue()));
        }
        return List.copyOf(patterns);
    }

    private static KeyPattern pattern(JsonNode node) {
        return node == null ? null : KeyPattern.of(node.textValue());
    }

    /** The use that a name of the file makes of this rule, if it begins one and the others are there. */
    Optional<Use> use(String key, Set<String> file, RenamingFamily.Numbering numbering) {
        var found = from.get(0).match(key);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        var values = numbering.complete(found.get());
        boolean counts = (with == null || file.contains(with.fill(values)))
                && (without == null || !file.contains(without.fill(values)));
        var sources = fill(from, values);
        boolean there = sources.stream().allMatch(s -> s.equals(ZEROS) || file.contains(s));
        return counts && there ? Optional.of(new Use(this, sources, fill(to, values))) : Optional.empty();
    }

    private static List<String> fill(List<KeyPattern> patterns, Map<String, String> values) {
        return patterns.stream().map(p -> p.fill(values)).toList();
    }
}
