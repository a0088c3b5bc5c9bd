package dev.fovea.train;

import dev.fovea.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The named scalar terms of a loss; each is already multiplied by its weight. Their sum is what training minimises. */
public record Losses(Map<String, Tensor> terms) {
    public Losses {
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a loss needs at least one term");
        }
        terms = Collections.unmodifiableMap(new LinkedHashMap<>(terms));
    }

    /** A loss of one term. */
    public static Losses of(String name, Tensor value) {
        return new Losses(Map.of(name, value));
    }

    /** The sum of all terms. */
    public Tensor total() {
        Tensor sum = null;
        for (var term : terms.values()) {
            sum = sum == null ? term : sum.add(term);
        }
        return sum;
    }
}
