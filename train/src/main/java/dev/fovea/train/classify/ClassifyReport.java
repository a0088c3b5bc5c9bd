package dev.fovea.train.classify;

import static dev.fovea.train.report.Figures.duration;
import static dev.fovea.train.report.Figures.number;
import static dev.fovea.train.report.Figures.percent;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.classify.ClassifyEvaluation.Answer;
import dev.fovea.train.metric.Calibration;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.train.report.HeatTable;
import dev.fovea.train.report.LineChart;
import dev.fovea.train.report.Page;
import dev.fovea.train.report.RunSections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.draw.ContactSheet;
import dev.fovea.vision.transform.Augmentation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** The page of a classification run. */
final class ClassifyReport {
    private static final int MISTAKES = 24;
    private static final int AUGMENTED = 24;
    private static final int THUMBNAIL = 160;

    private ClassifyReport() {}

    static void write(ClassifyRun.Result result, ClassifyPlan plan, SplitDatasets data, Augmentation augmentation)
            throws IOException {
        var e = result.evaluation();
        var judged = result.split().equals("test") ? data.test().orElseThrow() : data.validation();
        var page = RunSections.page("Image classification with " + plan.spec().name(), result, e.samples());
        page.tiles(tiles(result));
        page.section("Training", curves(result.history()));
        e.confusion().ifPresent(matrix -> page.section("Confusion", HeatTable.of(matrix, data.classes())));
        page.section("Classes", perClass(e));
        page.section("Calibration", calibration(e.calibration()));
        page.section("Worst mistakes", mistakes(e, judged, data.classes()));
        page.section("What the network sees in training", augmented(plan, data.train(), augmentation));
        page.text("Configuration", RecipeTree.of(result.recipe()).toYaml());
        page.facts("Environment", RunSections.environment(plan.spec(), result));
        RunSections.skipped(page, result.skipped());
        RunFolder.write(result.folder().report(), page.toHtml());
    }

    private static Map<String, String> tiles(ClassifyRun.Result result) {
        var e = result.evaluation();
        var figures = e.figures();
        var tiles = new LinkedHashMap<String, String>();
        if (e.multiLabel()) {
            tiles.put("mean average precision", percent(figures.get("map")));
            tiles.put("all labels right", percent(figures.get("exact")));
        } else {
            tiles.put("accuracy (top-1)", percent(e.top1()));
            if (figures.containsKey("top5")) {
                tiles.put("top-5", percent(e.top5()));
            }
        }
        tiles.put("F1 (macro)", percent(figures.get("f1")));
        tiles.put("ROC-AUC", number(figures.get("roc_auc")));
        tiles.put("calibration error", percent(figures.get("ece")));
        tiles.put("best epoch", result.bestEpoch() + " of " + result.history().size());
        tiles.put("training time", duration(result.trainSeconds()));
        return tiles;
    }

    private static String curves(List<TrainListener.Epoch> history) {
        var epochs = RunSections.epochs(history);
        var loss = new LineChart("Loss")
                .curve(
                        "training",
                        epochs,
                        history.stream().map(TrainListener.Epoch::trainLoss).toList())
                .curve("validation", epochs, RunSections.figure(history, "loss"));
        var score = new LineChart("Validation")
                .curve("accuracy", epochs, RunSections.figure(history, "accuracy"))
                .curve("mean average precision", epochs, RunSections.figure(history, "map"))
                .curve("F1 (macro)", epochs, RunSections.figure(history, "f1"));
        return RunSections.curves(history, loss, score);
    }

    private static String perClass(ClassifyEvaluation e) {
        var html = new StringBuilder(
                "<div class=\"scroll\"><table><thead><tr><th>class</th><th>pictures</th><th>precision</th><th>recall</th>"
                        + "<th>F1</th><th>ROC-AUC</th><th>PR-AUC</th></tr></thead><tbody>");
        for (var c : e.perClass()) {
            html.append(String.format(
                    Locale.ROOT,
                    "<tr><td>%s</td><td class=\"number\">%d</td><td class=\"number\">%s</td><td class=\"number\">%s</td>"
                            + "<td><span class=\"track\"><span class=\"bar\" style=\"width:%.0f%%\"></span></span>%s</td>"
                            + "<td class=\"number\">%s</td><td class=\"number\">%s</td></tr>",
                    Page.escape(c.name()),
                    c.support(),
                    percent(c.precision()),
                    percent(c.recall()),
                    c.f1() * 100,
                    percent(c.f1()),
                    number(c.ranking().rocAuc()),
                    number(c.ranking().averagePrecision())));
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String calibration(Calibration calibration) {
        var filled = calibration.bins().stream().filter(b -> b.count() > 0).toList();
        var confidences = filled.stream().map(b -> b.confidence() * 100).toList();
        var chart = new LineChart("How often it is right (%) when it is so sure (%)")
                .curve(
                        "measured",
                        confidences,
                        filled.stream().map(b -> b.accuracy() * 100).toList())
                .curve("ideal", confidences, confidences);
        return "<div class=\"charts\">" + chart.toSvg() + "</div>";
    }

    private static String mistakes(ClassifyEvaluation e, Dataset data, List<String> classes) throws IOException {
        var wrong = e.answers().stream()
                .filter(a -> !a.right())
                .sorted(Comparator.comparingDouble(Answer::targetProbability))
                .limit(MISTAKES)
                .toList();
        if (wrong.isEmpty()) {
            return "<p class=\"note\">There are none on this split.</p>";
        }
        var html = new StringBuilder(
                "<p class=\"note\">Where the right answer got the lowest probability.</p><div class=\"shots\">");
        for (var answer : wrong) {
            var image = data.image(answer.index(), Optional.of(Size.square(THUMBNAIL)));
            boolean small = Math.max(image.width(), image.height()) < THUMBNAIL;
            var truth = data.annotation(answer.index()).labels().stream()
                    .map(l -> l.name())
                    .toList();
            html.append("<div class=\"shot")
                    .append(small ? " small" : "")
                    .append("\">")
                    .append(Page.picture(RunSections.thumbnail(image, THUMBNAIL), data.source(answer.index())))
                    .append("<div><span class=\"said\">")
                    .append(Page.escape(classes.get(answer.predicted())))
                    .append("</span> ")
                    .append(percent(answer.confidence()))
                    .append("</div><div>is ")
                    .append(Page.escape(truth.isEmpty() ? "none" : String.join(", ", truth)))
                    .append(" (")
                    .append(percent(answer.targetProbability()))
                    .append(")</div><div class=\"where\">")
                    .append(Page.escape(data.source(answer.index())))
                    .append("</div></div>");
        }
        return html.append("</div>").toString();
    }

    private static String augmented(ClassifyPlan plan, Dataset data, Augmentation augmentation) throws IOException {
        var transform = new TrainingTransform(plan.preprocessing(), augmentation);
        var images = new ArrayList<Image>();
        var captions = new ArrayList<String>();
        int step = Math.max(1, data.size() / AUGMENTED);
        for (int i = 0; i < data.size() && images.size() < AUGMENTED; i += step) {
            Image image;
            try {
                image = data.image(i, plan.preprocessing().resize().atLeast());
            } catch (IOException e) {
                continue; // listed with the pictures that could not be read
            }
            var picture = transform.apply(Picture.of(image, data.annotation(i)), new SplittableRandom(i));
            images.add(RunSections.thumbnail(picture.image(), THUMBNAIL));
            captions.add(String.join(
                    ", ",
                    data.annotation(i).labels().stream().map(l -> l.name()).toList()));
        }
        var sheet = ContactSheet.of(images).captions(captions).columns(6).render();
        return "<p class=\"note\">" + Page.escape(augmentation.toString()) + "</p><div class=\"sheet\">"
                + Page.picture(sheet, "augmented training pictures") + "</div>";
    }
}
