package dev.fovea.models;

import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A part of a network that is trained or left alone as a whole.
 *
 * @param name for example {@code stem}, {@code layer3}, {@code head}
 * @param parameters by their key in the whole network
 * @param modules the modules that hold them
 */
public record Stage(String name, Map<String, Parameter> parameters, List<Module> modules) {
    public Stage {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        modules = List.copyOf(modules);
    }

    /** Leaves its parameters and running statistics as they are from now on. */
    public void freeze() {
        parameters.values().forEach(Parameter::freeze);
        statistics(true);
    }

    /** Takes its parameters and running statistics back into training. */
    public void unfreeze() {
        parameters.values().forEach(Parameter::unfreeze);
        statistics(false);
    }

    private void statistics(boolean frozen) {
        modules.forEach(m -> m.freezeStatistics(frozen));
    }
}
