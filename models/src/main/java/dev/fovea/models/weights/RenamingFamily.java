package dev.fovea.models.weights;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that one project gives to the tensors of one kind of network.
 *
 * @param source the project
 * @param name the kind of network
 * @param present names by which a file of it is known
 * @param rules in order: the first that fits counts
 * @param ignored names that the file may have and the network needs not
 * @param own tensors that the network computes itself and the file need not have
 * @param numbering letters that stand for a place in a count through the file: {@code "k": "blocks.<s>.<b>."} numbers all pairs of s and
 *     b from 0
 * @param shifts what is added to tensors by the last word of their new name, where networks differ by a constant
 * @param note what else differs, for people; empty if nothing does
 */
record RenamingFamily(
        String source,
        String name,
        List<String> present,
        List<RenamingRule> rules,
        List<KeyPattern> ignored,
        List<KeyPattern> own,
        Map<String, KeyPattern> numbering,
        Map<String, Double> shifts,
        String note) {
    static RenamingFamily of(String source, JsonNode node) {
        var rules = new ArrayList<RenamingRule>();
        node.required("rules").forEach(rule -> rules.add(RenamingRule.of(rule)));
        var numbering = new LinkedHashMap<String, KeyPattern>();
        node.path("numbering")
                .properties()
                .forEach(e ->
                        numbering.put(e.getKey(), KeyPattern.of(e.getValue().textValue())));
        var shifts = new LinkedHashMap<String, Double>();
        node.path("shifts")
                .properties()
                .forEach(e -> shifts.put(e.getKey(), e.getValue().doubleValue()));
        return new RenamingFamily(
                source,
                node.required("name").textValue(),
                texts(node.path("present")),
                List.copyOf(rules),
                texts(node.path("ignored")).stream().map(KeyPattern::of).toList(),
                texts(node.path("own")).stream().map(KeyPattern::of).toList(),
                Map.copyOf(numbering),
                Map.copyOf(shifts),
                node.path("note").asText(""));
    }

    private static List<String> texts(JsonNode node) {
        var texts = new ArrayList<String>();
        node.forEach(n -> texts.add(n.textValue()));
        return List.copyOf(texts);
    }

    /**
     * What the rules make of a file.
     *
     * @param uses in the order of the file
     * @param left names of the file that no rule fits
     */
    record Plan(List<RenamingRule.Use> uses, List<String> left) {
        /** How many of a network's names the file would fill. */
        long filled(Set<String> network) {
            return uses.stream()
                            .flatMap(u -> u.to().stream())
                            .filter(network::contains)
                            .count()
                    + left.stream().filter(network::contains).count();
        }
    }

    Plan plan(Set<String> file) {
        var uses = new ArrayList<RenamingRule.Use>();
        var left = new LinkedHashSet<String>();
        var taken = new HashSet<String>();
        var count = new Numbering(numbering, file);
        for (String key : file) {
            if (ignored.stream().anyMatch(p -> p.match(key).isPresent())) {
                continue;
            }
            var use = rules.stream()
                    .flatMap(r -> r.use(key, file, count).stream())
                    .findFirst();
            if (use.isPresent()) {
                uses.add(use.get());
                taken.addAll(use.get().from());
            } else {
                left.add(key);
            }
        }
        left.removeAll(taken); // parts that a rule joined to another
        return new Plan(List.copyOf(uses), List.copyOf(left));
    }

    /** Places in counts through one file. */
    static final class Numbering {
        private final Map<String, KeyPattern> patterns;
        private final Map<String, Map<Pair, Integer>> places = new HashMap<>();

        private record Pair(int first, int second) {}

        private Numbering(Map<String, KeyPattern> patterns, Set<String> file) {
            this.patterns = patterns;
            patterns.forEach((letter, pattern) -> {
                var pairs = new TreeSet<>(Comparator.comparingInt(Pair::first).thenComparingInt(Pair::second));
                file.forEach(key -> pattern.matchBeginning(key).ifPresent(v -> pairs.add(pair(v))));
                var numbers = new HashMap<Pair, Integer>();
                pairs.forEach(p -> numbers.put(p, numbers.size()));
                places.put(letter, numbers);
            });
        }

        private static Pair pair(Map<String, String> values) {
            return new Pair(number(values, "s"), number(values, "b"));
        }

        private static int number(Map<String, String> values, String name) {
            return Integer.parseInt(values.getOrDefault(name, "0"));
        }

        /** Values with the letters of counts added. */
        Map<String, String> complete(Map<String, String> values) {
            if (patterns.isEmpty()) {
                return values;
            }
            var all = new HashMap<>(values);
            places.forEach((letter, numbers) -> {
                var place = numbers.get(pair(values));
                if (place != null) {
                    all.put(letter, place.toString());
                }
            });
            return all;
        }
    }
}
