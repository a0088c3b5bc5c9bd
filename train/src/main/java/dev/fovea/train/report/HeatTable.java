package dev.fovea.train.report;

import dev.fovea.train.metric.ConfusionMatrix;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A confusion matrix as a coloured table; for many classes, the most frequent confusions instead. */
public final class HeatTable {
    private static final int MOST_CLASSES = 30;
    private static final int MOST_ROWS = 30;

    private HeatTable() {}

    /** The table; rows are the true classes, columns what was said. */
    public static String of(ConfusionMatrix matrix, List<String> classes) {
        return matrix.classes() <= MOST_CLASSES ? whole(matrix, classes) : worst(matrix, classes);
    }

    private static String whole(ConfusionMatrix matrix, List<String> classes) {
        var html = new StringBuilder(
                "<div class=\"scroll\"><table class=\"heat\"><thead><tr><td class=\"corner\">true &darr; said &rarr;</td>");
        for (String name : classes) {
            html.append("<th scope=\"col\"><span>").append(Page.escape(name)).append("</span></th>");
        }
        html.append("</tr></thead><tbody>");
        for (int t = 0; t < matrix.classes(); t++) {
            html.append("<tr><th scope=\"row\">")
                    .append(Page.escape(classes.get(t)))
                    .append("</th>");
            for (int p = 0; p < matrix.classes(); p++) {
                double share = matrix.support(t) == 0 ? 0 : (double) matrix.count(t, p) / matrix.support(t);
                html.append(String.format(
                        Locale.ROOT,
                        "<td class=\"%s%s\" style=\"--share:%.3f\" title=\"%s taken for %s: %d\">%s</td>",
                        t == p ? "right" : "wrong",
                        share > 0.55 ? " dark" : "",
                        share,
                        Page.escape(classes.get(t)),
                        Page.escape(classes.get(p)),
                        matrix.count(t, p),
                        matrix.count(t, p) == 0 ? "" : Long.toString(matrix.count(t, p))));
            }
            html.append("</tr>");
        }
        return html.append("</tbody></table></div>").toString();
    }

    private static String worst(ConfusionMatrix matrix, List<String> classes) {
        record Pair(int target, int said, long count) {}
        var pairs = new ArrayList<Pair>();
        for (int t = 0; t < matrix.classes(); t++) {
            for (int p = 0; p < matrix.classes(); p++) {
                if (t != p && matrix.count(t, p) > 0) {
                    pairs.add(new Pair(t, p, matrix.count(t, p)));
                }
            }
        }
        pairs.sort(Comparator.comparingLong(Pair::count).reversed());
        var html = new StringBuilder("<table><thead><tr><th>true</th><th>said</th><th>times</th></tr></thead><tbody>");
        for (var pair : pairs.subList(0, Math.min(MOST_ROWS, pairs.size()))) {
            html.append("<tr><td>")
                    .append(Page.escape(classes.get(pair.target())))
                    .append("</td><td>")
                    .append(Page.escape(classes.get(pair.said())))
                    .append("</td><td class=\"number\">")
                    .append(pair.count())
                    .append("</td></tr>");
        }
        return html.append("</tbody></table>").toString();
    }
}
