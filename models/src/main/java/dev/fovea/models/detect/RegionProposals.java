package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.detect.Suppression;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/**
 * Chooses regions from the first stage's boxes: of each map the best before, of all maps the best after suppression within each map.
 *
 * @param before how many of each map are looked at
 * @param after how many of a picture stay
 * @param iou of two boxes of one map that overlap by more the worse is dropped
 * @param leastScore regions below this probability of an object are dropped
 */
record RegionProposals(int before, int after, double iou, double leastScore) {
    private static final double SHORTEST_SIDE = 1e-3;

    /** The regions of each picture {@code [R_i, 4]}, best first, without gradients. */
    List<Tensor> of(RegionOutput outputs, Pictures pictures) {
        try (var off = Grad.off()) {
            var boxes = BoxCoder.plain()
                    .decode(
                            outputs.allDifferences().to(DType.FLOAT32),
                            outputs.anchors().unsqueeze(0));
            var objectness = outputs.allObjectness().to(DType.FLOAT32);
            var proposals = new ArrayList<Tensor>();
            for (int i = 0; i < pictures.count(); i++) {
                proposals.add(chosen(
                        boxes.select(0, i),
                        objectness.select(0, i),
                        outputs.levels(),
                        pictures.sizes().get(i)));
            }
            return proposals;
        }
    }

    /**
     * As many regions for every picture, in the form that a graph can show.
     *
     * @param boxes {@code [N, R, 4]}, best first; zeros behind the last region
     * @param valid {@code [N, R]} float32: 1 for regions, 0 behind the last
     */
    record Fixed(Tensor boxes, Tensor valid) {}

    /** @param extents width and height of each picture {@code [N, 2]} */
    Fixed fixed(RegionOutput outputs, Tensor extents) {
        var objectness = outputs.allObjectness().to(DType.FLOAT32);
        var counts = outputs.levels();
        var places = new ArrayList<Tensor>();
        var kept = new ArrayList<Long>();
        long start = 0;
        for (long count : counts) {
            var top = objectness.narrow(1, start, count).topk(Math.min(before, count), 1, true);
            places.add(top.indices().add((double) start));
            kept.add(Math.min(before, count));
            start += count;
        }
        var place = Tensor.cat(places, 1);
        var decoded = BoxCoder.plain()
                .decode(
                        outputs.allDifferences().to(DType.FLOAT32),
                        outputs.anchors().unsqueeze(0));
        var boxes = PlaceSelection.clipped(rows(decoded, place), extents);
        var b = Boxes.parts(boxes);
        var score = objectness.gather(1, place).sigmoid();
        var good = b.get(2)
                .sub(b.get(0))
                .ge(SHORTEST_SIDE)
                .logicalAnd(b.get(3).sub(b.get(1)).ge(SHORTEST_SIDE))
                .logicalAnd(score.ge(leastScore));
        score = score.mul(good.to(DType.FLOAT32));
        var levels =
                RegionOutput.levelOfEach(kept).to(boxes.device()).unsqueeze(0).expand(place.dim(0), place.dim(1));
        var stays = Suppression.kept(boxes, score, levels, counts.size(), iou, 0);
        var best = score.mul(stays.to(DType.FLOAT32)).topk(Math.min(after, place.dim(1)), 1, true);
        var valid = best.values().gt(0).to(DType.FLOAT32);
        return new Fixed(rows(boxes, best.indices()).mul(valid.unsqueeze(2)), valid);
    }

    private static Tensor rows(Tensor boxes, Tensor places) {
        return boxes.gather(1, places.unsqueeze(2).expand(places.dim(0), places.dim(1), 4));
    }

    private Tensor chosen(Tensor boxes, Tensor objectness, List<Long> counts, Size size) {
        var places = new ArrayList<Tensor>();
        var kept = new ArrayList<Long>();
        long start = 0;
        for (long count : counts) {
            var top = objectness.narrow(0, start, count).topk(Math.min(before, count), 0, true);
            places.add(top.indices().add((double) start));
            kept.add(Math.min(before, count));
            start += count;
        }
        var place = Tensor.cat(places, 0);
        var clipped = Boxes.clipped(boxes.indexSelect(0, place), size.height(), size.width());
        var scores = objectness.indexSelect(0, place).sigmoid();
        var wide = Boxes.atLeast(clipped, SHORTEST_SIDE);
        var good = wide.indexSelect(0, Boxes.places(scores.indexSelect(0, wide).ge(leastScore)));
        clipped = clipped.indexSelect(0, good);
        var levels = RegionOutput.levelOfEach(kept).to(boxes.device()).indexSelect(0, good);
        var order = Suppression.grouped(clipped, scores.indexSelect(0, good), levels, iou);
        return clipped.indexSelect(0, order.narrow(0, 0, Math.min(after, order.dim(0))));
    }
}
