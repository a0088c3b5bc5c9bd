package dev.fovea.export.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One operation of a graph.
 *
 * @param domain empty for ONNX's own operators
 * @param inputs names of values; empty where an optional input is absent
 * @param attributes {@code Long}, {@code Double}, {@code String}, {@code long[]}, {@code double[]}, {@code List<String>} or
 *     {@link Constant} by name
 * @param module the path of the module it came from, for messages
 */
public record GraphNode(
        String name,
        String op,
        String domain,
        List<String> inputs,
        List<String> outputs,
        Map<String, Object> attributes,
        String module) {
    public GraphNode {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        attributes = Collections.unmodifiableMap(new LinkedHashMap<>(attributes));
    }

    /** An operation of ONNX's own, named after its first output. */
    public static GraphNode of(
            String op, List<String> inputs, List<String> outputs, Map<String, Object> attributes, String module) {
        return new GraphNode(outputs.get(0), op, "", inputs, outputs, attributes, module);
    }

    public GraphNode withInputs(List<String> others) {
        return new GraphNode(name, op, domain, others, outputs, attributes, module);
    }

    public GraphNode withOutputs(List<String> others) {
        return new GraphNode(name, op, domain, inputs, others, attributes, module);
    }

    public GraphNode withAttribute(String key, Object value) {
        var changed = new LinkedHashMap<>(attributes);
        changed.put(key, value);
        return new GraphNode(name, op, domain, inputs, outputs, changed, module);
    }

    /** The name of an input, or empty where it is absent. */
    public String input(int index) {
        return index < inputs.size() ? inputs.get(index) : "";
    }

    public String output() {
        return outputs.get(0);
    }

    /** A whole number, or a standard value where it is absent. */
    public long integer(String key, long standard) {
        return attributes.get(key) instanceof Long n ? n : standard;
    }

    /** Whole numbers, or none where they are absent. */
    public long[] integers(String key) {
        return attributes.get(key) instanceof long[] a ? a.clone() : new long[0];
    }
}
