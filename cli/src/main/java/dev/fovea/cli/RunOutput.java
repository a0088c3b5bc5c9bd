package dev.fovea.cli;

import dev.fovea.train.RunResult;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a finished training of any task prints, for people and for programs. */
final class RunOutput {
    private RunOutput() {}

    /**
     * A JSON object: figures are shares 0-1, times in seconds.
     *
     * @param samples on how many pictures it was judged
     */
    static Map<String, Object> json(RunResult result, int samples) {
        var json = new LinkedHashMap<String, Object>();
        var figures = finite(result.evaluation().figures());
        String primary = result.evaluation().primary();
        json.put(primary, figures.get(primary));
        json.put("seconds", result.seconds());
        json.put("train_seconds", result.trainSeconds());
        json.put("run", result.folder().path().toString());
        json.put("report", result.folder().report().toString());
        json.put("weights", result.folder().weights().toString());
        json.put("split", result.split());
        json.put("samples", samples);
        json.put("epochs", result.history().size());
        json.put("best_epoch", result.bestEpoch());
        json.put("figures", figures);
        json.put(
                "skipped",
                result.skipped().stream()
                        .map(s -> Map.of("source", s.source(), "reason", s.reason()))
                        .toList());
        return json;
    }

    /** JSON has no NaN: figures that could not be computed are null. */
    static Map<String, Object> finite(Map<String, Double> figures) {
        var map = new LinkedHashMap<String, Object>();
        figures.forEach((name, value) -> map.put(name, Double.isFinite(value) ? value : null));
        return map;
    }

    /** @param figures the line of its figures */
    static void print(PrintWriter out, RunResult result, String figures) {
        if (!result.skipped().isEmpty()) {
            out.println("pictures that could not be read: " + result.skipped().size());
            result.skipped().forEach(s -> out.println("  " + s.reason()));
        }
        out.println(figures);
        out.println(String.format(
                Locale.ROOT,
                "trained %d epochs in %.1f s, best was epoch %d",
                result.history().size(),
                result.trainSeconds(),
                result.bestEpoch()));
        out.println("weights " + result.folder().weights());
        out.println("report  " + result.folder().report());
    }
}
