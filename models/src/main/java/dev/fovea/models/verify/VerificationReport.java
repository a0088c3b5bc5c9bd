package dev.fovea.models.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.verify.Comparison.Part;
import dev.fovea.models.verify.GoldenResult.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of all files, as a table, as JSON, and as one answer. */
public record VerificationReport(List<GoldenResult> results) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LISTED = 6;

    public VerificationReport {
        results = List.copyOf(results);
    }

    /** Whether any file failed; networks that are not registered are no failures. */
    public boolean failed() {
        return results.stream().anyMatch(GoldenResult::failed);
    }

    public long count(Outcome outcome) {
        return results.stream().filter(r -> r.outcome() == outcome).count();
    }

    /** A table of all networks with their largest differences, then every failure in full, then the sums. */
    public String toText() {
        var rows = new ArrayList<String[]>();
        rows.add(new String[] {"file", "model", "parameters", "output", "inner", "training", "seconds", "result"});
        results.stream()
                .filter(r -> r.outcome() != Outcome.OTHER)
                .forEach(r -> rows.add(new String[] {
                    r.file(),
                    r.model(),
                    r.parameters() == 0 ? "" : String.format(Locale.ROOT, "%,d", r.parameters()),
                    difference(r.largest(Part.OUTPUT)),
                    difference(r.largest(Part.TAP)),
                    difference(r.largest(Part.TRAIN)),
                    r.seconds() == 0 ? "" : String.format(Locale.ROOT, "%.1f", r.seconds()),
                    r.outcome().toString()
                }));
        var text = new StringBuilder();
        table(rows, text);
        results.stream().filter(GoldenResult::failed).forEach(r -> failure(r, text));
        text.append(summary()).append('\n');
        return text.toString();
    }

    private static void table(List<String[]> rows, StringBuilder text) {
        int columns = rows.get(0).length;
        var widths = new int[columns];
        for (var row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row[c].length());
            }
        }
        for (var row : rows) {
            var line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                boolean number = c >= 2 && c < columns - 1;
                String space = " ".repeat(widths[c] - row[c].length());
                line.append(number ? space + row[c] : row[c] + space).append("  ");
            }
            text.append(line.toString().stripTrailing()).append('\n');
        }
    }

    private static void failure(GoldenResult result, StringBuilder text) {
        text.append('\n')
                .append(result.file())
                .append(": ")
                .append(result.outcome())
                .append('\n');
        result.problems().forEach(p -> text.append("  ").append(p).append('\n'));
        var wrong = result.comparisons().stream().filter(c -> !c.passed()).toList();
        wrong.stream().limit(LISTED).forEach(c -> text.append("  ").append(c).append('\n'));
        if (wrong.size() > LISTED) {
            text.append("  and ").append(wrong.size() - LISTED).append(" more\n");
        }
    }

    private String summary() {
        return "\n" + count(Outcome.PASSED) + " passed, " + (count(Outcome.FAILED) + count(Outcome.UNREADABLE))
                + " failed, " + count(Outcome.NOT_REGISTERED) + " not registered, " + count(Outcome.OTHER)
                + " other files";
    }

    private static String difference(double value) {
        return Double.isNaN(value)
                ? ""
                : Double.isInfinite(value) ? "wrong" : String.format(Locale.ROOT, "%.1e", value);
    }

    /** {@code {"failed": false, "passed": 7, …, "results": […]}}; differences that are infinite are null. */
    public String toJson() {
        var all = new LinkedHashMap<String, Object>();
        all.put("failed", failed());
        for (var outcome : Outcome.values()) {
            all.put(outcome.name().toLowerCase(Locale.ROOT), count(outcome));
        }
        all.put("results", results.stream().map(VerificationReport::json).toList());
        try {
            return JSON.writeValueAsString(all);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a report of texts and numbers could not be written as JSON", e);
        }
    }

    private static Map<String, Object> json(GoldenResult result) {
        var map = new LinkedHashMap<String, Object>();
        map.put("file", result.file());
        map.put("model", result.model());
        map.put("spec", result.spec());
        map.put("outcome", result.outcome().name().toLowerCase(Locale.ROOT));
        map.put("parameters", result.parameters());
        for (var part : Part.values()) {
            map.put(part.name().toLowerCase(Locale.ROOT), finite(result.largest(part)));
        }
        map.put("seconds", result.seconds());
        map.put("problems", result.problems());
        map.put(
                "comparisons",
                result.comparisons().stream()
                        .map(c -> {
                            var entry = new LinkedHashMap<String, Object>();
                            entry.put("part", c.part().name().toLowerCase(Locale.ROOT));
                            entry.put("name", c.name());
                            entry.put("difference", finite(c.difference()));
                            entry.put("limit", c.limit());
                            entry.put("passed", c.passed());
                            return entry;
                        })
                        .toList());
        return map;
    }

    private static Double finite(double value) {
        return Double.isFinite(value) ? value : null;
    }
}
