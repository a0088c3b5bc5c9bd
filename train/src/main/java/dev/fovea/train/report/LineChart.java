package dev.fovea.train.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/** Curves over epochs as inline SVG. */
public final class LineChart {
    private static final int WIDTH = 460;
    private static final int HEIGHT = 240;
    private static final int LEFT = 52;
    private static final int RIGHT = 12;
    private static final int TOP = 12;
    private static final int BOTTOM = 34;

    private final String title;
    private final List<Curve> curves = new ArrayList<>();

    /** A named curve; {@code x} rises. */
    private record Curve(String name, List<Double> x, List<Double> y) {}

    public LineChart(String title) {
        this.title = title;
    }

    /** Adds a curve; values that are not finite are left out. */
    public LineChart curve(String name, List<Double> x, List<Double> y) {
        var xs = new ArrayList<Double>();
        var ys = new ArrayList<Double>();
        for (int i = 0; i < x.size(); i++) {
            if (Double.isFinite(y.get(i))) {
                xs.add(x.get(i));
                ys.add(y.get(i));
            }
        }
        if (!xs.isEmpty()) {
            curves.add(new Curve(name, xs, ys));
        }
        return this;
    }

    /** The chart as a figure element; empty text without curves. */
    public String toSvg() {
        if (curves.isEmpty()) {
            return "";
        }
        double x0 = all(true).min().orElse(0);
        double x1 = Math.max(x0 + 1e-9, all(true).max().orElse(1));
        double low = all(false).min().orElse(0);
        double high = all(false).max().orElse(1);
        double step = niceStep((high - low) / 4);
        double y0 = Math.floor(low / step) * step;
        double y1 = Math.max(y0 + step, Math.ceil(high / step) * step);
        var svg = new StringBuilder();
        svg.append("<figure class=\"chart\"><figcaption>")
                .append(Page.escape(title))
                .append("</figcaption>");
        svg.append(String.format(
                Locale.ROOT,
                "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
                WIDTH,
                HEIGHT,
                Page.escape(title)));
        for (int i = 0; y0 + i * step <= y1 + step / 2; i++) {
            double value = y0 + i * step;
            double y = place(value, y0, y1, HEIGHT - BOTTOM, TOP);
            svg.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" class=\"tick end\">%s</text>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y,
                    LEFT - 6,
                    y + 4,
                    label(value, step)));
        }
        for (double value : xTicks(x0, x1)) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" class=\"tick middle\">%s</text>",
                    place(value, x0, x1, LEFT, WIDTH - RIGHT),
                    HEIGHT - BOTTOM + 18,
                    label(value, 1)));
        }
        for (int i = 0; i < curves.size(); i++) {
            appendCurve(svg, curves.get(i), i, x0, x1, y0, y1);
        }
        svg.append("</svg><div class=\"legend\">");
        for (int i = 0; i < curves.size(); i++) {
            svg.append("<span class=\"key c")
                    .append(i)
                    .append("\">")
                    .append(Page.escape(curves.get(i).name()))
                    .append("</span>");
        }
        return svg.append("</div></figure>").toString();
    }

    private static void appendCurve(
            StringBuilder svg, Curve curve, int number, double x0, double x1, double y0, double y1) {
        var points = new StringBuilder();
        for (int i = 0; i < curve.x().size(); i++) {
            points.append(String.format(
                    Locale.ROOT,
                    "%.1f,%.1f ",
                    place(curve.x().get(i), x0, x1, LEFT, WIDTH - RIGHT),
                    place(curve.y().get(i), y0, y1, HEIGHT - BOTTOM, TOP)));
        }
        svg.append("<polyline class=\"curve c")
                .append(number)
                .append("\" points=\"")
                .append(points.toString().strip())
                .append("\"/>");
        if (curve.x().size() == 1) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle class=\"dot c%d\" r=\"3\" cx=\"%.1f\" cy=\"%.1f\"/>",
                    number,
                    place(curve.x().get(0), x0, x1, LEFT, WIDTH - RIGHT),
                    place(curve.y().get(0), y0, y1, HEIGHT - BOTTOM, TOP)));
        }
    }

    private DoubleStream all(boolean x) {
        return curves.stream().flatMap(c -> (x ? c.x() : c.y()).stream()).mapToDouble(Double::doubleValue);
    }

    private static double place(double value, double from, double to, double start, double end) {
        return start + (value - from) / (to - from) * (end - start);
    }

    private static double niceStep(double rough) {
        if (!(rough > 0)) {
            return 0.1;
        }
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double lead = rough / power;
        return power * (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10);
    }

    private static List<Double> xTicks(double x0, double x1) {
        double step = Math.max(1, niceStep((x1 - x0) / 6));
        var ticks = new ArrayList<Double>();
        for (double v = Math.ceil(x0 / step) * step; v <= x1 + 1e-6; v += step) {
            ticks.add(v);
        }
        return ticks;
    }

    private static String label(double value, double step) {
        if (Math.abs(value) < step * 1e-6) {
            return "0";
        }
        if (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) {
            return String.format(Locale.ROOT, "%.1e", value);
        }
        int decimals = Math.max(0, Math.min(4, (int) Math.ceil(-Math.log10(step))));
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
