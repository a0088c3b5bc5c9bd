package dev.fovea.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows and columns as aligned text; columns of numbers are aligned right. */
final class Table {
    private final List<List<String>> rows = new ArrayList<>();

    Table(String... head) {
        rows.add(List.of(head));
    }

    void add(Object... cells) {
        var row = new ArrayList<String>();
        for (Object cell : cells) {
            row.add(String.valueOf(cell));
        }
        rows.add(row);
    }

    @Override
    public String toString() {
        int columns = rows.get(0).size();
        var widths = new int[columns];
        var right = new boolean[columns];
        for (int c = 0; c < columns; c++) {
            int column = c;
            widths[c] =
                    rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
            right[c] = rows.size() > 1
                    && rows.stream().skip(1).allMatch(r -> r.get(column).matches("[-+]?[\\d.,]+[%x×a-zA-Z/ ]*|-|"));
        }
        var text = new StringBuilder();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                String gap = " ".repeat(widths[c] - row.get(c).length());
                line.append(c == 0 ? "" : "  ").append(right[c] ? gap + row.get(c) : row.get(c) + gap);
            }
            text.append(line.toString().stripTrailing()).append(System.lineSeparator());
        }
        return text.toString().stripTrailing();
    }
}
