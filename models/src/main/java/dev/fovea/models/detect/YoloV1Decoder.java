package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.Tensor;
import java.util.List;

/** Makes boxes of what cells say: a score is what a cell says of a class times the trust in the box, cut to 0-1. */
final class YoloV1Decoder implements PlaceDecoder<GridOutput> {
    @Override
    public PlaceScores places(GridOutput outputs, Pictures pictures) {
        var rows = outputs.rows();
        var frame = pictures.frame();
        return new PlaceScores(
                Boxes.scaled(outputs.corners(rows), frame.width(), frame.height()),
                scores(outputs, rows),
                DenseDecoder.ranking());
    }

    @Override
    public List<FoundBoxes> decode(GridOutput outputs, Pictures pictures, Selection selection) {
        return DenseDecoder.chosen(places(outputs, pictures), pictures, selection);
    }

    /** {@code [N, S S B, C]}. */
    private static Tensor scores(GridOutput outputs, Tensor rows) {
        var classes = outputs.classes().clamp(0, 1).unsqueeze(2); // [N, S S, 1, C]
        long cells = classes.dim(1);
        var trust = rows.select(2, 4).clamp(0, 1).reshape(rows.dim(0), cells, outputs.boxes(), 1);
        return classes.mul(trust).reshape(rows.dim(0), cells * outputs.boxes(), classes.dim(3));
    }
}
