package dev.fovea.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The parameters of an operation that are not tensors, by name and in order. Values are {@code Long}, {@code Double},
 * {@code Boolean}, {@code String}, {@code long[]} or {@link DType}.
 */
public final class Attributes {
    /** No parameters. */
    public static final Attributes NONE = new Attributes();

    private final Object[] pairs;

    private Attributes(Object... pairs) {
        this.pairs = pairs;
    }

    static Attributes of(Object... pairs) {
        return new Attributes(pairs);
    }

    /** The parameters as a map, made anew. */
    public Map<String, Object> toMap() {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            Object v = pairs[i + 1];
            map.put((String) pairs[i], v instanceof Integer n ? Long.valueOf(n) : v);
        }
        return map;
    }

    @Override
    public String toString() {
        return toMap().entrySet().stream()
                .map(e -> e.getKey() + "="
                        + (e.getValue() instanceof long[] a ? Arrays.toString(a) : String.valueOf(e.getValue())))
                .collect(Collectors.joining(", "));
    }
}
