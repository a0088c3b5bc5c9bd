package dev.fovea.models;

import dev.fovea.nn.Module;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One named network of the registry.
 *
 * @param name for example {@code resnet50}
 * @param options what can be chosen, with this variant's standard values
 * @param parameters how many values it trains with the standard options
 * @param imageSize side in pixels of the square pictures it is usually trained on
 * @param reference the implementation whose weights it takes, for example {@code torchvision 0.14.1}
 * @param paper where it was published
 * @param factory builds it
 * @param <N> what it is for: a {@link Backbone} classifies, a {@link dev.fovea.models.detect.Detector} finds objects
 */
public record Architecture<N extends Module>(
        String name,
        List<Option> options,
        long parameters,
        int imageSize,
        String reference,
        String paper,
        Function<ModelOptions, ? extends N> factory) {
    public Architecture {
        options = List.copyOf(options);
    }

    /** The same architecture with other standard values, under another name. */
    public Architecture<N> variant(String otherName, long otherParameters, Map<String, Object> standards) {
        standards.keySet().stream()
                .filter(key -> options.stream().noneMatch(o -> o.name().equals(key)))
                .findFirst()
                .ifPresent(key -> {
                    throw new IllegalArgumentException(name + " has no option '" + key + "'");
                });
        var changed = options.stream().map(o -> o.withStandard(standards)).toList();
        return new Architecture<>(otherName, changed, otherParameters, imageSize, reference, paper, factory);
    }

    N build(ModelSpec spec) {
        return factory.apply(ModelOptions.of(spec, options));
    }
}
