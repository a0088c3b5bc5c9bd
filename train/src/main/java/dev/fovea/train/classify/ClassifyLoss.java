package dev.fovea.train.classify;

import dev.fovea.nn.loss.MarginLoss;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.BatchMix;
import dev.fovea.vision.transform.CutMix;
import dev.fovea.vision.transform.MixUp;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What classification minimises, and how batches are mixed before.
 *
 * @param kind how labels are compared with the network's answers
 * @param labelSmoothing 0 to below 1
 * @param focalGamma gamma of the focal loss (Lin et al. 2017), 0 for plain cross-entropy
 * @param classWeights a weight for each class (single-label), or of its positives (multi-label)
 * @param reconstruction weight of the squared error of each pixel that the network draws, 0 for none
 * @param mixup alpha of MixUp, 0 for none
 * @param cutmix alpha of CutMix, 0 for none; with both, one of them is drawn for each batch
 */
public record ClassifyLoss(
        Kind kind,
        double labelSmoothing,
        double focalGamma,
        Optional<float[]> classWeights,
        double reconstruction,
        double mixup,
        double cutmix) {
    /** The loss of labels. */
    public enum Kind {
        /** Of a softmax with one label a picture, of a sigmoid for each class with several. */
        CROSS_ENTROPY,
        /** Of how present each class is, {@link MarginLoss}. */
        MARGIN
    }

    private static final long NO_IGNORED_CLASS = -100;

    /** Plain cross-entropy. */
    public static final ClassifyLoss PLAIN = new ClassifyLoss(Kind.CROSS_ENTROPY, 0, 0, Optional.empty(), 0, 0, 0);

    /** The batch mixed with itself, with soft targets {@code [N, classes]}; the batch itself where nothing is to mix. */
    ClassifyBatch mix(ClassifyBatch batch, int classes, RandomGenerator random) {
        if ((mixup == 0 && cutmix == 0) || batch.size() < 2) {
            return batch;
        }
        boolean window = mixup == 0 || (cutmix > 0 && random.nextBoolean());
        var images = batch.images();
        BatchMix mix = window
                ? new CutMix(cutmix).draw(new Size((int) images.dim(2), (int) images.dim(3)), random)
                : new MixUp(mixup).draw(random);
        try (var mode = Grad.off()) {
            var targets = shares(batch.targets(), classes);
            var mixedTargets = targets.lerp(targets.roll(new long[] {1}, 0), 1 - mix.lambda());
            var others = images.roll(new long[] {1}, 0);
            var mixedImages = mix.window()
                    .map(w -> pasted(images, others, w))
                    .orElseGet(() -> images.lerp(others, 1 - mix.lambda()));
            return new ClassifyBatch(mixedImages.channelsLast(), mixedTargets, batch.indices());
        }
    }

    /** Targets as shares {@code [N, classes]}, float32. */
    static Tensor shares(Tensor targets, long classes) {
        return targets.rank() == 2
                ? targets
                : Tensor.eye(classes, DType.FLOAT32, targets.device()).indexSelect(0, targets);
    }

    private static Tensor pasted(Tensor images, Tensor others, BatchMix.Window w) {
        var result = images.copy();
        if (w.area() > 0) {
            result.narrow(2, w.y1(), w.y2() - w.y1())
                    .narrow(3, w.x1(), w.x2() - w.x1())
                    .copyFrom(others.narrow(2, w.y1(), w.y2() - w.y1()).narrow(3, w.x1(), w.x2() - w.x1()));
        }
        return result;
    }

    /**
     * The mean loss.
     *
     * @param logits {@code [N, classes]} float32
     * @param targets class indices int64 {@code [N]}, or shares {@code [N, classes]}
     */
    Tensor compute(Tensor logits, Tensor targets, boolean multiLabel) {
        if (kind == Kind.MARGIN) {
            return MarginLoss.of().compute(logits.sigmoid(), shares(targets, logits.dim(1)));
        }
        var weights = weights(logits.device());
        if (multiLabel) {
            return binary(logits, targets, weights);
        }
        if (focalGamma == 0) {
            return logits.crossEntropy(targets, weights, Tensor.Reduction.MEAN, NO_IGNORED_CLASS, labelSmoothing);
        }
        var perSample = logits.crossEntropy(targets, weights, Tensor.Reduction.NONE, NO_IGNORED_CLASS, labelSmoothing);
        var rightProbability =
                logits.softmax(1).mul(shares(targets, logits.dim(1))).sum(false, 1);
        return rightProbability
                .neg()
                .add(1)
                .clampMin(0)
                .pow(focalGamma)
                .mul(perSample)
                .mean();
    }

    private Tensor binary(Tensor logits, Tensor targets, Tensor weights) {
        var smoothed =
                labelSmoothing == 0 ? targets : targets.mul(1 - labelSmoothing).add(labelSmoothing / 2);
        if (focalGamma == 0) {
            return logits.binaryCrossEntropyWithLogits(smoothed, null, weights, Tensor.Reduction.MEAN);
        }
        var each = logits.binaryCrossEntropyWithLogits(smoothed, null, weights, Tensor.Reduction.NONE);
        var p = logits.sigmoid();
        var right = p.mul(targets).add(p.neg().add(1).mul(targets.neg().add(1)));
        return right.neg().add(1).clampMin(0).pow(focalGamma).mul(each).mean();
    }

    private Tensor weights(Device device) {
        return classWeights.map(w -> Tensor.of(w, w.length).to(device)).orElse(null);
    }
}
