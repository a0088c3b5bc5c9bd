package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Makes boxes of what YOLOv3 says: a score is objectness times a class's, and of boxes of one class that overlap the best stays. */
final class YoloV3Decoder implements Decoder<AnchoredCells> {
    @Override
    public List<FoundBoxes> decode(AnchoredCells outputs, Pictures pictures, Selection selection) {
        var rows = outputs.rows();
        var corners = outputs.corners(rows);
        var scores = scores(rows);
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            found.add(DenseDecoder.chosen(
                    corners.select(0, i), scores.select(0, i), pictures.sizes().get(i), selection));
        }
        return found;
    }

    private static Tensor scores(Tensor rows) {
        return AnchoredCells.classes(rows)
                .sigmoid()
                .mul(AnchoredCells.objectness(rows).sigmoid().unsqueeze(2));
    }
}
