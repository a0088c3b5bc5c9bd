package dev.fovea.export;

import dev.fovea.export.graph.Graph;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was written.
 *
 * @param files the file, and that of its weights where they lie apart
 * @param bytes of all files
 * @param operators how many nodes of each operator the graph has
 * @param deviation from the network, the worst of all comparisons
 * @param seconds the whole export took
 */
public record ExportReport(
        List<Path> files, long bytes, Map<String, Integer> operators, Deviation deviation, double seconds) {
    public ExportReport {
        files = List.copyOf(files);
        operators = java.util.Collections.unmodifiableMap(new TreeMap<>(operators));
    }

    static ExportReport of(List<Path> files, Graph graph, Deviation deviation, long nanos) throws IOException {
        long bytes = 0;
        for (var file : files) {
            bytes += Files.size(file);
        }
        return new ExportReport(files, bytes, operators(graph), deviation, nanos / 1e9);
    }

    static Map<String, Integer> operators(Graph graph) {
        var counts = new TreeMap<String, Integer>();
        graph.nodes().forEach(n -> counts.merge(n.op(), 1, Integer::sum));
        return counts;
    }
}
