package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.detect.Suppression;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The choice among {@link PlaceScores} by tensor operations of fixed sizes, which a graph can show. */
public final class PlaceSelection {
    /** More candidates would make graphs slow; what stays is far less. */
    private static final int MOST_CANDIDATES = 10_000;

    private final PlaceScores places;
    private final Selection selection;

    private PlaceSelection(PlaceScores places, Selection selection) {
        this.places = places;
        this.selection = selection;
    }

    /**
     * What was found in each picture, best first, in tables as long as the selection allows.
     *
     * @param boxes {@code [N, M, 4]} float32, corners in prepared pixels, inside the picture; 0 where nothing was found
     * @param scores {@code [N, M]} float32; 0 where nothing was found
     * @param labels {@code [N, M]} int64; -1 where nothing was found
     * @param counts {@code [N]} int64: how many were found
     */
    public record Chosen(Tensor boxes, Tensor scores, Tensor labels, Tensor counts) {}

    /** Candidates: {@code [N, K, 4]}, {@code [N, K]} and {@code [N, K]} (int64). */
    private record Candidates(Tensor boxes, Tensor scores, Tensor labels) {
        /** Those at places {@code [N, K]}, int64. */
        Candidates at(Tensor where) {
            return new Candidates(rows(boxes, where), scores.gather(1, where), labels.gather(1, where));
        }
    }

    /** The choice that a selection makes in these pictures. */
    public static Chosen of(PlaceScores places, Selection selection, Pictures pictures) {
        return new PlaceSelection(places, selection).chosen(pictures.extents());
    }

    private Chosen chosen(Tensor extents) {
        var ranking = places.ranking();
        var found = candidates();
        var cut = clipped(found.boxes, extents);
        var counted = found.scores.mul(sound(ranking.clipsFirst() ? cut : found.boxes, ranking.shortestSide()));
        var compared = ranking.clipsFirst() ? cut : found.boxes;
        var stays = ranking.suppresses()
                ? Suppression.kept(
                        compared,
                        counted,
                        found.labels,
                        (int) places.scores().dim(2),
                        selection.iou(),
                        selection.leastScore())
                : counted.gt(selection.leastScore());
        if (!ranking.clipsFirst()) {
            stays = stays.logicalAnd(hasArea(cut));
        }
        var left = counted.mul(stays.to(DType.FLOAT32));
        var best = left.topk(Math.min(selection.most(), left.dim(1)), 1, true);
        return table(new Candidates(cut, left, found.labels).at(best.indices()));
    }

    private static Chosen table(Candidates best) {
        var found = best.scores.gt(0);
        var counted = found.to(DType.INT64);
        return new Chosen(
                best.boxes.mul(found.to(DType.FLOAT32).unsqueeze(2)),
                best.scores,
                best.labels.add(1).mul(counted).sub(1),
                counted.sum(false, 1));
    }

    // --- candidates ------------------------------------------------------------------------------------------------

    private Candidates candidates() {
        if (places.ranking().isOneClassEach()) {
            var best = places.scores().max(2, false);
            var all = new Candidates(places.boxes(), best.values(), best.indices());
            return all.at(
                    best.values().topk(limit(best.values().dim(1)), 1, true).indices());
        }
        return switch (places.ranking().among()) {
            case PICTURE -> pairs(0, places.scores().dim(1));
            case LEVEL -> byLevel();
            case CLASS -> byClass();
        };
    }

    private int limit(long available) {
        return (int) Math.min(available, Math.min(selection.candidates(), MOST_CANDIDATES));
    }

    private Candidates byLevel() {
        var parts = new ArrayList<Candidates>();
        long start = 0;
        for (long count : places.ranking().levels()) {
            parts.add(pairs(start, count));
            start += count;
        }
        return joined(parts);
    }

    private static Candidates joined(List<Candidates> parts) {
        return new Candidates(
                Tensor.cat(parts.stream().map(Candidates::boxes).toList(), 1),
                Tensor.cat(parts.stream().map(Candidates::scores).toList(), 1),
                Tensor.cat(parts.stream().map(Candidates::labels).toList(), 1));
    }

    /** The best pairs of place and class among {@code count} places. */
    private Candidates pairs(long start, long count) {
        double classes = places.scores().dim(2);
        var flat = places.scores().narrow(1, start, count).flatten(1, 2);
        var best = flat.topk(limit(flat.dim(1)), 1, true);
        var boxes = places.boxes().narrow(1, start, count);
        var chosen = places.hasBoxOfEachClass()
                ? rows(boxes.flatten(1, 2), best.indices())
                : rows(boxes, best.indices().floorDivide(classes).to(DType.INT64));
        return new Candidates(
                chosen, best.values(), best.indices().remainder(classes).to(DType.INT64));
    }

    private Candidates byClass() {
        var parts = new ArrayList<Candidates>();
        for (int label = 0; label < places.scores().dim(2); label++) {
            var own = places.scores().select(2, label);
            var best = own.topk(limit(own.dim(1)), 1, true);
            parts.add(new Candidates(
                    rows(places.boxes(), best.indices()),
                    best.values(),
                    best.indices().mul(0).add(label)));
        }
        return joined(parts);
    }

    /** Rows {@code [N, K, 4]} of {@code [N, A, 4]} at places {@code [N, K]}. */
    private static Tensor rows(Tensor boxes, Tensor where) {
        return boxes.gather(1, where.unsqueeze(2).expand(where.dim(0), where.dim(1), 4));
    }

    // --- boxes -----------------------------------------------------------------------------------------------------

    /** Boxes {@code [N, K, 4]} cut to pictures of so much width and height {@code [N, 2]}. */
    static Tensor clipped(Tensor boxes, Tensor extents) {
        var width = extents.narrow(1, 0, 1);
        var height = extents.narrow(1, 1, 1);
        var b = Boxes.parts(boxes);
        return Boxes.join(
                b.get(0).clampMin(0).minimum(width),
                b.get(1).clampMin(0).minimum(height),
                b.get(2).clampMin(0).minimum(width),
                b.get(3).clampMin(0).minimum(height));
    }

    /** 1 for boxes of a finite size and long enough sides, 0 for others: {@code [N, K]}. */
    private static Tensor sound(Tensor boxes, double shortestSide) {
        var b = Boxes.parts(boxes);
        var width = b.get(2).sub(b.get(0));
        var height = b.get(3).sub(b.get(1));
        var finite = width.lt(Float.MAX_VALUE).logicalAnd(height.lt(Float.MAX_VALUE));
        var wide = width.ge(shortestSide).logicalAnd(height.ge(shortestSide));
        return finite.logicalAnd(wide).to(DType.FLOAT32);
    }

    private static Tensor hasArea(Tensor boxes) {
        var b = Boxes.parts(boxes);
        return b.get(2).sub(b.get(0)).gt(0).logicalAnd(b.get(3).sub(b.get(1)).gt(0));
    }
}
