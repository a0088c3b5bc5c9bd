package dev.fovea.cli;

import dev.fovea.train.detect.DetectEvaluation;
import dev.fovea.train.detect.DetectJudge;
import dev.fovea.train.detect.DetectRun;
import dev.fovea.train.metric.CocoResult;
import dev.fovea.vision.transform.TestViews;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What detection prints, for people and for programs. */
final class DetectOutput {
    private static final List<String> SHOWN = List.of("map", "map50", "map75", "ar100");

    private DetectOutput() {}

    static void refuseViews(CommandSpec spec, TestViews views) {
        if (views.count() > 1) {
            throw new ParameterException(
                    new CommandLine(spec), "--tta is for networks that name whole pictures; leave it out");
        }
    }

    /** A finished run as a JSON object: figures are shares 0-1, times in seconds. */
    static Map<String, Object> result(DetectRun.Result result) {
        var json = new LinkedHashMap<String, Object>();
        var e = result.evaluation();
        json.put(e.primary(), ClassifyOutput.finite(e.figures()).get(e.primary()));
        json.put("seconds", result.seconds());
        json.put("train_seconds", result.trainSeconds());
        json.put("run", result.folder().path().toString());
        json.put("report", result.folder().report().toString());
        json.put("weights", result.folder().weights().toString());
        json.put("split", result.split());
        json.put("samples", e.samples());
        json.put("epochs", result.history().size());
        json.put("best_epoch", result.bestEpoch());
        json.put("figures", ClassifyOutput.finite(e.figures()));
        json.put(
                "skipped",
                result.skipped().stream()
                        .map(s -> Map.of("source", s.source(), "reason", s.reason()))
                        .toList());
        return json;
    }

    static Map<String, Object> judged(DetectJudge.Judged judged, double seconds) {
        var e = judged.evaluation();
        var json = new LinkedHashMap<String, Object>();
        json.put(e.primary(), ClassifyOutput.finite(e.figures()).get(e.primary()));
        json.put("samples", e.samples());
        json.put("seconds", seconds);
        json.put("figures", ClassifyOutput.finite(e.figures()));
        json.put("skipped", judged.skipped().size());
        return json;
    }

    static void print(PrintWriter out, DetectRun.Result result) {
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
    static String figures(DetectEvaluation e, String split) {
        var text = new StringBuilder(split + ": " + e.samples() + " pictures");
        for (String name : SHOWN) {
            double value = e.figures().get(name);
            text.append(", ")
                    .append(name)
                    .append(Double.isNaN(value) ? " -" : String.format(Locale.ROOT, " %.4f", value));
        }
        return text.toString();
    }

    static Table perClass(DetectEvaluation e) {
        var table = new Table("class", "objects", "AP", "AP50", "AP75", "recall");
        var coco = e.report().coco();
        for (int c = 0; c < e.classes().size(); c++) {
            table.add(
                    e.classes().get(c),
                    e.report().curves().get(c).truths(),
                    share(coco.classAp(c)),
                    share(coco.classAp(c, 0.5)),
                    share(coco.classAp(c, 0.75)),
                    share(coco.classAr(c)));
        }
        return table;
    }

    private static String share(double value) {
        return ClassifyOutput.share(value == CocoResult.NONE ? Double.NaN : value);
    }
}
