package dev.fovea.cli;

import dev.fovea.train.classify.ClassifyEvaluation;
import java.util.Locale;

/** What classification prints, for people and for programs. */
final class ClassifyOutput {
    private ClassifyOutput() {}

    /** One line of figures. */
    static String figures(ClassifyEvaluation e, String split) {
        var text = new StringBuilder(split + ": " + e.samples() + " pictures");
        e.figures().forEach((name, value) -> {
            if (Double.isFinite(value)) {
                text.append(String.format(Locale.ROOT, ", %s %.4f", name.replace('_', '-'), value));
            }
        });
        return text.toString();
    }

    /** A share 0-1 with four decimals. */
    static String share(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
