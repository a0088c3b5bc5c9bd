package dev.fovea.data.inspect;

import dev.fovea.data.inspect.Inspection.SizeCount;
import java.util.List;
import java.util.Locale;

/** Charts as inline SVG; colours come from the page's style. */
final class Charts {
    private static final int WIDTH = 480;
    private static final int HEIGHT = 240;
    private static final int LEFT = 42;
    private static final int BOTTOM = 30;
    private static final int TOP = 10;
    private static final int RIGHT = 12;

    private Charts() {}

    /** Each size a dot at its width and height, its area in proportion to the number of pictures. */
    static String sizes(List<SizeCount> counts) {
        int right = counts.stream().mapToInt(c -> c.size().width()).max().orElse(1);
        int top = counts.stream().mapToInt(c -> c.size().height()).max().orElse(1);
        double xMax = ceiling(right * 1.06);
        double yMax = ceiling(top * 1.06);
        int most = counts.stream().mapToInt(SizeCount::pictures).max().orElse(1);
        var svg = open("Width and height of the pictures");
        axes(svg, xMax, yMax, "width", "height");
        for (SizeCount count : counts) {
            double radius = 2 + 12 * Math.sqrt((double) count.pictures() / most) * Math.min(1, most / 20.0 + 0.2);
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s: %d</title></circle>",
                    x(count.size().width() / xMax),
                    y(count.size().height() / yMax),
                    radius,
                    count.size(),
                    count.pictures()));
        }
        return svg.append("</svg>").toString();
    }

    /** How often each value occurs, one curve a channel, or one in all if they are equal. */
    static String histograms(List<List<Long>> channels) {
        boolean grey =
                channels.get(0).equals(channels.get(1)) && channels.get(0).equals(channels.get(2));
        List<List<Long>> shown = grey ? channels.subList(0, 1) : channels;
        // The two ends often hold whole backgrounds; they are cut where they would flatten all else.
        double most = shown.stream()
                .flatMap(c -> c.subList(1, 255).stream())
                .mapToLong(n -> n)
                .max()
                .orElse(1);
        most = Math.max(1, most * 1.1);
        var svg = open("How often each pixel value occurs");
        axis(svg);
        for (int tick = 0; tick <= 256; tick += 64) {
            double at = Math.min(tick, 255) / 255.0;
            text(svg, x(at), HEIGHT - BOTTOM + 16, "middle", Integer.toString(Math.min(tick, 255)));
        }
        for (int c = 0; c < shown.size(); c++) {
            var path = new StringBuilder();
            path.append(String.format(Locale.ROOT, "M%.1f %.1f", x(0), y(0)));
            for (int v = 0; v < 256; v++) {
                path.append(String.format(
                        Locale.ROOT,
                        "L%.1f %.1f",
                        x(v / 255.0),
                        y(Math.min(1, shown.get(c).get(v) / most))));
            }
            path.append(String.format(Locale.ROOT, "L%.1f %.1fZ", x(1), y(0)));
            svg.append("<path class=\"")
                    .append(grey ? "k" : "rgb".substring(c, c + 1))
                    .append("\" d=\"")
                    .append(path)
                    .append("\"/>");
        }
        return svg.append("</svg>").toString();
    }

    /** The share of the variance that the first components hold together. */
    static String explained(List<Double> shares, List<Integer> marks) {
        int last = (marks.get(marks.size() - 1) / 20 + 1) * 20;
        var svg = open("Share of the variance by number of components");
        axes(svg, last, 1, "components", "share");
        var path = new StringBuilder(String.format(Locale.ROOT, "M%.1f %.1f", x(0), y(0)));
        double sum = 0;
        var dots = new StringBuilder();
        for (int i = 0; i < Math.min(last, shares.size()); i++) {
            sum += shares.get(i);
            path.append(String.format(Locale.ROOT, "L%.1f %.1f", x((i + 1.0) / last), y(Math.min(1, sum))));
            if (marks.contains(i + 1)) {
                dots.append(String.format(
                        Locale.ROOT,
                        "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>",
                        x((i + 1.0) / last),
                        y(Math.min(1, sum))));
            }
        }
        return svg.append("<path class=\"line\" d=\"")
                .append(path)
                .append("\"/>")
                .append(dots)
                .append("</svg>")
                .toString();
    }

    private static StringBuilder open(String title) {
        return new StringBuilder(
                "<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\" aria-label=\"" + title + "\">");
    }

    private static void axis(StringBuilder svg) {
        svg.append("<path class=\"axis\" d=\"M" + LEFT + " " + (HEIGHT - BOTTOM) + "H" + (WIDTH - RIGHT) + "\"/>");
    }

    private static void axes(StringBuilder svg, double xMax, double yMax, String across, String up) {
        for (int i = 0; i <= 4; i++) {
            double share = i / 4.0;
            double at = y(share);
            svg.append(String.format(Locale.ROOT, "<path class=\"axis\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT));
            text(svg, LEFT - 6, at + 4, "end", label(share * yMax));
            String right = i == 4 ? across : label(share * xMax);
            text(svg, x(share), HEIGHT - BOTTOM + 16, i == 4 ? "end" : "middle", right);
        }
        text(svg, LEFT + 6, TOP + 12, "start", up);
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(String.format(
                Locale.ROOT, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>", x, y, anchor, text));
    }

    private static String label(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, value < 1 ? "%.2f" : "%.0f", value);
    }

    private static double x(double share) {
        return LEFT + share * (WIDTH - LEFT - RIGHT);
    }

    private static double y(double share) {
        return HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP);
    }

    /** The next number of which a quarter is easy to read: 4, 8, 12, 20, 40, ... times a power of ten. */
    private static double ceiling(double value) {
        double power = 1;
        while (true) {
            for (double nice : new double[] {4, 8, 12, 16, 20, 24, 32}) {
                if (nice * power >= value) {
                    return nice * power;
                }
            }
            power *= 10;
        }
    }
}
