package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.List;

/** Says what is in regions and where exactly: the second stage of region-based networks. */
interface RegionClassifier {
    /**
     * The answer for regions {@code [R_i, 4]} of each picture, picture after picture.
     *
     * @param maps what the network made of the pictures
     */
    RegionHeads.Answer call(List<Tensor> maps, List<Tensor> regions, Pictures pictures);
}
