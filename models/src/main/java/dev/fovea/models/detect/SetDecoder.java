package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes boxes of sets, which need no suppression: the best class of each query where classes exclude each other, else the best pairs of
 * query and class.
 */
public final class SetDecoder implements PlaceDecoder<SetOutput> {
    private final boolean exclusive;
    private final boolean fillsFrame;

    /**
     * @param exclusive whether a query has one class, the last column being none
     * @param fillsFrame whether boxes are parts of the whole batch's size, or of each picture's own
     */
    SetDecoder(boolean exclusive, boolean fillsFrame) {
        this.exclusive = exclusive;
        this.fillsFrame = fillsFrame;
    }

    @Override
    public PlaceScores places(SetOutput outputs, Pictures pictures) {
        var logits = outputs.last().logits().to(DType.FLOAT32);
        var scores = exclusive ? logits.softmax(-1).narrow(2, 0, logits.dim(2) - 1) : logits.sigmoid();
        var corners = Boxes.centersToCorners(outputs.last().boxes().to(DType.FLOAT32));
        var extents = (fillsFrame ? Pictures.of(pictures.pixels()) : pictures).extents();
        var boxes = corners.mul(Tensor.cat(List.of(extents, extents), 1).unsqueeze(1));
        return new PlaceScores(boxes, scores, Ranking.ofPicture(exclusive, false));
    }

    @Override
    public List<FoundBoxes> decode(SetOutput outputs, Pictures pictures, Selection selection) {
        var logits = outputs.last().logits().to(DType.FLOAT32);
        var corners = Boxes.centersToCorners(outputs.last().boxes().to(DType.FLOAT32));
        var sizes = SetCriterion.sizes(fillsFrame, pictures);
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            var size = sizes.get(i);
            var boxes = Boxes.scaled(corners.select(0, i), size.width(), size.height());
            var candidates = exclusive
                    ? oneClassEach(logits.select(0, i), boxes)
                    : bestPairs(logits.select(0, i), boxes, selection);
            found.add(candidates.best(pictures.sizes().get(i), selection));
        }
        return found;
    }

    private static Candidates oneClassEach(Tensor logits, Tensor boxes) {
        var best = logits.softmax(-1).narrow(1, 0, logits.dim(1) - 1).max(1, false);
        return new Candidates(
                boxes.toFloatArray(),
                best.values().toFloatArray(),
                best.indices().toLongArray());
    }

    private static Candidates bestPairs(Tensor logits, Tensor boxes, Selection selection) {
        long classes = logits.dim(1);
        var best = logits.sigmoid().flatten(0, 1).topk(Math.min(selection.candidates(), logits.numel()), 0, true);
        var places = best.indices().toLongArray();
        var queries = new long[places.length];
        var labels = new long[places.length];
        for (int k = 0; k < places.length; k++) {
            queries[k] = places[k] / classes;
            labels[k] = places[k] % classes;
        }
        var chosen = boxes.indexSelect(0, Tensor.of(queries, queries.length).to(boxes.device()));
        return new Candidates(chosen.toFloatArray(), best.values().toFloatArray(), labels);
    }
}
