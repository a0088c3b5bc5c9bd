package dev.fovea.models;

import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.nn.Summary;
import dev.fovea.tensor.Shape;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one picture costs a registered network at its usual size. Measuring takes a run of the network, so the figures of all of them
 * are kept in a table that {@code fovea models measure} writes; a test measures again and compares.
 *
 * @param name of the registry
 * @param size height and width of the picture in pixels
 * @param parameters values in all parameters
 * @param multiplyAdds multiplications with an addition for one picture, what is often published as FLOPs
 */
public record NetworkCost(String name, int size, long parameters, long multiplyAdds) {
    private static final String TABLE = "network-costs.tsv";
    private static final String HEAD = "name\tsize\tparameters\tmultiply-adds";

    /** All figures that were kept, by name, in the table's order. */
    public static Map<String, NetworkCost> table() {
        return Kept.TABLE;
    }

    /** The figures kept for a network; empty if it has not been measured since it or its usual size came. */
    public static Optional<NetworkCost> find(Architecture<?> architecture) {
        return Optional.ofNullable(Kept.TABLE.get(architecture.name()))
                .filter(c -> c.size == architecture.imageSize() && c.parameters == architecture.parameters());
    }

    /** Builds a network with its standard options and runs it once. */
    public static NetworkCost measure(Architecture<?> architecture) {
        int side = architecture.imageSize();
        var summary = summary(ModelSpec.of(architecture.name()), side);
        return new NetworkCost(architecture.name(), side, summary.parameters(), summary.multiplyAdds());
    }

    /** What a network of any task consists of, on a square picture; of a detector all that gives its raw outputs. */
    private static Summary summary(ModelSpec spec, int side) {
        if (Models.find(spec.name()).isPresent()) {
            try (var network = Models.build(spec)) {
                return Summary.of(network, network.inChannels(), side, side);
            }
        }
        try (var network = Models.buildDetector(spec)) {
            return summary(network, side);
        }
    }

    /** What a detector consists of, on a square picture: all that gives its raw outputs, not what reads single regions. */
    public static Summary summary(Detector<?> network, int side) {
        return Summary.of(network, Shape.of(3, side, side), pixels -> network.outputs(Pictures.of(pixels)));
    }

    /** The text of the table, for {@link #table} to read once it lies beside this class. */
    public static String write(Collection<NetworkCost> costs) {
        var text = new StringBuilder(HEAD).append('\n');
        costs.forEach(c -> text.append(c.name)
                .append('\t')
                .append(c.size)
                .append('\t')
                .append(c.parameters)
                .append('\t')
                .append(c.multiplyAdds)
                .append('\n'));
        return text.toString();
    }

    /** Read when first asked for. */
    private static final class Kept {
        private static final Map<String, NetworkCost> TABLE = read();

        private static Map<String, NetworkCost> read() {
            var costs = new LinkedHashMap<String, NetworkCost>();
            try (var stream = NetworkCost.class.getResourceAsStream(NetworkCost.TABLE);
                    var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                lines.lines().skip(1).map(line -> line.split("\t", -1)).forEach(cells -> {
                    var cost = new NetworkCost(
                            cells[0], Integer.parseInt(cells[1]), Long.parseLong(cells[2]), Long.parseLong(cells[3]));
                    costs.put(cost.name, cost);
                });
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Collections.unmodifiableMap(costs);
        }
    }
}
