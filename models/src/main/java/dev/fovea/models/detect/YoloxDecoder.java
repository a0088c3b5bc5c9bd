package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Makes boxes of what cells say: score is objectness times the best class's, and of boxes of one class that overlap the best stays. */
public final class YoloxDecoder implements PlaceDecoder<CellOutput> {
    @Override
    public PlaceScores places(CellOutput outputs, Pictures pictures) {
        var scores =
                outputs.classes().sigmoid().mul(outputs.objectness().sigmoid().unsqueeze(2));
        return new PlaceScores(corners(outputs), scores, Ranking.ofPicture(true, true));
    }

    private static Tensor corners(CellOutput outputs) {
        var boxes = CellOutput.decoded(outputs.boxes(), outputs.cells());
        var half = boxes.narrow(2, 2, 2).mul(0.5);
        var centres = boxes.narrow(2, 0, 2);
        return Tensor.cat(List.of(centres.sub(half), centres.add(half)), 2);
    }

    @Override
    public List<FoundBoxes> decode(CellOutput outputs, Pictures pictures, Selection selection) {
        var best = outputs.classes().sigmoid().max(2, false);
        var scores = best.values().mul(outputs.objectness().sigmoid());
        var corners = corners(outputs);
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            var candidates = new Candidates(
                    corners.select(0, i).toFloatArray(),
                    scores.select(0, i).toFloatArray(),
                    best.indices().select(0, i).toLongArray());
            found.add(candidates.suppressed(pictures.sizes().get(i), selection));
        }
        return found;
    }
}
