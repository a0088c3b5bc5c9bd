package dev.fovea.export.graph;

import dev.fovea.tensor.DType;
import java.util.List;

/**
 * What goes into a graph or comes out.
 *
 * @param dims a {@code Long} for a length, a {@code String} for the name of a free one; null where not even their count is known
 */
public record GraphValue(String name, DType type, List<Object> dims) {
    public GraphValue {
        dims = dims == null ? null : List.copyOf(dims);
    }
}
