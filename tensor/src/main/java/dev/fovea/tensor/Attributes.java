package dev.fovea.tensor;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The parameters of an operation that are not tensors, by name and in order. Values are {@code Long}, {@code Double},
 * {@code Boolean}, {@code String}, {@code long[]}, {@code double[]} or {@link DType}; parameters that were left out have no entry.
 */
public final class Attributes {
    /** No parameters. */
    public static final Attributes NONE = new Attributes();

    private final Object[] pairs;

    private Attributes(Object... pairs) {
        this.pairs = pairs;
    }

    /** Names and values in turn; a null value leaves its name out. */
    static Attributes of(Object... pairs) {
        return new Attributes(pairs);
    }

    static Attributes of(Map<String, Object> parameters) {
        var pairs = new Object[2 * parameters.size()];
        int i = 0;
        for (var entry : parameters.entrySet()) {
            pairs[i++] = entry.getKey();
            pairs[i++] = entry.getValue();
        }
        return new Attributes(pairs);
    }

    /** The parameters as a map, made anew; arrays in it are copies. */
    public Map<String, Object> toMap() {
        var map = new LinkedHashMap<String, Object>();
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i + 1] != null) {
                map.put((String) pairs[i], own(pairs[i + 1]));
            }
        }
        return map;
    }

    private static Object own(Object value) {
        if (value instanceof Integer n) {
            return Long.valueOf(n);
        } else if (value instanceof long[] a) {
            return a.clone();
        } else if (value instanceof double[] a) {
            return a.clone();
        }
        return value;
    }

    /** The same parameters in arrays of their own, which the caller of the operation cannot change any more. */
    public Attributes copy() {
        var copies = pairs.clone();
        for (int i = 1; i < copies.length; i += 2) {
            copies[i] = own(copies[i]);
        }
        return new Attributes(copies);
    }

    /** A parameter, if it was given. */
    public Optional<Object> get(String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name) && pairs[i + 1] != null) {
                return Optional.of(own(pairs[i + 1]));
            }
        }
        return Optional.empty();
    }

    private <T> T require(String name, Class<T> type) {
        var value = get(name).orElseThrow(() -> new IllegalArgumentException("no parameter '" + name + "' in " + this));
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "parameter '" + name + "' is no " + type.getSimpleName() + " in " + this);
        }
        return type.cast(value);
    }

    /** A whole number that must be there. */
    public long integer(String name) {
        return require(name, Long.class);
    }

    /** A number that must be there. */
    public double number(String name) {
        return require(name, Number.class).doubleValue();
    }

    /** A truth value that must be there. */
    public boolean flag(String name) {
        return require(name, Boolean.class);
    }

    /** A word that must be there. */
    public String text(String name) {
        return require(name, String.class);
    }

    /** Whole numbers that must be there. */
    public long[] integers(String name) {
        return require(name, long[].class);
    }

    /** A type that must be there. */
    public DType type(String name) {
        return require(name, DType.class);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Attributes other && toString().equals(other.toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }

    @Override
    public String toString() {
        return toMap().entrySet().stream()
                .map(e -> e.getKey() + "=" + text(e.getValue()))
                .collect(Collectors.joining(", "));
    }

    private static String text(Object value) {
        if (value instanceof long[] a) {
            return Arrays.toString(a);
        }
        return value instanceof double[] a ? Arrays.toString(a) : String.valueOf(value);
    }
}
