package dev.fovea.export;

import dev.fovea.models.Backbone;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compares what a graph computes with what its network computes, on noise, at several batch sizes and, where it is free, another size. */
final class ExportCheck {
    /** The largest difference in units of the outputs' standard deviation that float32 may show. */
    static final double STRICT = 1e-4;

    /** How many times as far from the exact result as the network a graph may be. */
    private static final double AS_FAR = 3;

    private final Backbone network;
    private final Size size;
    private final ExportOptions options;

    ExportCheck(Backbone network, Size size, ExportOptions options) {
        this.network = network;
        this.size = size;
        this.options = options;
    }

    /** What rounded weights may add: a few units in the last place of each, averaged over thousands. */
    static double limit(DType weights) {
        return switch (weights) {
            case FLOAT16 -> 0.05;
            case BFLOAT16 -> 0.4;
            default -> STRICT;
        };
    }

    /** By how many pixels pictures grow so that all maps grow evenly. */
    static int step(Backbone network) {
        return network.featureStrides().stream().mapToInt(n -> n).max().orElse(1);
    }

    /** The largest deviation found, which must be within the limit. */
    Deviation require(Session session, double limit) {
        var worst = new Deviation(0, 1);
        for (long[] shape : shapes()) {
            var found = compare(session, shape);
            double allowed = limit;
            if (!(found.relative() <= limit)) {
                var exact = compareExactly(session, shape);
                found = exact.graph();
                allowed = Math.max(limit, AS_FAR * exact.network().relative());
            }
            if (!(found.relative() <= allowed)) {
                throw new IllegalStateException(String.format(
                        java.util.Locale.ROOT,
                        "the exported graph of %s differs from the network: by %s for input %s, at most %.0e is allowed;"
                                + " please report this",
                        network.spec(),
                        found,
                        java.util.Arrays.toString(shape),
                        allowed));
            }
            worst = found.max(worst);
        }
        return worst;
    }

    private List<long[]> shapes() {
        var shapes = new ArrayList<long[]>();
        for (int batch : options.batchSizes()) {
            shapes.add(new long[] {batch, network.inChannels(), size.height(), size.width()});
        }
        if (options.isSizeFree()) {
            int step = step(network);
            shapes.add(new long[] {2, network.inChannels(), size.height() + step, size.width() + 2L * step});
        }
        return shapes;
    }

    private Deviation compare(Session session, long... shape) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var image = image(shape);
            return between(expected(image), session.run(Map.of(ModelMetadata.INPUT, image)));
        }
    }

    private static Tensor image(long... shape) {
        return Samples.image(1000 + shape[0], shape);
    }

    /** How far the graph, and the network in float32, are from the network in float64. */
    private record Exact(Deviation graph, Deviation network) {}

    /**
     * The comparison with the network computed in float64. Where sums cancel, as in networks whose values grow from layer to layer, or where
     * saturated gates pass rounding on enlarged, the network in float32 is itself far from the truth; a graph that is closer, or about as
     * close, is right.
     */
    private Exact compareExactly(Session session, long... shape) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var image = image(shape);
            var single = expected(image);
            network.to(DType.FLOAT64);
            var exact = expected(image.to(DType.FLOAT64));
            return new Exact(between(exact, session.run(Map.of(ModelMetadata.INPUT, image))), between(exact, single));
        } finally {
            network.to(DType.FLOAT32); // exact, since every value was a float32 before
        }
    }

    private static Deviation between(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var worst = new Deviation(0, 1);
        for (var entry : expected.entrySet()) {
            var found = Deviation.between(
                    entry.getValue().toFloatArray(), actual.get(entry.getKey()).toFloatArray());
            worst = found.max(worst);
        }
        return worst;
    }

    private Map<String, Tensor> expected(Tensor image) {
        boolean training = network.isTraining();
        network.eval();
        try {
            var outputs = new LinkedHashMap<String, Tensor>();
            outputs.put(ModelMetadata.LOGITS, network.call(image));
            if (options.hasEmbedding()) {
                outputs.put(ModelMetadata.EMBEDDING, network.embed(image));
            }
            return outputs;
        } finally {
            network.train(training);
        }
    }
}
