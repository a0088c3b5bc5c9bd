package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/** Runs a second stage on regions; each class of each region is a candidate of its own. */
record RegionDecoder(RegionClassifier heads, BoxCoder coder) {
    /** Boxes with a shorter side in pixels are none. */
    static final double SHORTEST_SIDE = 1e-2;

    List<FoundBoxes> decode(List<Tensor> maps, List<Tensor> regions, Pictures pictures, Selection selection) {
        var answer = heads.call(maps, regions, pictures);
        var scores = answer.classes().to(DType.FLOAT32).softmax(1);
        long columns = scores.dim(1);
        var coded = answer.boxes().to(DType.FLOAT32).reshape(scores.dim(0), columns, 4);
        var boxes = coder.decode(coded, Tensor.cat(regions, 0).unsqueeze(1));
        var found = new ArrayList<FoundBoxes>();
        long start = 0;
        for (int i = 0; i < regions.size(); i++) {
            long count = regions.get(i).dim(0);
            // Without the background, which is the first column.
            found.add(chosen(
                    boxes.narrow(0, start, count).narrow(1, 1, columns - 1),
                    scores.narrow(0, start, count).narrow(1, 1, columns - 1),
                    pictures.sizes().get(i),
                    selection));
            start += count;
        }
        return found;
    }

    /** The same for networks whose regions come from elsewhere. */
    Decoder<SearchedOutput> alone() {
        return (outputs, pictures, selection) -> decode(outputs.maps(), outputs.regions(), pictures, selection);
    }

    private static FoundBoxes chosen(Tensor boxes, Tensor scores, Size size, Selection selection) {
        long classes = scores.dim(1);
        var flat = Boxes.clipped(boxes.reshape(-1, 4), size.height(), size.width());
        var all = scores.reshape(-1);
        var good = Boxes.places(all.gt(selection.leastScore()));
        good = good.indexSelect(0, Boxes.atLeast(flat.indexSelect(0, good), SHORTEST_SIDE));
        return DenseDecoder.suppressed(
                flat.indexSelect(0, good),
                all.indexSelect(0, good),
                good.remainder((double) classes).to(DType.INT64),
                selection);
    }
}
