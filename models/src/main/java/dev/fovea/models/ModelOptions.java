package dev.fovea.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was chosen for one network: every option of its architecture, checked and in its type. Immutable. */
public final class ModelOptions {
    private final ModelSpec spec;
    private final Map<String, Object> values;

    private ModelOptions(ModelSpec spec, Map<String, Object> values) {
        this.spec = spec;
        this.values = values;
    }

    static ModelOptions of(ModelSpec spec, List<Option> options) {
        var values = new LinkedHashMap<String, Object>();
        options.forEach(option -> values.put(option.name(), option.standard()));
        spec.options().forEach((name, value) -> {
            var option = options.stream()
                    .filter(o -> o.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException(
                            spec.name() + " has no option '" + name + "'" + Names.didYouMean(name, values.keySet())
                                    + "; its options are " + String.join(", ", values.keySet())));
            values.put(name, option.check(spec.name(), value));
        });
        return new ModelOptions(spec, values);
    }

    /** Name and explicitly chosen options, as stored beside checkpoints. */
    public ModelSpec spec() {
        return spec;
    }

    public int classes() {
        return integer("classes");
    }

    public int inChannels() {
        return integer("in_channels");
    }

    public int integer(String name) {
        return (Integer) value(name);
    }

    public double number(String name) {
        return ((Number) value(name)).doubleValue();
    }

    public boolean flag(String name) {
        return (Boolean) value(name);
    }

    public String text(String name) {
        return (String) value(name);
    }

    @SuppressWarnings("unchecked") // Option.check made a list of Integer
    public List<Integer> integers(String name) {
        return (List<Integer>) value(name);
    }

    @SuppressWarnings("unchecked") // Option.check made a list of Boolean
    public List<Boolean> flags(String name) {
        return (List<Boolean>) value(name);
    }

    @SuppressWarnings("unchecked") // Option.check made lists of Integer
    public List<List<Integer>> rows(String name) {
        return (List<List<Integer>>) value(name);
    }

    @SuppressWarnings("unchecked") // Option.check made a list of Double
    public List<Double> numbers(String name) {
        return (List<Double>) value(name);
    }

    @SuppressWarnings("unchecked") // Option.check made lists of Double
    public List<List<Double>> numberRows(String name) {
        return (List<List<Double>>) value(name);
    }

    /** A probability in [0, 1). */
    public double probability(String name) {
        double p = number(name);
        if (p < 0 || p >= 1) {
            throw new IllegalArgumentException(spec.name() + ": option '" + name + "' must be in [0, 1), got " + p);
        }
        return p;
    }

    private Object value(String name) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalStateException(spec.name() + " declares no option '" + name + "'");
        }
        return value;
    }
}
