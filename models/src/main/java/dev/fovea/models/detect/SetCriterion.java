package dev.fovea.models.detect;

import dev.fovea.models.detect.SetMatcher.Match;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The loss of sets: objects are {@linkplain SetMatcher matched} with queries after each layer of the decoder, then classes, absolute
 * differences of boxes ({@code loss_bbox}, times 5) and generalised IoU ({@code loss_giou}, times 2) are compared, divided by the number
 * of objects in the batch, at least 1.
 */
public final class SetCriterion implements Criterion<SetOutput> {
    private static final double BOX_WEIGHT = 5;
    private static final double OVERLAP_WEIGHT = 2;

    /** How classes are compared, and how terms are named. */
    enum Kind {
        /** DETR: one class of all or none, none counting a tenth. */
        CROSS_ENTROPY("loss_ce", 1, "_", "", false),
        /** Deformable DETR: independent classes, easy ones counting little. */
        FOCAL("loss_ce", 2, "_", "_enc", false),
        /** RT-DETR: as focal, the target being the overlap that the box has reached. */
        VARIFOCAL("loss_vfl", 1, "_aux_", null, true);

        private final String name;
        private final double weight;
        private final String layer;
        private final String proposals;
        private final boolean fillsFrame;

        Kind(String name, double weight, String layer, String proposals, boolean fillsFrame) {
            this.name = name;
            this.weight = weight;
            this.layer = layer;
            this.proposals = proposals;
            this.fillsFrame = fillsFrame;
        }

        SetMatcher matcher() {
            return new SetMatcher(this == CROSS_ENTROPY ? 1 : 2, BOX_WEIGHT, OVERLAP_WEIGHT, this != CROSS_ENTROPY);
        }
    }

    private final Kind kind;
    private final boolean everyLayer;

    /** @param everyLayer whether all layers of the decoder are compared, or the last alone */
    SetCriterion(Kind kind, boolean everyLayer) {
        this.kind = kind;
        this.everyLayer = everyLayer;
    }

    @Override
    public Map<String, Tensor> losses(
            SetOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var wanted = SetTargets.of(
                targets, sizes(kind.fillsFrame, pictures), outputs.last().boxes());
        double objects =
                Math.max(1, targets.stream().mapToInt(BoxTargets::count).sum());
        var terms = new LinkedHashMap<String, Tensor>();
        add(terms, "", outputs.last(), wanted, objects);
        if (everyLayer) {
            int auxiliary = 0;
            for (var layer : outputs.layers().subList(0, outputs.layers().size() - 1)) {
                add(terms, kind.layer + auxiliary++, layer, wanted, objects);
            }
            if (outputs.proposals() != null && kind.proposals == null) {
                add(terms, kind.layer + auxiliary, outputs.proposals(), wanted, objects);
            } else if (outputs.proposals() != null) {
                var anything = wanted.stream().map(SetTargets::withoutClasses).toList();
                add(terms, kind.proposals, outputs.proposals(), anything, objects);
            }
        }
        if (outputs.denoising() != null) {
            addRepaired(terms, outputs.denoising().repair(wanted, random), wanted, objects);
        }
        return terms;
    }

    /** What boxes are parts of. */
    static List<Size> sizes(boolean fillsFrame, Pictures pictures) {
        return fillsFrame ? Collections.nCopies(pictures.count(), pictures.frame()) : pictures.sizes();
    }

    private void addRepaired(
            Map<String, Tensor> terms, SetOutput.Repaired repaired, List<SetTargets> targets, double objects) {
        for (int i = 0; i < repaired.layers().size(); i++) {
            put(terms, "_dn_" + i, repaired.layers().get(i), targets, repaired.matches(), objects * repaired.groups());
        }
    }

    private void add(
            Map<String, Tensor> terms, String suffix, SetOutput.Layer layer, List<SetTargets> targets, double objects) {
        var predicted = floats(layer);
        put(terms, suffix, predicted, targets, kind.matcher().match(predicted, targets), objects);
    }

    private void put(
            Map<String, Tensor> terms,
            String suffix,
            SetOutput.Layer layer,
            List<SetTargets> targets,
            List<Match> matches,
            double objects) {
        var predicted = floats(layer);
        var pairs = Pairs.of(predicted, targets, matches);
        terms.put(
                kind.name + suffix,
                classLoss(predicted.logits(), pairs, objects).mul(kind.weight));
        var apart = pairs.boxes.l1Loss(pairs.targetBoxes, Tensor.Reduction.SUM);
        terms.put("loss_bbox" + suffix, apart.mul(BOX_WEIGHT / objects));
        var overlap = Boxes.pairedGeneralizedIou(
                Boxes.centersToCorners(pairs.boxes), Boxes.centersToCorners(pairs.targetBoxes));
        terms.put("loss_giou" + suffix, overlap.neg().add(1).sum().mul(OVERLAP_WEIGHT / objects));
    }

    private static SetOutput.Layer floats(SetOutput.Layer layer) {
        return new SetOutput.Layer(
                layer.logits().to(DType.FLOAT32), layer.boxes().to(DType.FLOAT32));
    }

    private Tensor classLoss(Tensor logits, Pairs pairs, double objects) {
        return switch (kind) {
            case CROSS_ENTROPY -> SetClassLoss.crossEntropy(logits, pairs.index, pairs.labels);
            case FOCAL -> SetClassLoss.focal(logits, pairs.index, pairs.labels).div(objects);
            case VARIFOCAL -> {
                var overlap = Boxes.pairedIou(
                        Boxes.centersToCorners(pairs.boxes.detach()), Boxes.centersToCorners(pairs.targetBoxes));
                yield SetClassLoss.varifocal(logits, pairs.index, pairs.labels, overlap)
                        .div(objects);
            }
        };
    }

    /** All pairs of a batch: places among all queries, what they predict, what they should. */
    private record Pairs(Tensor index, Tensor labels, Tensor boxes, Tensor targetBoxes) {
        static Pairs of(SetOutput.Layer predicted, List<SetTargets> targets, List<Match> matches) {
            long queries = predicted.boxes().dim(1);
            var places = new ArrayList<Long>();
            var labels = new ArrayList<Tensor>();
            var boxes = new ArrayList<Tensor>();
            for (int i = 0; i < matches.size(); i++) {
                var match = matches.get(i);
                for (int query : match.queries()) {
                    places.add(i * queries + query);
                }
                var chosen = longs(match.objects()).to(predicted.boxes().device());
                labels.add(targets.get(i).labels().indexSelect(0, chosen));
                boxes.add(targets.get(i).boxes().indexSelect(0, chosen));
            }
            var index = Tensor.of(places.stream().mapToLong(Long::longValue).toArray(), places.size())
                    .to(predicted.boxes().device());
            return new Pairs(
                    index,
                    Tensor.cat(labels, 0),
                    predicted.boxes().reshape(-1, 4).indexSelect(0, index),
                    Tensor.cat(boxes, 0));
        }

        private static Tensor longs(int[] values) {
            return Tensor.of(java.util.Arrays.stream(values).asLongStream().toArray(), values.length);
        }
    }
}
