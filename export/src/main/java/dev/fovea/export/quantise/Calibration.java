package dev.fovea.export.quantise;

import dev.fovea.export.Session;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphValue;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Measures the values inside a graph while it runs on pictures. */
final class Calibration {
    private static final double SHARE = 0.9999;

    private final Map<String, Range> ranges;

    private Calibration(Map<String, Range> ranges) {
        this.ranges = Map.copyOf(ranges);
    }

    /** Measures the named float32 values on prepared pictures {@code [n, C, H, W]}. */
    static Calibration measure(
            Graph graph, Collection<String> values, List<Tensor> pictures, CalibrationMethod method) {
        var observed = observed(graph, values);
        var ranges = new HashMap<String, Range>();
        try (var session = Session.open(observed)) {
            each(session, pictures, (name, tensor) -> {
                try (var low = tensor.min();
                        var high = tensor.max()) {
                    ranges.merge(name, new Range((float) low.item(), (float) high.item()), Range::union);
                }
            });
            if (method != CalibrationMethod.MIN_MAX) {
                var histograms = new HashMap<String, Histogram>();
                ranges.forEach((name, range) -> histograms.put(name, new Histogram(range)));
                // Of the graph's own outputs the extremes are what matters: the best class is one.
                graph.outputs().forEach(o -> histograms.remove(o.name()));
                each(session, pictures, (name, tensor) -> {
                    if (histograms.containsKey(name)) {
                        histograms.get(name).add(tensor.asByteBuffer().asFloatBuffer());
                    }
                });
                histograms.forEach((name, h) ->
                        ranges.put(name, method == CalibrationMethod.ENTROPY ? h.entropy() : h.percentile(SHARE)));
            }
        }
        return new Calibration(ranges);
    }

    private interface Observer {
        void see(String name, Tensor value);
    }

    private static void each(Session session, List<Tensor> pictures, Observer observer) {
        for (var batch : pictures) {
            try (var scope = Scope.open()) {
                String input = session.inputNames().get(0);
                session.run(Map.of(input, batch)).forEach((name, value) -> {
                    if (value.dtype() == DType.FLOAT32) {
                        observer.see(name, value);
                    }
                });
                observer.see(input, batch);
            }
        }
    }

    /** The graph with more outputs. */
    private static Graph observed(Graph graph, Collection<String> values) {
        var copy = graph.copy();
        var known = new LinkedHashSet<String>();
        copy.outputs().forEach(o -> known.add(o.name()));
        copy.inputs().forEach(i -> known.add(i.name()));
        for (String value : values) {
            if (known.add(value)) {
                copy.outputs().add(new GraphValue(value, DType.FLOAT32, null));
            }
        }
        return copy;
    }

    /** The range of a value that was measured. */
    Range range(String value) {
        var range = ranges.get(value);
        if (range == null) {
            throw new IllegalStateException("'" + value + "' was not measured");
        }
        return range;
    }
}
