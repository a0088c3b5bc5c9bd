package dev.fovea.train.classify;

import dev.fovea.models.Backbone;
import dev.fovea.models.Reconstructing;
import dev.fovea.nn.Layer;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Losses;
import dev.fovea.vision.transform.Normalize;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The named, weighted terms that training a classifier makes small: always that of the labels, and those for which the network or the
 * recipe gives more.
 *
 * <ul>
 *   <li>{@code loss} or {@code margin}: how far the logits are from the labels
 *   <li>{@code aux…}: the same for each auxiliary head that the network has, under the head's own name
 *   <li>{@code reconstruction}: how far what the network {@linkplain Reconstructing draws} is from the picture, the squared error summed
 *       over a picture's values 0-1
 *   <li>{@code distillation}: how far the logits are from a teacher's
 * </ul>
 */
final class ClassifyCriterion {
    private final Layer network;
    private final int classes;
    private final boolean multiLabel;
    private final Normalize normalize;
    private final ClassifyLoss loss;
    private final Optional<Distillation> distillation;

    ClassifyCriterion(
            Layer network,
            int classes,
            boolean multiLabel,
            Normalize normalize,
            ClassifyLoss loss,
            Optional<Distillation> distillation) {
        this.network = network;
        this.classes = classes;
        this.multiLabel = multiLabel;
        this.normalize = normalize;
        this.loss = loss;
        this.distillation = distillation;
    }

    /** Runs the network on a batch that is mixed already. */
    Losses losses(ClassifyBatch batch) {
        var extra = new LinkedHashMap<String, Tensor>();
        var logits = logits(batch, extra);
        var terms = new LinkedHashMap<String, Tensor>();
        var labels = ofLabels(logits, batch);
        String name = loss.kind() == ClassifyLoss.Kind.MARGIN ? "margin" : "loss";
        if (distillation.isEmpty()) {
            terms.put(name, labels);
        } else {
            if (distillation.get().alpha() < 1) {
                terms.put(name, labels.mul(1 - distillation.get().alpha()));
            }
            terms.put("distillation", distillation.get().loss(logits, batch.images()));
        }
        terms.putAll(extra);
        return new Losses(terms);
    }

    /** The logits in float32, and in {@code terms} what comes of what the network gives beside them. */
    private Tensor logits(ClassifyBatch batch, Map<String, Tensor> terms) {
        if (loss.reconstruction() > 0 && network instanceof Reconstructing capsules) {
            var said = capsules.reconstruct(batch.images(), ClassifyLoss.shares(batch.targets(), classes));
            terms.put("reconstruction", ofPixels(said.image(), batch));
            return said.logits().to(DType.FLOAT32);
        }
        if (network instanceof Backbone backbone) {
            var said = backbone.trainingLogits(batch.images());
            double share = 1 - distillation.map(Distillation::alpha).orElse(0.0);
            if (share > 0) {
                said.auxiliary()
                        .forEach(a -> terms.put(
                                a.name(),
                                ofLabels(a.logits().to(DType.FLOAT32), batch).mul(a.weight() * share)));
            }
            return said.logits().to(DType.FLOAT32);
        }
        return network.call(batch.images()).to(DType.FLOAT32);
    }

    private Tensor ofLabels(Tensor logits, ClassifyBatch batch) {
        return loss.compute(logits, batch.targets(), multiLabel);
    }

    private Tensor ofPixels(Tensor drawn, ClassifyBatch batch) {
        return drawn.to(DType.FLOAT32)
                .mseLoss(Pixels.of(batch.images(), normalize), Tensor.Reduction.SUM)
                .mul(loss.reconstruction() / batch.size());
    }
}
