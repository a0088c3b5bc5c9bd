package dev.fovea.cli;

import dev.fovea.models.detect.Selection;
import dev.fovea.runtime.BoxSelection;
import dev.fovea.train.metric.DetectionEvaluator;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which of the boxes that a detector proposes are kept. */
final class SelectionFlags {
    @Option(
            names = "--threshold",
            paramLabel = "SCORE",
            description = "Of detectors: keep boxes with a higher score, 0-1 (predict: 0.3; eval: the network's own).")
    private Double threshold;

    @Option(
            names = "--iou",
            paramLabel = "IOU",
            description = "Of detectors: of two boxes of a class that overlap by more keep the better one, 0-1"
                    + " (default: the network's own).")
    private Double iou;

    /** The network's own selection with what the flags say. */
    Selection over(Selection usual) {
        var chosen = threshold == null ? usual : usual.withLeastScore(threshold);
        return iou == null ? chosen : chosen.withIou(iou);
    }

    /** For people, who do not want to see boxes that are hardly sure. */
    Selection shown(Selection usual) {
        return over(usual.withLeastScore(Math.max(usual.leastScore(), DetectionEvaluator.MINIMUM_SCORE)));
    }

    /** For people, of an exported network. */
    BoxSelection shown(BoxSelection usual) {
        double least = Math.max(usual.leastScore(), DetectionEvaluator.MINIMUM_SCORE);
        var chosen = usual.withLeastScore(threshold == null ? least : threshold);
        return iou == null ? chosen : chosen.withIou(iou);
    }

    /** The overlap that a flag names, or the usual one. */
    double iouOr(double usual) {
        return iou == null ? usual : iou;
    }

    /** A network that finds no objects has no use for them. */
    void refuse(CommandSpec spec) {
        if (threshold != null || iou != null) {
            throw new ParameterException(
                    new CommandLine(spec),
                    (threshold != null ? "--threshold" : "--iou")
                            + " is for networks that find objects; this one names whole pictures");
        }
    }
}
