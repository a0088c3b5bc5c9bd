package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.List;

/** Makes boxes of what YOLOv3 says: a score is objectness times a class's, and of boxes of one class that overlap the best stays. */
final class YoloV3Decoder implements PlaceDecoder<AnchoredCells> {
    @Override
    public PlaceScores places(AnchoredCells outputs, Pictures pictures) {
        var rows = outputs.rows();
        return new PlaceScores(outputs.corners(rows), scores(rows), DenseDecoder.ranking());
    }

    @Override
    public List<FoundBoxes> decode(AnchoredCells outputs, Pictures pictures, Selection selection) {
        return DenseDecoder.chosen(places(outputs, pictures), pictures, selection);
    }

    private static Tensor scores(Tensor rows) {
        return AnchoredCells.classes(rows)
                .sigmoid()
                .mul(AnchoredCells.objectness(rows).sigmoid().unsqueeze(2));
    }
}
