package dev.fovea.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Comma-separated values as of RFC 4180: quoted fields, doubled quotes, any line end, a byte order mark. The separator is
 * a comma, else a tab, else a semicolon, whichever the first line has.
 */
final class CsvText {
    private final String text;
    private final char separator;
    private int at;

    /** A row that is not empty, with the number of the line it starts on, from 1. */
    record Row(int line, List<String> cells) {}

    private CsvText(String text) {
        this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
        String first = this.text.lines().findFirst().orElse("");
        separator =
                first.indexOf(',') >= 0 ? ',' : first.indexOf('\t') >= 0 ? '\t' : first.indexOf(';') >= 0 ? ';' : ',';
    }

    static List<Row> parse(byte[] bytes, String source) throws DatasetException {
        return new CsvText(new String(bytes, StandardCharsets.UTF_8)).rows(source);
    }

    private List<Row> rows(String source) throws DatasetException {
        List<Row> rows = new ArrayList<>();
        int line = 1;
        while (at < text.length()) {
            int start = at;
            List<String> cells = row(line, source);
            if (cells.size() > 1 || !cells.get(0).isBlank()) {
                rows.add(new Row(line, cells));
            }
            for (int i = start; i < at; i++) {
                line += text.charAt(i) == '\n' || (text.charAt(i) == '\r' && !follows(i, '\n')) ? 1 : 0;
            }
        }
        return rows;
    }

    private boolean follows(int i, char c) {
        return i + 1 < text.length() && text.charAt(i + 1) == c;
    }

    private List<String> row(int line, String source) throws DatasetException {
        List<String> cells = new ArrayList<>();
        while (true) {
            cells.add(at < text.length() && text.charAt(at) == '"' ? quoted(line, source) : plain());
            if (at == text.length()) {
                return cells;
            }
            char end = text.charAt(at++);
            if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
                at++;
            }
            if (end != separator) {
                return cells;
            }
        }
    }

    private String plain() {
        int start = at;
        while (at < text.length() && !isEnd(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String quoted(int line, String source) throws DatasetException {
        StringBuilder cell = new StringBuilder();
        at++;
        while (at < text.length() && (text.charAt(at) != '"' || follows(at, '"'))) {
            at += text.charAt(at) == '"' ? 1 : 0;
            cell.append(text.charAt(at++));
        }
        at++;
        if (at > text.length() || (at < text.length() && !isEnd(text.charAt(at)))) {
            throw new DatasetException(
                    source + ", line " + line + ": a quoted field is not closed; add the missing '\"'");
        }
        return cell.toString();
    }

    private boolean isEnd(char c) {
        return c == separator || c == '\n' || c == '\r';
    }
}
