package dev.fovea.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Outcomes as a table in Markdown. The first contender is the one that the others are compared with: {@code ratio} is a peer's median
 * time over the first one's, 1 where both are equally fast, above 1 where the first is faster.
 */
final class ResultTable {
    private static final List<String> HEAD =
            List.of("contender", "median ms", "fastest ms", "spread", "pictures/s", "ratio", "what it is");

    private final String title;
    private final List<Outcome> outcomes;

    ResultTable(String title, List<Outcome> outcomes) {
        this.title = title;
        this.outcomes = List.copyOf(outcomes);
    }

    /** The whole table, lines ended. */
    @Override
    public String toString() {
        var rows = new ArrayList<List<String>>();
        rows.add(HEAD);
        outcomes.forEach(o -> rows.add(row(o)));
        var widths = new int[HEAD.size()];
        for (var row : rows) {
            for (int c = 0; c < widths.length; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        var text = new StringBuilder(title).append("\n\n");
        for (int r = 0; r < rows.size(); r++) {
            line(text, rows.get(r), widths);
            if (r == 0) {
                text.append('|');
                for (int c = 0; c < widths.length; c++) {
                    text.append("-".repeat(widths[c] + 1))
                            .append(isNumber(c) ? ':' : '-')
                            .append('|');
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    private List<String> row(Outcome outcome) {
        if (outcome instanceof Outcome.Skipped skipped) {
            return List.of(skipped.name(), "", "", "", "", "", "skipped: " + skipped.reason());
        }
        var measured = (Outcome.Measured) outcome;
        var samples = measured.samples();
        return List.of(
                measured.name(),
                format("%.1f", samples.median() * 1000),
                format("%.1f", samples.quantile(0) * 1000),
                format("±%.1f %%", samples.spread() * 100),
                format("%.1f", samples.picturesPerSecond()),
                ratio(samples),
                measured.description());
    }

    private String ratio(Samples samples) {
        if (!(outcomes.get(0) instanceof Outcome.Measured first)) {
            return "";
        }
        return first.samples().equals(samples)
                ? "1"
                : format("%.2f", first.samples().picturesPerSecond() / samples.picturesPerSecond());
    }

    private static void line(StringBuilder text, List<String> cells, int[] widths) {
        for (int c = 0; c < widths.length; c++) {
            String padding = " ".repeat(widths[c] - cells.get(c).length());
            text.append("| ")
                    .append(isNumber(c) ? padding + cells.get(c) : cells.get(c) + padding)
                    .append(' ');
        }
        text.append("|\n");
    }

    private static boolean isNumber(int column) {
        return column > 0 && column < HEAD.size() - 1;
    }

    private static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
