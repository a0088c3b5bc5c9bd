package dev.fovea.models.picture;

import dev.fovea.nn.Summary;
import dev.fovea.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Puts cards under each other: the map's size at the left, the card, its shares at the right. */
final class Drawing {
    private static final int WIDTH = 920;
    private static final int LEFT = 32;
    private static final int MAP_MIDDLE = 84;
    private static final int CARD = 148;
    private static final int CARD_WIDTH = 420;
    private static final int PARAMETERS = 600;
    private static final int MULTIPLY_ADDS = 756;
    private static final int BAR = 132;
    private static final int TOP = 128;
    private static final int GAP = 30;
    private static final int LINE = 17;
    private static final int LETTERS = 62;
    private static final int MOST_LINES = 5;
    private static final int WIDEST = 118;

    /** Light and dark by what the reader's screen asks for. */
    private static final String STYLE = """
            :root{color-scheme:light dark}
            svg{--paper:#fff;--ink:#1d2530;--muted:#647080;--line:#c5ccd6;--card:#f5f7fa;--track:#e8ecf1;
            --conv:#2f6fd0;--att:#8a4fd3;--lin:#d07a1f;--pool:#1f9a7a;--other:#7b8794;
            font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
            @media(prefers-color-scheme:dark){svg{--paper:#14181f;--ink:#e8ecf2;--muted:#97a3b3;--line:#3d4654;--card:#1e242e;
            --track:#2a323e;--conv:#6ea3f5;--att:#b98af2;--lin:#eaa455;--pool:#4fcaa8;--other:#98a4b3}}
            .paper{fill:var(--paper)}.name{font-size:24px;font-weight:650;fill:var(--ink)}
            .sub{font-size:13px;fill:var(--muted)}.head{font-size:12px;fill:var(--muted)}
            .title{font-size:14px;font-weight:600;fill:var(--ink)}.times{font-size:14px;font-weight:700}
            .in{font-size:12px;fill:var(--muted)}.shape{font-size:12px;fill:var(--ink)}
            .num{font-size:12px;fill:var(--ink)}
            .card{fill:var(--card);stroke:var(--line)}.flow{stroke:var(--line);stroke-width:2;fill:none}.tip{fill:var(--line)}
            .track{fill:var(--track)}.conv{fill:var(--conv)}.att{fill:var(--att)}.lin{fill:var(--lin)}
            .pool{fill:var(--pool)}.other{fill:var(--other)}.side{opacity:.62}.lid{opacity:.4}
            """;

    private final String name;
    private final String subtitle;
    private final Summary summary;
    private final List<Card> cards;
    private final List<String> outside;
    private final StringBuilder svg = new StringBuilder();

    Drawing(String name, String subtitle, Summary summary, Outline.Plan plan) {
        this.name = name;
        this.subtitle = subtitle;
        this.summary = summary;
        cards = plan.cards();
        outside = plan.outside();
    }

    String svg() {
        int y = TOP;
        var input = new ArrayList<Long>(List.of(1L));
        for (int d = 0; d < summary.input().rank(); d++) {
            input.add(summary.input().dim(d));
        }
        var first = Shape.of(input.stream().mapToLong(Long::longValue).toArray());
        y = map("input", first, y);
        for (var card : cards) {
            y = card(card, y);
        }
        y = arrow(y);
        int height = y + (outside() > 0 ? 44 : 12);
        if (outside() > 0) {
            String named = String.join(", ", outside.subList(0, Math.min(outside.size(), 4)));
            text(
                    "in",
                    LEFT,
                    y + 20,
                    number(outside()) + " parameters lie outside of this path: " + named
                            + (outside.size() > 4 ? " and more" : ""));
        }
        return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + WIDTH + " " + height + "\" width=\"" + WIDTH
                + "\" height=\"" + height + "\" role=\"img\">\n<title>" + escape("Architecture of " + name)
                + "</title>\n<style>" + STYLE + "</style>\n<rect class=\"paper\" width=\"" + WIDTH + "\" height=\""
                + height + "\"/>\n" + head() + svg + "</svg>\n";
    }

    private String head() {
        var body = svg.toString();
        svg.setLength(0);
        int open = name.indexOf('(');
        String options = open < 0 ? "" : "  ·  " + name.substring(open + 1, name.length() - 1);
        String under = subtitle + options;
        text("name", LEFT, 44, open < 0 ? name : name.substring(0, open));
        text("sub", LEFT, 66, under.length() > WIDEST ? under.substring(0, WIDEST - 1) + "…" : under);
        text(
                "sub",
                LEFT,
                86,
                number(summary.parameters()) + " parameters  ·  " + number(summary.multiplyAdds())
                        + " multiply-adds for one picture  ·  "
                        + cards.stream().mapToInt(Card::times).sum()
                        + " layers and blocks");
        text("head", PARAMETERS, 112, "parameters");
        text("head", MULTIPLY_ADDS, 112, "multiply-adds");
        var head = svg.toString();
        svg.setLength(0);
        svg.append(body);
        return head;
    }

    /** Parameters that no card holds. */
    private long outside() {
        return summary.parameters() - cards.stream().mapToLong(Card::parameters).sum();
    }

    // --- one card ----------------------------------------------------------------------------------------------------

    private int card(Card card, int from) {
        int behind = Math.min(card.times() - 1, 2);
        int y = arrow(from) + 5 * behind;
        var lines = wrapped(card.lines());
        int height = 40 + LINE * lines.size();
        String colour = colour(card.kind());
        for (int i = behind; i > 0; i--) {
            rect("card", CARD + 5 * i, y - 5 * i, CARD_WIDTH, height, 8);
        }
        rect("card", CARD, y, CARD_WIDTH, height, 8);
        rect(colour, CARD, y + 8, 4, height - 16, 2);
        text("title", CARD + 18, y + 25, card.title());
        if (card.times() > 1) {
            svg.append("<text class=\"times ")
                    .append(colour)
                    .append("\" text-anchor=\"end\" x=\"")
                    .append(CARD + CARD_WIDTH - 16)
                    .append("\" y=\"")
                    .append(y + 25)
                    .append("\">×")
                    .append(card.times())
                    .append("</text>\n");
        }
        for (int i = 0; i < lines.size(); i++) {
            text("in", CARD + 18, y + 44 + LINE * i, lines.get(i));
        }
        bar(colour, PARAMETERS, y + height / 2, card.parameters(), most(true));
        bar(colour, MULTIPLY_ADDS, y + height / 2, card.multiplyAdds(), most(false));
        return card.output() == null ? y + height : shape(card.output(), y + height, colour, y + height / 2);
    }

    private long most(boolean parameters) {
        return Math.max(
                1,
                cards.stream()
                        .mapToLong(c -> parameters ? c.parameters() : c.multiplyAdds())
                        .max()
                        .orElse(1));
    }

    private void bar(String colour, int x, int middle, long value, long most) {
        rect("track", x, middle + 2, BAR, 8, 4);
        if (value > 0) {
            rect(colour, x, middle + 2, (int) Math.max(4, Math.round((double) BAR * value / most)), 8, 4);
        }
        text("num", x, middle - 4, number(value));
    }

    private int arrow(int from) {
        int x = CARD + CARD_WIDTH / 2;
        int to = from + GAP;
        svg.append("<path class=\"flow\" d=\"M")
                .append(x)
                .append(' ')
                .append(from + 3)
                .append('V')
                .append(to - 13)
                .append("\"/><path class=\"tip\" d=\"M")
                .append(x - 5)
                .append(' ')
                .append(to - 14)
                .append("h10l-5 8z\"/>\n");
        return to;
    }

    private int map(String title, Shape shape, int y) {
        text("title", CARD + CARD_WIDTH / 2 - 16, y + 6, title);
        return shape(shape, y + 10, "other", y + 8);
    }

    /** The result: its size beside the arrow that leaves the card, and as a body at the left. */
    private int shape(Shape shape, int y, String colour, int middle) {
        text("shape", CARD + CARD_WIDTH / 2 + 12, y + 18, Work.words(shape));
        body(shape, middle, colour);
        return y;
    }

    /** A box whose face is the map's extent and whose depth its channels, both on logarithmic scales. */
    private void body(Shape shape, int middle, String colour) {
        long rank = shape.rank();
        long extent = 1;
        long channels = shape.dim((int) rank - 1);
        if (rank == 4) {
            boolean channelsLast = shape.dim(1) == shape.dim(2) && shape.dim(2) != shape.dim(3);
            channels = channelsLast ? shape.dim(3) : shape.dim(1);
            extent = channelsLast ? shape.dim(1) : shape.dim(2);
        } else if (rank == 3) {
            extent = Math.round(Math.sqrt((double) shape.dim(1)));
        }
        int face = (int) Math.round(5 + 5.2 * log2(extent));
        int depth = (int) Math.round(2 + 2.6 * log2(channels));
        int x = MAP_MIDDLE - (face + depth) / 2;
        int y = middle - (face - depth / 2) / 2;
        int lift = depth / 2;
        svg.append("<g class=\"")
                .append(colour)
                .append("\"><rect x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" width=\"")
                .append(face)
                .append("\" height=\"")
                .append(face)
                .append("\"/>")
                .append("<path class=\"side\" d=\"M")
                .append(x + face)
                .append(' ')
                .append(y)
                .append('l')
                .append(depth)
                .append(' ')
                .append(-lift)
                .append('v')
                .append(face)
                .append('l')
                .append(-depth)
                .append(' ')
                .append(lift)
                .append("z\"/><path class=\"lid\" d=\"M")
                .append(x)
                .append(' ')
                .append(y)
                .append('l')
                .append(depth)
                .append(' ')
                .append(-lift)
                .append('h')
                .append(face)
                .append('l')
                .append(-depth)
                .append(' ')
                .append(lift)
                .append("z\"/></g>\n");
    }

    private static double log2(long n) {
        return Math.log((double) Math.max(1, n)) / Math.log(2);
    }

    private static String colour(Work.Kind kind) {
        return switch (kind) {
            case CONVOLUTION -> "conv";
            case ATTENTION -> "att";
            case LINEAR -> "lin";
            case POOLING -> "pool";
            case OTHER -> "other";
        };
    }

    // --- text --------------------------------------------------------------------------------------------------------

    /** Lines broken at the dots between layers, at most a few. */
    static List<String> wrapped(List<String> lines) {
        var wrapped = new ArrayList<String>();
        for (String line : lines) {
            var current = new StringBuilder();
            for (String part : line.split(" · ", -1)) {
                if (current.length() > 0 && current.length() + part.length() + 3 > LETTERS) {
                    wrapped.add(current + " ·");
                    current.setLength(0);
                    current.append("       ");
                }
                current.append(current.toString().isBlank() ? "" : " · ").append(part);
            }
            if (!current.toString().isBlank()) {
                wrapped.add(current.toString());
            }
        }
        if (wrapped.size() > MOST_LINES) {
            int more = wrapped.size() - MOST_LINES + 1;
            var shown = new ArrayList<>(wrapped.subList(0, MOST_LINES - 1));
            shown.add("and " + more + " lines more");
            return shown;
        }
        return wrapped;
    }

    /** A count with three digits and its unit. */
    static String number(long n) {
        if (n < 1000) {
            return Long.toString(n);
        }
        String[] units = {"k", "M", "G", "T"};
        double value = (double) n;
        int unit = -1;
        while (value >= 999.5 && unit < units.length - 1) {
            value /= 1000;
            unit++;
        }
        String digits = value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, digits, value) + " " + units[unit];
    }

    private void text(String style, int x, int y, String words) {
        svg.append("<text class=\"")
                .append(style)
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" xml:space=\"preserve\">")
                .append(escape(words))
                .append("</text>\n");
    }

    private void rect(String style, int x, int y, int width, int height, int radius) {
        svg.append("<rect class=\"")
                .append(style)
                .append("\" x=\"")
                .append(x)
                .append("\" y=\"")
                .append(y)
                .append("\" width=\"")
                .append(width)
                .append("\" height=\"")
                .append(height)
                .append("\" rx=\"")
                .append(radius)
                .append("\"/>\n");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
