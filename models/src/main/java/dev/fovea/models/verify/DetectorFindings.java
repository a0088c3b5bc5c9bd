package dev.fovea.models.verify;

import dev.fovea.models.detect.Detector;
import dev.fovea.models.verify.Comparison.Part;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import java.util.ArrayList;
import java.util.List;

/** What came of comparing a detector with a golden file so far, and what every such comparison measures. */
final class DetectorFindings {
    private static final double SMALL = 1e-6;

    private final List<String> problems = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();

    List<String> problems() {
        return problems;
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    void add(Comparison comparison) {
        comparisons.add(comparison);
    }

    /** A loss or the length of a gradient, by their relative difference. */
    void train(String name, double actual, double expected, double limit) {
        double apart = Math.abs(actual - expected) / Math.max(Math.abs(expected), SMALL);
        comparisons.add(
                new Comparison(Part.TRAIN, name, Double.isNaN(apart) ? Double.POSITIVE_INFINITY : apart, limit));
    }

    /** Training mode with nothing left to chance, and no gradients. */
    static void trainWithoutDropout(Detector<?> network) {
        network.train(true);
        network.modules().values().stream().filter(Dropout.class::isInstance).forEach(Module::eval);
        network.clearGrads();
    }

    /** The length of a parameter's gradient; 0 if it has none, not a number if there is no such parameter. */
    static double gradientLength(Detector<?> network, String key) {
        var parameter = network.parameters().get(key);
        if (parameter == null) {
            return Double.NaN;
        }
        try (var scope = Scope.open();
                var off = Grad.off()) {
            return parameter
                    .value()
                    .grad()
                    .map(g -> g.to(DType.FLOAT64).square().sum().sqrt().item())
                    .orElse(0.0);
        }
    }
}
