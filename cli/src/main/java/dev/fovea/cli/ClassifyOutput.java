package dev.fovea.cli;

import dev.fovea.train.classify.ClassifyEvaluation;
import dev.fovea.train.classify.ClassifyRun;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What classification prints, for people and for programs. */
final class ClassifyOutput {
    private ClassifyOutput() {}

    /** A finished run as a JSON object: figures are shares 0-1, times in seconds. */
    static Map<String, Object> result(ClassifyRun.Result result) {
        var json = new LinkedHashMap<String, Object>();
        var figures = result.evaluation().figures();
        json.put(result.evaluation().primary(), result.evaluation().score());
        json.put("seconds", result.seconds());
        json.put("train_seconds", result.trainSeconds());
        json.put("run", result.folder().path().toString());
        json.put("report", result.folder().report().toString());
        json.put("weights", result.folder().weights().toString());
        json.put("split", result.split());
        json.put("samples", result.evaluation().samples());
        json.put("epochs", result.history().size());
        json.put("best_epoch", result.bestEpoch());
        json.put("figures", finite(figures));
        json.put("skipped", skipped(result));
        return json;
    }

    /** JSON has no NaN: figures that could not be computed are null. */
    static Map<String, Object> finite(Map<String, Double> figures) {
        var map = new LinkedHashMap<String, Object>();
        figures.forEach((name, value) -> map.put(name, Double.isFinite(value) ? value : null));
        return map;
    }

    private static List<Map<String, String>> skipped(ClassifyRun.Result result) {
        var list = new ArrayList<Map<String, String>>();
        result.skipped().forEach(s -> list.add(Map.of("source", s.source(), "reason", s.reason())));
        return list;
    }

    static void print(PrintWriter out, ClassifyRun.Result result) {
        if (!result.skipped().isEmpty()) {
            out.println("pictures that could not be read: " + result.skipped().size());
            result.skipped().forEach(s -> out.println("  " + s.reason()));
        }
        out.println(figures(result.evaluation(), result.split()));
        out.println(String.format(
                Locale.ROOT,
                "trained %d epochs in %.1f s, best was epoch %d",
                result.history().size(),
                result.trainSeconds(),
                result.bestEpoch()));
        out.println("weights " + result.folder().weights());
        out.println("report  " + result.folder().report());
    }

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
