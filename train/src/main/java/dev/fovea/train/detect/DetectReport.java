package dev.fovea.train.detect;

import static dev.fovea.train.report.Figures.duration;
import static dev.fovea.train.report.Figures.number;
import static dev.fovea.train.report.Figures.percent;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.detect.DetectEvaluation.Answer;
import dev.fovea.train.metric.CocoResult;
import dev.fovea.train.metric.DetectionErrors;
import dev.fovea.train.metric.DetectionReport;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.train.report.HeatTable;
import dev.fovea.train.report.LineChart;
import dev.fovea.train.report.Page;
import dev.fovea.train.report.RunSections;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.draw.ContactSheet;
import dev.fovea.vision.draw.Overlay;
import dev.fovea.vision.transform.Companions;
import dev.fovea.vision.transform.Transform;
import dev.fovea.vision.transform.Warp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The page of a detection run. */
final class DetectReport {
    private static final int WORST = 12;
    private static final int AUGMENTED = 18;
    private static final int SIDE = 320;
    private static final int MOST_CURVES = 10;
    private static final int DRAWS = 100;

    private DetectReport() {}

    /** @param training what a training picture goes through */
    static void write(DetectRun.Result result, DetectPlan plan, SplitDatasets data, Transform training)
            throws IOException {
        var e = result.evaluation();
        var judged = result.split().equals("test") ? data.test().orElseThrow() : data.validation();
        var page = RunSections.page("Object detection with " + plan.spec().name(), result, e.samples());
        page.tiles(tiles(result));
        page.section("Training", curves(result.history()));
        page.section("Precision and recall", precisionAndRecall(e));
        page.section("Classes", perClass(e));
        page.section("Mistakes", mistakes(e.report()));
        page.section("Confusion", confusion(e));
        page.section("Worst pictures", worst(e, judged));
        page.section("What the network sees in training", augmented(data.train(), training, plan));
        page.text("Configuration", RecipeTree.of(result.recipe()).toYaml());
        page.facts("Environment", RunSections.environment(plan.spec(), result));
        RunSections.skipped(page, result.skipped());
        RunFolder.write(result.folder().report(), page.toHtml());
    }

    private static Map<String, String> tiles(DetectRun.Result result) {
        var figures = result.evaluation().figures();
        var tiles = new LinkedHashMap<String, String>();
        tiles.put("mAP (overlap 0.5 to 0.95)", percent(figures.get("map")));
        tiles.put("mAP at overlap 0.5", percent(figures.get("map50")));
        tiles.put("mAP at overlap 0.75", percent(figures.get("map75")));
        tiles.put("AP of small objects", percent(figures.get("ap_small")));
        tiles.put("AP of medium objects", percent(figures.get("ap_medium")));
        tiles.put("AP of large objects", percent(figures.get("ap_large")));
        tiles.put("average recall", percent(figures.get("ar100")));
        tiles.put("best epoch", result.bestEpoch() + " of " + result.history().size());
        tiles.put("training time", duration(result.trainSeconds()));
        return tiles;
    }

    private static String curves(List<TrainListener.Epoch> history) {
        var epochs = RunSections.epochs(history);
        var loss = new LineChart("Training loss")
                .curve(
                        "all terms",
                        epochs,
                        history.stream().map(TrainListener.Epoch::trainLoss).toList());
        history.get(0)
                .terms()
                .keySet()
                .forEach(term -> loss.curve(
                        term,
                        epochs,
                        history.stream()
                                .map(h -> h.terms().getOrDefault(term, Double.NaN))
                                .toList()));
        var score = new LineChart("Validation")
                .curve("mAP", epochs, RunSections.figure(history, "map"))
                .curve("mAP at 0.5", epochs, RunSections.figure(history, "map50"))
                .curve("mAP at 0.75", epochs, RunSections.figure(history, "map75"));
        return RunSections.curves(history, loss, score);
    }

    /** At overlap 0.5; of many classes those with the most objects. */
    private static String precisionAndRecall(DetectEvaluation e) {
        var chart = new LineChart("Precision (%) at recall (%), overlap 0.5");
        var recalls = IntStream.rangeClosed(0, 100).mapToObj(r -> (double) r).toList();
        var curves = e.report().curves();
        IntStream.range(0, e.classes().size())
                .filter(c -> curves.get(c).truths() > 0)
                .boxed()
                .sorted(Comparator.comparingLong(c -> -curves.get(c).truths()))
                .limit(MOST_CURVES)
                .forEach(c -> chart.curve(
                        e.classes().get(c),
                        recalls,
                        e.report().coco().precisions(c, 0.5).stream()
                                .map(p -> p * 100)
                                .toList()));
        return "<div class=\"charts\">" + chart.toSvg() + "</div>";
    }

    private static String perClass(DetectEvaluation e) {
        var coco = e.report().coco();
        var html = new StringBuilder("<div class=\"scroll\"><table><thead><tr><th>class</th><th>objects</th><th>AP</th>"
                + "<th>AP at 0.5</th><th>AP at 0.75</th><th>small</th><th>medium</th><th>large</th><th>recall</th>"
                + "<th>VOC AP</th></tr></thead><tbody>");
        for (int c = 0; c < e.classes().size(); c++) {
            double ap50 = share(coco.classAp(c, 0.5));
            html.append("<tr><td>")
                    .append(Page.escape(e.classes().get(c)))
                    .append("</td>")
                    .append(cell(String.valueOf(e.report().curves().get(c).truths())))
                    .append(cell(number(share(coco.classAp(c)))))
                    .append(String.format(
                            Locale.ROOT,
                            "<td><span class=\"track\"><span class=\"bar\" style=\"width:%.0f%%\"></span></span>%s</td>",
                            Double.isNaN(ap50) ? 0 : ap50 * 100,
                            number(ap50)))
                    .append(cell(number(share(coco.classAp(c, 0.75)))))
                    .append(cell(number(share(coco.classAp(c, "small")))))
                    .append(cell(number(share(coco.classAp(c, "medium")))))
                    .append(cell(number(share(coco.classAp(c, "large")))))
                    .append(cell(number(share(coco.classAr(c)))))
                    .append(cell(number(share(e.report().curves().get(c).everyPoint()))))
                    .append("</tr>");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String cell(String text) {
        return "<td class=\"number\">" + text + "</td>";
    }

    /** COCO says -1 where there is nothing to find. */
    private static double share(double value) {
        return value == CocoResult.NONE ? Double.NaN : value;
    }

    private static String mistakes(DetectionReport report) {
        DetectionErrors errors = report.errors();
        var rows = new LinkedHashMap<String, Long>();
        rows.put("objects that ought to be found", errors.objects());
        rows.put("found", errors.right());
        rows.put("missed", errors.missed());
        rows.put("found with the wrong class", errors.wrongClass());
        rows.put("found in the wrong place", errors.badBox());
        rows.put("found twice", errors.duplicate());
        rows.put("found where nothing is", errors.background());
        var html = new StringBuilder("<p class=\"note\">Of finds with a score of at least "
                + String.format(Locale.ROOT, "%.2f", report.minimumScore()) + ".</p><table><tbody>");
        rows.forEach((what, count) -> html.append("<tr><td>")
                .append(what)
                .append("</td>")
                .append(cell(String.valueOf(count)))
                .append("</tr>"));
        return html.append("</tbody></table>").toString();
    }

    private static String confusion(DetectEvaluation e) {
        var names = new ArrayList<>(e.classes());
        names.add("background");
        return HeatTable.of(e.report().confusion(), names);
    }

    /** The pictures with the most mistakes, truth beside prediction. */
    private static String worst(DetectEvaluation e, Dataset data) throws IOException {
        var wrong = e.answers().stream()
                .filter(a -> a.errors().errors() > 0)
                .sorted(Comparator.comparingLong(a -> -a.errors().errors()))
                .limit(WORST)
                .toList();
        if (wrong.isEmpty()) {
            return "<p class=\"note\">There is no mistake on this split.</p>";
        }
        var html = new StringBuilder(
                "<p class=\"note\">Left what is there, right what was found.</p><div class=\"pairs\">");
        for (Answer answer : wrong) {
            var image = data.image(answer.index(), Optional.empty());
            var found = answer.found().atLeast((float) e.report().minimumScore());
            String source = data.source(answer.index());
            html.append("<div class=\"pair\">")
                    .append(Page.picture(truth(image, data.annotation(answer.index())), "what is there: " + source))
                    .append(Page.picture(prediction(image, found), "what was found: " + source))
                    .append("<div>")
                    .append(Page.escape(summary(answer.errors())))
                    .append("</div><div class=\"where\">")
                    .append(Page.escape(source))
                    .append("</div></div>");
        }
        return html.append("</div>").toString();
    }

    private static String summary(DetectionErrors errors) {
        var parts = new ArrayList<String>();
        part(parts, errors.missed(), "missed");
        part(parts, errors.wrongClass(), "of the wrong class");
        part(parts, errors.badBox(), "in the wrong place");
        part(parts, errors.duplicate(), "twice");
        part(parts, errors.background(), "where nothing is");
        return errors.right() + " of " + errors.objects() + " found; " + String.join(", ", parts);
    }

    private static void part(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(count + " " + what);
        }
    }

    private static Image truth(Image image, Annotation annotation) {
        var small = fitted(image);
        var boxes = Annotation.NONE.withInstances(annotation.instances().stream()
                .map(o -> Instance.of(o.label(), o.box()))
                .toList());
        return Overlay.draw(small, Warp.stretch(image.size(), small.size()).annotation(boxes, image.size()));
    }

    private static Image prediction(Image image, Detections found) {
        var small = fitted(image);
        var warp = Warp.stretch(image.size(), small.size());
        var moved = found.items().stream()
                .map(d -> new Detection(d.label(), d.score(), warp.box(d.box())))
                .toList();
        return Overlay.draw(small, new Detections(small.size(), moved));
    }

    /** Of a size at which boxes and names can be told apart and the page stays small. */
    private static Image fitted(Image image) {
        int longest = Math.max(image.width(), image.height());
        int factor = Math.max(1, SIDE / longest);
        return factor == 1
                ? RunSections.thumbnail(image, SIDE)
                : Overlay.enlarged(image, Annotation.NONE, factor * Math.min(image.width(), image.height()));
    }

    /** Pictures for transforms that put several into one; those that cannot be read are passed over. */
    private static Companions others(Dataset data) {
        return random -> {
            for (int i = 0; i < DRAWS; i++) {
                int index = random.nextInt(data.size());
                try {
                    return Picture.of(data.image(index, Optional.empty()), data.annotation(index));
                } catch (IOException e) {
                    // listed with the pictures that could not be read
                }
            }
            throw new IllegalStateException("none of " + DRAWS + " pictures could be read");
        };
    }

    private static String augmented(Dataset data, Transform training, DetectPlan plan) throws IOException {
        var images = new ArrayList<Image>();
        int step = Math.max(1, data.size() / AUGMENTED);
        for (int i = 0; i < data.size() && images.size() < AUGMENTED; i += step) {
            Image image;
            try {
                image = data.image(i, Optional.empty());
            } catch (IOException e) {
                continue; // listed with the pictures that could not be read
            }
            var picture = training.apply(Picture.of(image, data.annotation(i)), others(data), new SplittableRandom(i));
            images.add(truth(picture.image(), picture.annotation()));
        }
        var sheet = ContactSheet.of(images).columns(6).cell(Size.square(200)).render();
        return "<p class=\"note\">" + Page.escape(plan.recipe().data().augment()) + "</p><div class=\"sheet\">"
                + Page.picture(sheet, "augmented training pictures") + "</div>";
    }
}
