package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects of one picture as networks for sets are taught them.
 *
 * @param boxes {@code [M, 4]}: centre, width and height as parts of the picture, 0-1
 * @param labels {@code [M]} int64
 */
record SetTargets(Tensor boxes, Tensor labels) {
    int count() {
        return (int) labels.dim(0);
    }

    /** The objects of each picture, as parts of its own size, or of the whole batch's where pictures fill it. */
    static List<SetTargets> of(List<BoxTargets> targets, List<Size> sizes, Tensor like) {
        var all = new ArrayList<SetTargets>();
        for (int i = 0; i < targets.size(); i++) {
            var size = sizes.get(i);
            var boxes = targets.get(i).boxes().to(like.device()).to(DType.FLOAT32);
            all.add(new SetTargets(
                    Boxes.cornersToCenters(Boxes.scaled(boxes, 1.0 / size.width(), 1.0 / size.height())),
                    targets.get(i).labels().to(like.device())));
        }
        return all;
    }

    /** The same objects, all of class 0. */
    SetTargets withoutClasses() {
        return new SetTargets(boxes, Tensor.zeros(DType.INT64, labels.device(), labels.dim(0)));
    }
}
