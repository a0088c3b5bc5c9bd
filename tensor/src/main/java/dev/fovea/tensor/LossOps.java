package dev.fovea.tensor;

import org.bytedeco.pytorch.global.torch;

/** Losses: how far this tensor, a prediction, is from a target. */
abstract sealed class LossOps extends NormalisationOps permits CreationOps {
    LossOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** How a loss becomes one number. */
    public enum Reduction {
        NONE(0),
        MEAN(1),
        SUM(2);

        final long code;

        Reduction(long code) {
            this.code = code;
        }
    }

    /**
     * Cross-entropy of logits {@code [N, C]} (or {@code [N, C, H, W]}).
     *
     * @param target class indices (int64, {@code [N]}), or probabilities of the logits' shape
     * @param weight {@code [C]}, or null
     * @param ignoreIndex class index that does not count
     * @param labelSmoothing 0-1
     */
    public final Tensor crossEntropy(
            Tensor target, Tensor weight, Reduction reduction, long ignoreIndex, double labelSmoothing) {
        return Op.run(
                "cross_entropy",
                Attributes.of(
                        "reduction", reduction.name(), "ignore_index", ignoreIndex, "label_smoothing", labelSmoothing),
                () -> torch.cross_entropy_loss(
                        raw(), target.raw(), Op.optional(weight), reduction.code, ignoreIndex, labelSmoothing),
                self(),
                target,
                weight);
    }

    /** Binary cross-entropy of logits with targets 0-1 of the same shape; weights may be null. */
    public final Tensor binaryCrossEntropyWithLogits(
            Tensor target, Tensor weight, Tensor posWeight, Reduction reduction) {
        return Op.run(
                "binary_cross_entropy_with_logits",
                Attributes.of("reduction", reduction.name()),
                () -> torch.binary_cross_entropy_with_logits(
                        raw(), target.raw(), Op.optional(weight), Op.optional(posWeight), reduction.code),
                self(),
                target,
                weight,
                posWeight);
    }

    /** Squared differences. */
    public final Tensor mseLoss(Tensor target, Reduction reduction) {
        return Op.run(
                "mse_loss",
                Attributes.of("reduction", reduction.name()),
                () -> torch.mse_loss(raw(), target.raw(), reduction.code),
                self(),
                target);
    }

    /** Absolute differences. */
    public final Tensor l1Loss(Tensor target, Reduction reduction) {
        return Op.run(
                "l1_loss",
                Attributes.of("reduction", reduction.name()),
                () -> torch.l1_loss(raw(), target.raw(), reduction.code),
                self(),
                target);
    }

    /** Squared differences up to {@code delta}, straight lines beyond (Huber 1964). */
    public final Tensor huberLoss(Tensor target, Reduction reduction, double delta) {
        return Op.run(
                "huber_loss",
                Attributes.of("reduction", reduction.name(), "delta", delta),
                () -> torch.huber_loss(raw(), target.raw(), reduction.code, delta),
                self(),
                target);
    }

    /** {@link #huberLoss} divided by {@code beta}. */
    public final Tensor smoothL1Loss(Tensor target, Reduction reduction, double beta) {
        return Op.run(
                "smooth_l1_loss",
                Attributes.of("reduction", reduction.name(), "beta", beta),
                () -> torch.smooth_l1_loss(raw(), target.raw(), reduction.code, beta),
                self(),
                target);
    }

    /** Binary cross-entropy of probabilities 0-1; logarithms are cut at -100. Weights may be null. */
    public final Tensor binaryCrossEntropy(Tensor target, Tensor weight, Reduction reduction) {
        return Op.run(
                "binary_cross_entropy",
                Attributes.of("reduction", reduction.name()),
                () -> torch.binary_cross_entropy(raw(), target.raw(), Op.optional(weight), reduction.code),
                self(),
                target,
                weight);
    }

    /** The negative of the log-probability {@code [N, C, ...]} of each target class (int64 {@code [N, ...]}). */
    public final Tensor nllLoss(Tensor target, Tensor weight, Reduction reduction, long ignoreIndex) {
        return Op.run(
                "nll_loss",
                Attributes.of("reduction", reduction.name(), "ignore_index", ignoreIndex),
                () -> torch.nll_loss_nd(raw(), target.raw(), Op.optional(weight), reduction.code, ignoreIndex),
                self(),
                target,
                weight);
    }

    /**
     * Kullback and Leibler's divergence of {@code target} from this, which holds log-probabilities: target (log target - this).
     *
     * @param logTarget whether the target holds log-probabilities too
     */
    public final Tensor klDivergence(Tensor target, Reduction reduction, boolean logTarget) {
        return Op.run(
                "kl_div",
                Attributes.of("reduction", reduction.name(), "log_target", logTarget),
                () -> torch.kl_div(raw(), target.raw(), reduction.code, logTarget),
                self(),
                target);
    }

    /**
     * Connectionist temporal classification (Graves et al. 2006) of log-probabilities {@code [T, N, C]}.
     *
     * @param targets class indices {@code [N, S]}
     * @param inputLengths how many of the T steps count, for each sequence
     * @param blank the class that means nothing
     */
    public final Tensor ctcLoss(
            Tensor targets, long[] inputLengths, long[] targetLengths, long blank, Reduction reduction) {
        return Op.run(
                "ctc_loss",
                Attributes.of(
                        "input_lengths",
                        inputLengths,
                        "target_lengths",
                        targetLengths,
                        "blank",
                        blank,
                        "reduction",
                        reduction.name()),
                () -> torch.ctc_loss(raw(), targets.raw(), inputLengths, targetLengths, blank, reduction.code, false),
                self(),
                targets);
    }
}
