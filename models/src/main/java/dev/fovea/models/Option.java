package dev.fovea.models;

import java.util.List;
import java.util.Map;

/**
 * One thing that can be chosen about an architecture: its name (the reference's own, where it has one), type, standard value and
 * meaning. The only place where this is said; checks, help and files of weights all read it here.
 */
public record Option(String name, Kind kind, Object standard, double least, List<String> choices, String meaning) {
    /** What a value must look like; JSON and text give numbers, texts, flags and lists of them. */
    public enum Kind {
        INTEGER("an integer"),
        NUMBER("a number"),
        FLAG("true or false"),
        TEXT("a text"),
        INTEGERS("a list of integers"),
        FLAGS("a list of true and false"),
        ROWS("a list of lists of integers"),
        NUMBERS("a list of numbers"),
        NUMBER_ROWS("a list of lists of numbers");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    /** How many classes are told apart: the length of the output. */
    public static Option classes(int standard) {
        return integer("classes", standard, 1, "how many classes are told apart");
    }

    /** How many channels the pictures have. */
    public static Option inChannels(int standard) {
        return integer("in_channels", standard, 1, "channels of a picture: 3 for colour, 1 for grey");
    }

    public static Option integer(String name, int standard, int least, String meaning) {
        return new Option(name, Kind.INTEGER, standard, least, List.of(), meaning);
    }

    public static Option number(String name, double standard, double least, String meaning) {
        return new Option(name, Kind.NUMBER, standard, least, List.of(), meaning);
    }

    public static Option flag(String name, boolean standard, String meaning) {
        return new Option(name, Kind.FLAG, standard, 0, List.of(), meaning);
    }

    public static Option text(String name, String standard, String meaning) {
        return new Option(name, Kind.TEXT, standard, 0, List.of(), meaning);
    }

    public static Option choice(String name, List<String> choices, String meaning) {
        return new Option(name, Kind.TEXT, choices.get(0), 0, List.copyOf(choices), meaning);
    }

    public static Option integers(String name, List<Integer> standard, int least, String meaning) {
        return new Option(name, Kind.INTEGERS, standard, least, List.of(), meaning);
    }

    public static Option flags(String name, List<Boolean> standard, String meaning) {
        return new Option(name, Kind.FLAGS, standard, 0, List.of(), meaning);
    }

    public static Option rows(String name, List<List<Integer>> standard, String meaning) {
        return new Option(name, Kind.ROWS, standard, 0, List.of(), meaning);
    }

    public static Option numbers(String name, List<Double> standard, double least, String meaning) {
        return new Option(name, Kind.NUMBERS, standard, least, List.of(), meaning);
    }

    public static Option numberRows(String name, List<List<Double>> standard, double least, String meaning) {
        return new Option(name, Kind.NUMBER_ROWS, standard, least, List.of(), meaning);
    }

    /** The same option with another standard value, for a variant. */
    Option withStandard(Map<String, Object> standards) {
        return standards.containsKey(name)
                ? new Option(name, kind, standards.get(name), least, choices, meaning)
                : this;
    }

    /** The value in this option's type: integers as Integer, numbers as Double. */
    Object check(String owner, Object value) {
        Object converted =
                switch (kind) {
                    case INTEGER -> integer(owner, value, value);
                    case NUMBER -> number(owner, value);
                    case FLAG -> flag(owner, value, value);
                    case TEXT -> text(owner, value);
                    case INTEGERS ->
                        list(owner, value).stream()
                                .map(v -> integer(owner, v, value))
                                .toList();
                    case FLAGS ->
                        list(owner, value).stream()
                                .map(v -> flag(owner, v, value))
                                .toList();
                    case ROWS ->
                        list(owner, value).stream()
                                .map(row -> list(owner, row).stream()
                                        .map(v -> integer(owner, v, value))
                                        .toList())
                                .toList();
                    case NUMBERS ->
                        list(owner, value).stream().map(v -> number(owner, v)).toList();
                    case NUMBER_ROWS ->
                        list(owner, value).stream()
                                .map(row -> list(owner, row).stream()
                                        .map(v -> number(owner, v))
                                        .toList())
                                .toList();
                };
        return converted;
    }

    private Integer integer(String owner, Object value, Object whole) {
        if (value instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue())) {
            if (n.doubleValue() < least || n.doubleValue() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(
                        owner + ": option '" + name + "' must be at least " + (long) least + ", got " + whole);
            }
            return n.intValue();
        }
        throw wrong(owner, whole);
    }

    private Double number(String owner, Object value) {
        if (value instanceof Number n && Double.isFinite(n.doubleValue())) {
            if (n.doubleValue() < least) {
                throw new IllegalArgumentException(
                        owner + ": option '" + name + "' must be at least " + least + ", got " + value);
            }
            return n.doubleValue();
        }
        throw wrong(owner, value);
    }

    private Boolean flag(String owner, Object value, Object whole) {
        if (value instanceof Boolean b) {
            return b;
        }
        throw wrong(owner, whole);
    }

    private String text(String owner, Object value) {
        if (!(value instanceof String s)) {
            throw wrong(owner, value);
        }
        if (!choices.isEmpty() && !choices.contains(s)) {
            throw new IllegalArgumentException(
                    owner + ": option '" + name + "' must be one of " + choices + ", got '" + s + "'");
        }
        return s;
    }

    private List<?> list(String owner, Object value) {
        if (value instanceof List<?> l) {
            return l;
        }
        throw wrong(owner, value);
    }

    private IllegalArgumentException wrong(String owner, Object value) {
        String got = value instanceof String ? "'" + value + "'" : String.valueOf(value);
        return new IllegalArgumentException(
                owner + ": option '" + name + "' (" + meaning + ") must be " + kind + ", got " + got);
    }
}
