package dev.fovea.data.inspect;

import dev.fovea.data.inspect.Inspection.DuplicateGroup;
import dev.fovea.data.inspect.Inspection.Gallery;
import dev.fovea.data.inspect.Inspection.Level;
import dev.fovea.data.inspect.Inspection.Member;
import dev.fovea.data.inspect.Inspection.PartCounts;
import dev.fovea.data.inspect.Inspection.SizeCount;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import dev.fovea.vision.codec.WholeFile;
import dev.fovea.vision.statistics.PrincipalComponents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * An inspection as one HTML file that opens offline: style and pictures are inside, nothing is fetched, no script runs.
 * Light or dark as the reader's system is.
 */
public final class InspectionPage {
    private static final int MOST_CLASSES = 200;
    private static final int MOST_ROWS = 200;
    private static final int MOST_GROUPS = 24;
    private static final int MOST_DOTS = 2000;
    private static final int TINY = 64;
    private static final int QUALITY = 82;

    private final Inspection inspection;
    private final StringBuilder html = new StringBuilder();

    private InspectionPage(Inspection inspection) {
        this.inspection = inspection;
    }

    /** Writes the page; the file appears whole or not at all. */
    public static void write(Inspection inspection, Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        WholeFile.write(file, html(inspection).getBytes(StandardCharsets.UTF_8));
    }

    /** The page as text. */
    public static String html(Inspection inspection) {
        return new InspectionPage(inspection).page();
    }

    private String page() {
        add("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">");
        add("<meta http-equiv=\"Content-Security-Policy\""
                + " content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">");
        add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Data inspection</title>");
        add("<style>" + style() + "</style></head><body><main>");
        add("<header><h1>Data inspection</h1><p>" + escape(inspection.description()) + "</p></header>");
        figures();
        findings();
        classes();
        galleries();
        inspection.boxes().ifPresent(this::boxes);
        sizesAndColours();
        components();
        duplicates();
        corrupt();
        add(
                "<footer>Made by Fovea. Pixel values are scaled to 0-1 for mean and deviation.</footer></main></body></html>");
        return html.toString();
    }

    private void figures() {
        long across = inspection.duplicates().stream()
                .filter(DuplicateGroup::isAcrossParts)
                .count();
        double ratio = inspection.imbalance().ratio();
        add("<section class=\"figures\">");
        figure(number(inspection.pictures()), "pictures", false);
        figure(number(inspection.classes().size()), inspection.classes().size() == 1 ? "class" : "classes", false);
        figure(Double.isInfinite(ratio) ? "\u221e" : decimal(ratio, 1) + " : 1", "largest to smallest class", false);
        figure(
                number(inspection.corrupt().size()),
                "unreadable",
                !inspection.corrupt().isEmpty());
        figure(number(inspection.duplicates().size()), "groups of near-duplicates", false);
        figure(number(across), "of them across parts", across > 0);
        add("</section>");
    }

    private void figure(String value, String what, boolean warning) {
        add("<div" + (warning ? " class=\"warning\"" : "") + "><b>" + value + "</b><span>" + what + "</span></div>");
    }

    private void findings() {
        add("<ul class=\"findings card\">");
        for (var finding : inspection.findings()) {
            add("<li class=\"" + name(finding.level()) + "\">" + escape(finding.text()) + "</li>");
        }
        add("</ul>");
    }

    private void classes() {
        add("<h2>Classes</h2><div class=\"card\"><div class=\"legend\">");
        List<PartCounts> parts = inspection.parts();
        for (int p = 0; p < parts.size(); p++) {
            add("<span><i class=\"p" + p + "\"></i>" + parts.get(p).name() + " "
                    + number(parts.get(p).pictures()));
            add((parts.get(p).unlabelled() > 0 ? ", " + number(parts.get(p).unlabelled()) + " without label" : "")
                    + "</span>");
        }
        add("</div><div class=\"bars\">");
        int shown = Math.min(MOST_CLASSES, inspection.classes().size());
        int most = 1;
        for (int c = 0; c < inspection.classes().size(); c++) {
            most = Math.max(most, total(c));
        }
        for (int c = 0; c < shown; c++) {
            bar(c, most);
        }
        add("</div>");
        more(inspection.classes().size() - shown, "classes");
        add("</div>");
    }

    private int total(int c) {
        return inspection.parts().stream().mapToInt(p -> p.perClass().get(c)).sum();
    }

    private void bar(int c, int most) {
        String name = escape(inspection.classes().get(c));
        add("<div class=\"name\" title=\"" + name + "\">" + name + "</div><div class=\"track\">");
        for (int p = 0; p < inspection.parts().size(); p++) {
            int count = inspection.parts().get(p).perClass().get(c);
            if (count > 0) {
                add("<span class=\"p" + p + "\" style=\"width:" + decimal(100.0 * count / most, 3) + "%\"></span>");
            }
        }
        String counts = inspection.parts().stream()
                .map(p -> number(p.perClass().get(c)))
                .collect(Collectors.joining(" + "));
        add("</div><div class=\"num\">" + counts + "</div>");
    }

    private void galleries() {
        add("<h2>A look at each class</h2><div class=\"card\">");
        for (Gallery gallery : inspection.galleries()) {
            add("<div class=\"class\"><b>" + escape(gallery.name()) + "</b><div class=\"strip\">");
            gallery.thumbnails().forEach(image -> add(img(image, gallery.name())));
            add(gallery.thumbnails().isEmpty() ? "no picture in the training part" : "");
            add("</div></div>");
        }
        more(inspection.classes().size() - inspection.galleries().size(), "classes");
        add("</div>");
    }

    private void boxes(BoxFacts boxes) {
        add("<h2>Boxes</h2><div class=\"card\"><table><tr><th>class</th><th class=\"n\">small</th>"
                + "<th class=\"n\">medium</th><th class=\"n\">large</th></tr>");
        for (var each :
                boxes.perClass().subList(0, Math.min(MOST_ROWS, boxes.perClass().size()))) {
            row(escape(each.name()), List.of(each.small(), each.medium(), each.large()));
        }
        add("</table><p class=\"note\">small: below 32x32 pixels; large: above 96x96</p>");
        boxes.sheet().ifPresent(sheet -> add(img(sheet, "pictures with their boxes")));
        List<String> faults = new ArrayList<>();
        boxes.dropped().forEach(d -> faults.add(d.source() + ": " + d.text() + ", " + d.reason()));
        faults.addAll(boxes.outOfFrame());
        faults.addAll(boxes.duplicates());
        add("<table>");
        faults.stream().limit(MOST_ROWS).forEach(f -> add("<tr><td>" + escape(f) + "</td></tr>"));
        add("</table>");
        more(faults.size() - MOST_ROWS, "boxes");
        add("</div>");
    }

    private void sizesAndColours() {
        add("<h2>Sizes and colours</h2><div class=\"pair\"><div class=\"card\"><h3>Width and height</h3>");
        List<SizeCount> counts = inspection.sizes().counts();
        if (counts.size() > 1) {
            add(Charts.sizes(counts.subList(0, Math.min(MOST_DOTS, counts.size()))));
            add("<table><tr><th></th><th class=\"n\">smallest</th><th class=\"n\">median</th>"
                    + "<th class=\"n\">largest</th></tr>");
            row("width", inspection.sizes().widths());
            row("height", inspection.sizes().heights());
            add("</table>");
        } else {
            add("<p>All pictures are " + counts.get(0).size() + ".</p>");
        }
        channels();
        add("</div><div class=\"card\"><h3>Pixel values</h3>");
        add(Charts.histograms(inspection.pixels().histograms()));
        mean();
        add("</div></div>");
    }

    private void mean() {
        var pixels = inspection.pixels();
        add("<h3>Mean picture, mean and deviation</h3><div class=\"mean\">" + img(pixels.meanImage(), "mean picture"));
        add("<table><tr><th></th><th class=\"n\">mean</th><th class=\"n\">deviation</th></tr>");
        List<String> names = pixels.rgb() == 0 ? List.of("grey") : List.of("red", "green", "blue");
        for (int c = 0; c < names.size(); c++) {
            add("<tr><td>" + names.get(c) + "</td><td class=\"n\">"
                    + decimal(pixels.mean().get(c), 4) + "</td><td class=\"n\">"
                    + decimal(pixels.std().get(c), 4) + "</td></tr>");
        }
        add("</table></div>");
    }

    private void row(String name, List<Integer> values) {
        add("<tr><td>" + name + "</td>");
        values.forEach(v -> add("<td class=\"n\">" + number(v) + "</td>"));
        add("</tr>");
    }

    private void channels() {
        var pixels = inspection.pixels();
        add("<h3>Channels</h3><table>");
        add("<tr><td>colour</td><td class=\"n\">" + number(pixels.rgb() - pixels.greyAsRgb()) + "</td></tr>");
        add("<tr><td>grey</td><td class=\"n\">" + number(pixels.grey()) + "</td></tr>");
        add("<tr><td>grey, stored as colour</td><td class=\"n\">" + number(pixels.greyAsRgb()) + "</td></tr>");
        add("</table>");
    }

    private void components() {
        if (inspection.components().isEmpty()) {
            return;
        }
        PrincipalComponents pca = inspection.components().get();
        List<Integer> needed = List.of(pca.needed(0.9), pca.needed(0.95), pca.needed(0.99));
        long values = pca.size().area() * pca.channels();
        add("<h2>Dimensions</h2><p class=\"note\">Brought to " + pca.size() + ", a picture has " + number(values)
                + " values. How many directions do " + number(pca.samples())
                + " of the pictures really vary in (principal components)?</p>");
        add("<div class=\"pair\"><div class=\"card\">" + Charts.explained(pca.explained(), needed));
        add("</div><div class=\"card\"><table><tr><th>share of the variance</th><th class=\"n\">components</th></tr>");
        for (int i = 0; i < 3; i++) {
            add("<tr><td>" + List.of("90 %", "95 %", "99 %").get(i) + "</td><td class=\"n\">" + number(needed.get(i))
                    + "</td></tr>");
        }
        add("</table></div></div>");
    }

    private void duplicates() {
        if (inspection.duplicates().isEmpty()) {
            return;
        }
        List<DuplicateGroup> groups = inspection.duplicates();
        int shown = Math.min(MOST_GROUPS, groups.size());
        add(
                "<h2>Near-duplicates</h2><p class=\"note\">Pictures that are the same up to size, compression and brightness."
                        + " Groups that reach over parts come first.</p><div class=\"groups\">");
        for (DuplicateGroup group : groups.subList(0, shown)) {
            add("<div class=\"card\">");
            tag(group.identical() ? "identical pixels" : "nearly the same", false);
            if (group.isAcrossParts()) {
                tag("across parts", true);
            }
            if (group.isAcrossLabels()) {
                tag("different labels", true);
            }
            add("<div class=\"strip\">");
            group.members().stream().filter(m -> m.thumbnail().isPresent()).forEach(this::member);
            add("</div>");
            long hidden = group.members().stream()
                    .filter(m -> m.thumbnail().isEmpty())
                    .count();
            more(hidden, "pictures");
            add("</div>");
        }
        add("</div>");
        more(groups.size() - shown, "groups");
    }

    private void member(Member member) {
        String labels = String.join(", ", member.labels());
        add("<figure>" + img(member.thumbnail().orElseThrow(), labels));
        add("<div class=\"num\">" + escape(member.part() + (labels.isEmpty() ? "" : " \u00b7 " + labels)) + "</div>");
        // the end of a path says more than its beginning; the marks keep its slashes in place
        add("<figcaption title=\"" + escape(member.source()) + "\">\u200e" + escape(member.source())
                + "\u200e</figcaption></figure>");
    }

    private void tag(String text, boolean warning) {
        add("<span class=\"tag" + (warning ? " warning" : "") + "\">" + text + "</span>");
    }

    private void corrupt() {
        if (inspection.corrupt().isEmpty()) {
            return;
        }
        int shown = Math.min(MOST_ROWS, inspection.corrupt().size());
        add("<h2>Unreadable pictures</h2><div class=\"card\"><table>");
        for (var skipped : inspection.corrupt().subList(0, shown)) {
            add("<tr><td>" + escape(skipped.reason()) + "</td></tr>");
        }
        add("</table>");
        more(inspection.corrupt().size() - shown, "pictures");
        add("</div>");
    }

    private void more(long n, String what) {
        if (n > 0) {
            add("<p class=\"note\">and " + number(n) + " more " + what + "</p>");
        }
    }

    private static String img(Image image, String alt) {
        boolean tiny = image.width() <= TINY && image.height() <= TINY;
        byte[] bytes = tiny ? ImageWriter.png(image) : ImageWriter.jpeg(image, QUALITY);
        return "<img " + (tiny && image.width() < 40 ? "class=\"tiny\" " : "") + "alt=\"" + escape(alt)
                + "\" src=\"data:image/" + (tiny ? "png" : "jpeg") + ";base64,"
                + Base64.getEncoder().encodeToString(bytes) + "\">";
    }

    private static String style() {
        try (InputStream in = InspectionPage.class.getResourceAsStream("inspection.css")) {
            if (in == null) {
                throw new IllegalStateException("inspection.css is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static String number(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String decimal(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private void add(String text) {
        html.append(text);
    }
}
