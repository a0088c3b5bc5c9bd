package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * What networks make of pictures whose regions come from elsewhere; criterion and decoder run the second stage on the regions.
 *
 * @param maps what the second stage reads: maps, or the pictures themselves
 * @param regions of each picture {@code [R_i, 4]}, corners in prepared pixels
 */
public record SearchedOutput(List<Tensor> maps, List<Tensor> regions) implements TensorOutput {
    public SearchedOutput {
        maps = List.copyOf(maps);
        regions = List.copyOf(regions);
    }

    @Override
    public List<Tensor> tensors() {
        var all = new ArrayList<>(maps);
        all.addAll(regions);
        return all;
    }
}
