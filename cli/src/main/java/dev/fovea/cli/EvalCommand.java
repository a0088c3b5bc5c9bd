package dev.fovea.cli;

import dev.fovea.train.classify.ClassifyData;
import dev.fovea.train.classify.ClassifyJudge;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.detect.DetectData;
import dev.fovea.train.detect.DetectJudge;
import dev.fovea.train.detect.TrainedDetector;
import dev.fovea.vision.transform.TestViews;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea eval RUN --data PATH}. */
@Command(
        name = "eval",
        description = "Judge a trained network on pictures whose classes or objects are known.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class EvalCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private NetworkFlags network;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "PATH",
            description =
                    "Pictures with classes or boxes, in any form that 'train' takes; its test part, if it has one.")
    private String data;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Pictures at a time (default ${DEFAULT-VALUE}).",
            defaultValue = "32")
    private int batch;

    @Option(
            names = "--tta",
            paramLabel = "VIEWS",
            description = "Average over views: flip, five-crop, ten-crop, scales(0.9,1,1.15), or some joined by +.",
            defaultValue = "none")
    private String tta;

    @Mixin
    private final SelectionFlags selection = new SelectionFlags();

    @Option(names = "--strict", description = "Stop at the first picture that cannot be read.")
    private boolean strict;

    @Option(names = "--per-class", description = "Print a line for each class.")
    private boolean perClass;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var views = TestViews.parse(tta);
        if (network.isDetector()) {
            return evalDetector(views);
        }
        selection.refuse(spec);
        try (TrainedClassifier classifier = network.open(spec)) {
            long begin = System.nanoTime();
            var judged = ClassifyJudge.judge(
                    classifier, ClassifyData.openForEvaluation(data, classifier.classes()), batch, strict, views);
            double seconds = (System.nanoTime() - begin) / 1e9;
            var evaluation = judged.evaluation();
            if (json) {
                var answer = new LinkedHashMap<String, Object>();
                answer.put(evaluation.primary(), evaluation.score());
                answer.put("samples", evaluation.samples());
                answer.put("seconds", seconds);
                answer.put("figures", RunOutput.finite(evaluation.figures()));
                answer.put("skipped", judged.skipped().size());
                Json.print(out, answer);
                return Main.DONE;
            }
            judged.skipped().forEach(s -> out.println("could not be read: " + s.reason()));
            if (perClass) {
                var table = new Table("class", "pictures", "precision", "recall", "F1");
                evaluation
                        .perClass()
                        .forEach(c -> table.add(
                                c.name(),
                                c.support(),
                                ClassifyOutput.share(c.precision()),
                                ClassifyOutput.share(c.recall()),
                                ClassifyOutput.share(c.f1())));
                out.println(table);
            }
            out.println(ClassifyOutput.figures(evaluation, data));
            return Main.DONE;
        }
    }

    private Integer evalDetector(TestViews views) throws IOException {
        DetectOutput.refuseViews(spec, views);
        var out = spec.commandLine().getOut();
        try (TrainedDetector detector = network.detector(spec)) {
            long begin = System.nanoTime();
            var judged = DetectJudge.judge(
                    detector,
                    DetectData.openForEvaluation(data, detector.classes()),
                    selection.over(detector.selection()),
                    batch,
                    strict);
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (json) {
                Json.print(out, DetectOutput.judged(judged, seconds));
                return Main.DONE;
            }
            judged.skipped().forEach(s -> out.println("could not be read: " + s.reason()));
            if (perClass) {
                out.println(DetectOutput.perClass(judged.evaluation()));
            }
            out.println(DetectOutput.figures(judged.evaluation(), data));
            return Main.DONE;
        }
    }
}
