package dev.fovea.train.report;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A page of titled sections with its style inside; nothing is loaded from anywhere. */
public final class Page {
    private static final String STYLE = resource("report.css");

    private final String title;
    private final String subtitle;
    private final List<String> sections = new ArrayList<>();

    public Page(String title, String subtitle) {
        this.title = title;
        this.subtitle = subtitle;
    }

    /** Text with everything that HTML would read as markup made harmless. */
    public static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** A picture as an element with its bytes inside. */
    public static String picture(Image image, String alternative) throws IOException {
        String base64 = Base64.getEncoder().encodeToString(ImageWriter.png(image));
        return "<img alt=\"" + escape(alternative) + "\" src=\"data:image/png;base64," + base64 + "\">";
    }

    /** Adds large figures side by side: label to text. */
    public Page tiles(Map<String, String> tiles) {
        var html = new StringBuilder("<section class=\"tiles\">");
        tiles.forEach((label, value) -> html.append("<div class=\"tile\"><div class=\"value\">")
                .append(escape(value))
                .append("</div><div class=\"label\">")
                .append(escape(label))
                .append("</div></div>"));
        sections.add(html.append("</section>").toString());
        return this;
    }

    /** Adds a section; its body is HTML made by the caller. */
    public Page section(String heading, String body) {
        sections.add("<section><h2>" + escape(heading) + "</h2>" + body + "</section>");
        return this;
    }

    /** Adds a section of plain text as it stands. */
    public Page text(String heading, String text) {
        return section(heading, "<pre>" + escape(text) + "</pre>");
    }

    /** Adds a section with a table of names and values. */
    public Page facts(String heading, Map<String, String> facts) {
        var html = new StringBuilder("<table class=\"facts\">");
        facts.forEach((name, value) -> html.append("<tr><th scope=\"row\">")
                .append(escape(name))
                .append("</th><td>")
                .append(escape(value))
                .append("</td></tr>"));
        return section(heading, html.append("</table>").toString());
    }

    /** The whole page. */
    public String toHtml() {
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
                <title>%s</title>
                <style>
                %s</style>
                </head>
                <body>
                <header><h1>%s</h1><p>%s</p></header>
                <main>
                %s
                </main>
                </body>
                </html>
                """.formatted(escape(title), STYLE, escape(title), escape(subtitle), String.join("\n", sections));
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
