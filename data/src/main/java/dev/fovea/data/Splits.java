package dev.fovea.data;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Splits that stay: where a picture goes follows from a hash of its name (FNV-1a, then the output function of
 * splitmix64), not from its neighbours or a seed, so that adding pictures moves no other between the parts.
 *
 * <p>One exception: a class so small that chance leaves a part of it empty lends it one picture, and may take it back
 * as the class grows.
 */
public final class Splits {
    private Splits() {}

    /** Three parts of one dataset; validation and test may be empty. */
    public record Parts(Dataset train, Dataset validation, Dataset test) {}

    private record Member(int index, String key, double place) {}

    /**
     * Splits by the hash of each sample's key, class by class. Samples with several labels or none are split as one class.
     *
     * @param key a name that stays with the sample whatever is added, for example its path
     */
    public static Parts byHash(Dataset dataset, IntFunction<String> key, Fractions fractions) {
        Map<Integer, List<Member>> strata = new HashMap<>();
        for (int i = 0; i < dataset.size(); i++) {
            var labels = dataset.annotation(i).labels();
            int stratum = labels.size() == 1 ? labels.get(0).index() : -1;
            String name = key.apply(i);
            strata.computeIfAbsent(stratum, s -> new ArrayList<>()).add(new Member(i, name, place(name)));
        }
        List<Integer> train = new ArrayList<>();
        List<Integer> validation = new ArrayList<>();
        List<Integer> test = new ArrayList<>();
        for (List<Member> members : strata.values()) {
            members.sort(Comparator.comparingDouble(Member::place).thenComparing(Member::key));
            int[] ends = ends(members, fractions);
            for (int i = 0; i < members.size(); i++) {
                (i < ends[0] ? test : i < ends[1] ? validation : train)
                        .add(members.get(i).index());
            }
        }
        return new Parts(subset(dataset, train), subset(dataset, validation), subset(dataset, test));
    }

    /** Where, in the order of places, the test part and the validation part end. */
    private static int[] ends(List<Member> members, Fractions fractions) {
        int n = members.size();
        int byTest = below(members, fractions.test());
        int byBoth = below(members, fractions.test() + fractions.validation());
        int leastTest = fractions.test() > 0 && n >= 3 ? 1 : 0;
        int leastValidation = fractions.validation() > 0 && n >= 2 ? 1 : 0;
        int testEnd = Math.min(Math.max(byTest, leastTest), n - 1 - leastValidation);
        int validationEnd = Math.min(Math.max(byBoth, testEnd + leastValidation), n - 1);
        return new int[] {testEnd, validationEnd};
    }

    private static int below(List<Member> members, double limit) {
        return (int) members.stream().filter(m -> m.place() < limit).count();
    }

    private static Subset subset(Dataset dataset, List<Integer> indices) {
        return Subset.of(dataset, indices.stream().mapToInt(i -> i).sorted().toArray());
    }

    /** A name's place in 0-1. Composed and decomposed accents are one name, as macOS and Linux store them differently. */
    static double place(String key) {
        long h = 0xcbf29ce484222325L;
        for (byte b : Normalizer.normalize(key, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        h += 0x9E3779B97F4A7C15L;
        h = (h ^ (h >>> 30)) * 0xBF58476D1CE4E5B9L;
        h = (h ^ (h >>> 27)) * 0x94D049BB133111EBL;
        h ^= h >>> 31;
        return (h >>> 11) * 0x1p-53;
    }
}
