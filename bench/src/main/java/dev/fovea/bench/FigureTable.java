package dev.fovea.bench;

import java.util.ArrayList;
import java.util.List;

/** Rows of text as a table in Markdown; the first column is to the left, the others, numbers, to the right. */
final class FigureTable {
    private final List<List<String>> rows = new ArrayList<>();

    FigureTable(String... head) {
        rows.add(List.of(head));
    }

    /** Adds a row of as many cells as the head has. */
    void add(List<String> cells) {
        if (cells.size() != rows.get(0).size()) {
            throw new IllegalArgumentException(
                    "a row of this table has " + rows.get(0).size() + " cells, got " + cells);
        }
        rows.add(List.copyOf(cells));
    }

    /** The whole table, lines ended. */
    @Override
    public String toString() {
        int columns = rows.get(0).size();
        var widths = new int[columns];
        for (var row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        var text = new StringBuilder();
        for (int r = 0; r < rows.size(); r++) {
            for (int c = 0; c < columns; c++) {
                String padding = " ".repeat(widths[c] - rows.get(r).get(c).length());
                text.append("| ")
                        .append(
                                c == 0
                                        ? rows.get(r).get(c) + padding
                                        : padding + rows.get(r).get(c))
                        .append(' ');
            }
            text.append("|\n");
            if (r == 0) {
                for (int c = 0; c < columns; c++) {
                    text.append('|').append("-".repeat(widths[c] + 1)).append(c == 0 ? '-' : ':');
                }
                text.append("|\n");
            }
        }
        return text.toString();
    }
}
