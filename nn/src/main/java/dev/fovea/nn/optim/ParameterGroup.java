package dev.fovea.nn.optim;

import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.BiPredicate;

/**
 * Parameters that are trained with the same learning rate and weight decay.
 *
 * @param name for messages and saved state, for example {@code head}
 * @param parameters by their keys in the network; keys are unique over all groups
 * @param lr its base learning rate; empty for the optimiser's
 * @param weightDecay its weight decay; empty for the optimiser's
 */
public record ParameterGroup(
        String name, Map<String, Parameter> parameters, OptionalDouble lr, OptionalDouble weightDecay) {
    public ParameterGroup {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
    }

    /** A group with the optimiser's own learning rate and weight decay. */
    public static ParameterGroup of(String name, Map<String, Parameter> parameters) {
        return new ParameterGroup(name, parameters, OptionalDouble.empty(), OptionalDouble.empty());
    }

    /** All parameters of a network in one group. */
    public static List<ParameterGroup> all(Module network) {
        return List.of(of("all", network.parameters()));
    }

    /**
     * The weights in one group, and without weight decay in another what it does not help: biases and the parameters of
     * normalisation (every parameter with fewer than two dimensions).
     */
    public static List<ParameterGroup> decayingWeightsOnly(Module network) {
        return of("all", network.parameters()).withoutDecayBelowTwoDimensions();
    }

    /** This group split as {@link #decayingWeightsOnly} does; an empty part is left out. */
    public List<ParameterGroup> withoutDecayBelowTwoDimensions() {
        var weights = new ParameterGroup(name, select((key, p) -> p.shape().rank() >= 2), lr, weightDecay);
        var rest = new ParameterGroup(
                name + ".no_decay", select((key, p) -> p.shape().rank() < 2), lr, OptionalDouble.of(0));
        return List.of(weights, rest).stream()
                .filter(g -> !g.parameters.isEmpty())
                .toList();
    }

    private Map<String, Parameter> select(BiPredicate<String, Parameter> condition) {
        var selected = new LinkedHashMap<String, Parameter>();
        parameters.forEach((key, p) -> {
            if (condition.test(key, p)) {
                selected.put(key, p);
            }
        });
        return selected;
    }

    /** The same with its own base learning rate. */
    public ParameterGroup lr(double value) {
        return new ParameterGroup(name, parameters, OptionalDouble.of(value), weightDecay);
    }

    /** The same with its own weight decay. */
    public ParameterGroup weightDecay(double value) {
        return new ParameterGroup(name, parameters, lr, OptionalDouble.of(value));
    }
}
