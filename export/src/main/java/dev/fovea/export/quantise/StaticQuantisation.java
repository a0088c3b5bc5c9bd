package dev.fovea.export.quantise;

import dev.fovea.export.graph.Graph;
import dev.fovea.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts a graph's convolutions, linear layers and what lies between them into eight bits, with ranges measured on pictures: weights int8 for each
 * output channel, values uint8 with the number 0 for 0 after a Relu, bias int32. Written as pairs of QuantizeLinear and DequantizeLinear
 * (Jacob et al. 2017, arXiv 1712.05877), which every engine can run and good ones fuse: a Relu is taken over by the range behind it, so that the
 * whole graph stays in whole numbers.
 */
public final class StaticQuantisation implements EightBitForm {
    private final Graph graph;
    private final Calibration calibration;

    private StaticQuantisation(Graph graph, Calibration calibration) {
        this.graph = graph;
        this.calibration = calibration;
    }

    /**
     * Measures a float graph.
     *
     * @param pictures batches {@code [n, C, H, W]} as the graph takes them; what happens in real life should happen in them
     */
    public static StaticQuantisation measure(Graph graph, List<Tensor> pictures, CalibrationMethod method) {
        var prepared = graph.copy();
        NormalisationAsConvolution.apply(prepared);
        var values = Units.values(prepared, Units.of(prepared, Set.of()));
        return new StaticQuantisation(prepared, Calibration.measure(prepared, values, pictures, method));
    }

    @Override
    public List<String> layers() {
        return Units.of(graph, Set.of()).values().stream()
                .filter(u -> u.kind() == Units.Kind.LAYER)
                .map(u -> u.node().name())
                .toList();
    }

    @Override
    public Graph graph(Set<String> left) {
        var units = Units.of(graph, left);
        var ranges = ranges(units);
        return new QuantisedGraph(graph.copy(), units, ranges).build();
    }

    /** What was measured, cut by activations, and handed on by operators that only move numbers. */
    private Map<String, Range> ranges(Map<String, Units.Unit> units) {
        var ranges = new HashMap<String, Range>();
        for (String value : Units.values(graph, units)) {
            ranges.put(value, calibration.range(value));
        }
        for (var unit : units.values()) {
            if (unit.kind() == Units.Kind.MOVE) {
                ranges.put(unit.output(), ranges.get(unit.node().input(0)));
            } else if (unit.activation() != null) {
                double high = Units.high(graph, unit.activation());
                ranges.put(unit.output(), ranges.get(unit.output()).within(0, high));
            } else if (unit.kind() == Units.Kind.HARD_SIGMOID || unit.kind() == Units.Kind.SIGMOID) {
                ranges.put(unit.output(), new Range(0, 1));
            }
        }
        return ranges;
    }
}
