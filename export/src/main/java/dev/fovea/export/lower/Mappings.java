package dev.fovea.export.lower;

import dev.fovea.tensor.trace.Trace;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table of operations: each name that the tensor facade records has a mapping or a reason why it has none. */
public final class Mappings {
    private static final Map<String, Mapping> TABLE = table();
    private static final Map<String, String> REFUSED = Refusals.reasons();

    private Mappings() {}

    private static Map<String, Mapping> table() {
        var table = new TreeMap<String, Mapping>();
        for (var family : List.of(
                ElementwiseMappings.all(),
                ComparisonMappings.all(),
                ActivationMappings.all(),
                ReductionMappings.all(),
                OrderMappings.all(),
                ShapeMappings.all(),
                IndexMappings.all(),
                ConvolutionMappings.all(),
                PoolingMappings.all(),
                ResamplingMappings.all(),
                NormalisationMappings.all(),
                NetworkMappings.all(),
                RecurrenceMappings.all(),
                RegionMappings.all(),
                CreationMappings.all())) {
            family.forEach((name, mapping) -> {
                if (table.put(name, mapping) != null) {
                    throw new IllegalStateException("two mappings for '" + name + "'");
                }
            });
        }
        return Collections.unmodifiableMap(table);
    }

    /** The mapping of a recorded operation. */
    static Mapping of(Trace.Node node) {
        var mapping = TABLE.get(node.operation());
        if (mapping == null) {
            throw CannotExportException.at(
                    node.module(),
                    node.operation(),
                    REFUSED.getOrDefault(node.operation(), "there is no mapping to ONNX for it"));
        }
        return mapping;
    }

    /** The operations that have a mapping. */
    public static java.util.Set<String> mapped() {
        return TABLE.keySet();
    }

    /** The operations that are refused on purpose, with the reason. */
    public static Map<String, String> refused() {
        return REFUSED;
    }
}
