package dev.fovea.models.neck;

import dev.fovea.tensor.Tensor;
import java.util.List;

/** Makes maps of equal width, each of which knows of the others, of a backbone's maps. */
public interface Neck {
    /** Mixes maps {@code [N, C_i, H_i, W_i]}, finest first; further coarser maps may follow. */
    List<Tensor> call(List<Tensor> maps);
}
