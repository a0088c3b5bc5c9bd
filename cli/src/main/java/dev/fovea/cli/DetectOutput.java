package dev.fovea.cli;

import dev.fovea.train.detect.DetectEvaluation;
import dev.fovea.train.detect.DetectJudge;
import dev.fovea.train.metric.CocoResult;
import dev.fovea.vision.transform.TestViews;
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

    static Map<String, Object> judged(DetectJudge.Judged judged, double seconds) {
        var e = judged.evaluation();
        var json = new LinkedHashMap<String, Object>();
        json.put(e.primary(), RunOutput.finite(e.figures()).get(e.primary()));
        json.put("samples", e.samples());
        json.put("seconds", seconds);
        json.put("figures", RunOutput.finite(e.figures()));
        json.put("skipped", judged.skipped().size());
        return json;
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
