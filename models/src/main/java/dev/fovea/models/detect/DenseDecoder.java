package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.detect.Suppression;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * Boxes of {@link DenseOutput} with independent classes: of each map the best anchors and classes, all maps together without those that
 * overlap a better one of their class. Where the network has centerness, a score is the geometric mean of both.
 */
final class DenseDecoder implements PlaceDecoder<DenseOutput> {
    private final BinaryOperator<Tensor> coder;

    /** Takes how coded boxes {@code [K, 4]} and anchors {@code [K, 4]} make boxes. */
    DenseDecoder(BinaryOperator<Tensor> coder) {
        this.coder = coder;
    }

    @Override
    public PlaceScores places(DenseOutput outputs, Pictures pictures) {
        var scores = outputs.classes().sigmoid();
        if (outputs.centerness() != null) {
            scores = scores.mul(outputs.centerness().sigmoid()).sqrt();
        }
        return new PlaceScores(
                coder.apply(outputs.boxes(), outputs.anchors().unsqueeze(0)),
                scores.to(DType.FLOAT32),
                Ranking.clippedFirst(Ranking.Among.LEVEL, outputs.levels(), 0));
    }

    @Override
    public List<FoundBoxes> decode(DenseOutput outputs, Pictures pictures, Selection selection) {
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            found.add(decode(outputs, i, pictures.sizes().get(i), selection));
        }
        return found;
    }

    private FoundBoxes decode(DenseOutput outputs, int picture, Size size, Selection selection) {
        var boxes = new ArrayList<Tensor>();
        var scores = new ArrayList<Tensor>();
        var labels = new ArrayList<Tensor>();
        long start = 0;
        for (long count : outputs.levels()) {
            var best = best(outputs, picture, start, count, selection);
            var anchors =
                    best.places.floorDivide((double) outputs.classes().dim(2)).to(DType.INT64);
            var coded =
                    outputs.boxes().select(0, picture).narrow(0, start, count).indexSelect(0, anchors);
            var references = outputs.anchors().narrow(0, start, count).indexSelect(0, anchors);
            boxes.add(Boxes.clipped(coder.apply(coded, references), size.height(), size.width()));
            scores.add(best.scores);
            labels.add(best.places.remainder((double) outputs.classes().dim(2)).to(DType.INT64));
            start += count;
        }
        return suppressed(Tensor.cat(boxes, 0), Tensor.cat(scores, 0), Tensor.cat(labels, 0), selection);
    }

    /** Scores and places among anchors times classes. */
    private record Best(Tensor scores, Tensor places) {}

    private static Best best(DenseOutput outputs, int picture, long start, long count, Selection selection) {
        var all = outputs.classes().select(0, picture).narrow(0, start, count).sigmoid();
        if (outputs.centerness() != null) {
            all = all.mul(outputs.centerness()
                            .select(0, picture)
                            .narrow(0, start, count)
                            .sigmoid())
                    .sqrt();
        }
        all = all.to(DType.FLOAT32).flatten(0, -1);
        var places = Boxes.places(all.gt(selection.leastScore()));
        var scores = all.indexSelect(0, places);
        var top = scores.topk(Math.min(selection.candidates(), scores.dim(0)), 0, true);
        return new Best(top.values(), places.indexSelect(0, top.indices()));
    }

    /** How {@link #chosen(PlaceScores, Pictures, Selection)} chooses. */
    static Ranking ranking() {
        return Ranking.ofPicture(false, true);
    }

    /** The best of places in each picture: each class of each place is a candidate of its own. */
    static List<FoundBoxes> chosen(PlaceScores places, Pictures pictures, Selection selection) {
        var found = new ArrayList<FoundBoxes>();
        for (int i = 0; i < pictures.count(); i++) {
            found.add(chosen(
                    places.boxes().select(0, i),
                    places.scores().select(0, i),
                    pictures.sizes().get(i),
                    selection));
        }
        return found;
    }

    /**
     * The best of boxes {@code [K, 4]} that have a score {@code [K, C]} for each class: each class of each box is a candidate of its own.
     */
    static FoundBoxes chosen(Tensor boxes, Tensor scores, Size size, Selection selection) {
        var all = scores.reshape(-1);
        var places = Boxes.places(all.gt(selection.leastScore()));
        var top = all.indexSelect(0, places).topk(Math.min(selection.candidates(), places.dim(0)), 0, true);
        places = places.indexSelect(0, top.indices());
        double classes = (double) scores.dim(1);
        var own = boxes.indexSelect(0, places.floorDivide(classes).to(DType.INT64));
        var labels = places.remainder(classes).to(DType.INT64);
        var kept = Suppression.grouped(own, top.values(), labels, selection.iou());
        var clipped = Boxes.clipped(own.indexSelect(0, kept), size.height(), size.width());
        var sides = clipped.narrow(1, 2, 2)
                .sub(clipped.narrow(1, 0, 2))
                .min(1, false)
                .values();
        var seen = Boxes.places(sides.gt(0));
        seen = seen.narrow(0, 0, Math.min(seen.dim(0), selection.most()));
        return new FoundBoxes(
                clipped.indexSelect(0, seen),
                top.values().indexSelect(0, kept).indexSelect(0, seen),
                labels.indexSelect(0, kept).indexSelect(0, seen));
    }

    /** The best boxes {@code [K, 4]} of those that overlap no better one of their class. */
    static FoundBoxes suppressed(Tensor boxes, Tensor scores, Tensor labels, Selection selection) {
        var kept = Suppression.grouped(boxes, scores, labels, selection.iou());
        var places = kept.narrow(0, 0, Math.min(kept.dim(0), selection.most()));
        return new FoundBoxes(
                boxes.indexSelect(0, places), scores.indexSelect(0, places), labels.indexSelect(0, places));
    }
}
