package dev.fovea.models.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** A golden file of a detector, for tests. */
public final class DetectorGolden {
    public final JsonNode root;
    public final GoldenFill fill;
    private final Detector<?> network;

    public DetectorGolden(Path file, Detector<?> network) throws Exception {
        root = new ObjectMapper().readTree(file.toFile());
        fill = new GoldenFill(root.path("salt").asText(""), root.path("gain").asDouble(1));
        this.network = network;
        keys();
        fill.fill(network);
    }

    private void keys() throws Exception {
        var theirs = new ArrayList<String>();
        for (var key : root.path("keys")) {
            theirs.add(key.get(0).asText() + " " + TensorSummary.shape(key.get(1)));
        }
        var ours = network.stateDict().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().shape())
                .toList();
        assertThat(ours).isEqualTo(theirs);
        assertThat(network.parameterCount()).isEqualTo(root.path("param_count").asLong());
    }

    /** Results of inner modules by path while {@code work} runs; items of lists as path.index. */
    public Map<String, Tensor> observe(Runnable work) throws Exception {
        var paths = new IdentityHashMap<Module, String>();
        network.modules().forEach((path, module) -> paths.put(module, path));
        var seen = new HashMap<String, Tensor>();
        try (var observer = Module.observe((module, result) -> {
            var path = paths.get(module);
            if (path == null) {
                return;
            } else if (result instanceof Tensor t) {
                seen.putIfAbsent(path, Scope.release(t.copy()));
            } else if (result instanceof Collection<?> many) {
                int i = 0;
                for (var item : many) {
                    seen.putIfAbsent(path + "." + i++, Scope.release(((Tensor) item).copy()));
                }
            } else if (result instanceof TensorOutput output) {
                int i = 0;
                for (var item : output.tensors()) {
                    seen.putIfAbsent(path + "." + i++, Scope.release(item.copy()));
                }
            }
        })) {
            work.run();
        }
        return seen;
    }

    public double difference(JsonNode summary, Tensor actual) throws Exception {
        return TensorSummary.of(summary).difference(actual);
    }

    /** Lengths of gradients against the file's. */
    public void gradients(JsonNode step, double limit) {
        var parameters = network.parameters();
        try (var off = Grad.off()) {
            for (var entry : step.path("grad_l2").properties()) {
                double l2 = parameters
                        .get(entry.getKey())
                        .value()
                        .grad()
                        .map(g -> {
                            double s = 0;
                            for (double v : g.toDoubleArray()) {
                                s += v * v;
                            }
                            return Math.sqrt(s);
                        })
                        .orElse(0.0);
                double expected = entry.getValue().asDouble();
                assertThat(Math.abs(l2 - expected) / Math.max(expected, 1e-6))
                        .as("gradient of %s: %s, expected %s", entry.getKey(), l2, expected)
                        .isLessThan(limit);
            }
        }
    }

    public static List<Double> numbers(JsonNode node) {
        var list = new ArrayList<Double>();
        node.forEach(n -> list.add(n.asDouble()));
        return list;
    }
}
