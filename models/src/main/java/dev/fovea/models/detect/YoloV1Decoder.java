package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Makes boxes of what cells say: a score is what a cell says of a class times the trust in the box, cut to 0-1. */
final class YoloV1Decoder implements Decoder<GridOutput> {
    @Override
    public List<FoundBoxes> decode(GridOutput outputs, Pictures pictures, Selection selection) {
        var rows = outputs.rows();
        var frame = pictures.frame();
        var corners = Boxes.scaled(outputs.corners(rows), frame.width(), frame.height());
        var scores = scores(outputs, rows);
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            found.add(DenseDecoder.chosen(
                    corners.select(0, i), scores.select(0, i), pictures.sizes().get(i), selection));
        }
        return found;
    }

    /** {@code [N, S S B, C]}. */
    private static Tensor scores(GridOutput outputs, Tensor rows) {
        var classes = outputs.classes().clamp(0, 1).unsqueeze(2); // [N, S S, 1, C]
        long cells = classes.dim(1);
        var trust = rows.select(2, 4).clamp(0, 1).reshape(rows.dim(0), cells, outputs.boxes(), 1);
        return classes.mul(trust).reshape(rows.dim(0), cells * outputs.boxes(), classes.dim(3));
    }
}
