package dev.fovea.export;

import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Compares what a graph computes with what its network computes, on noise, at several batch sizes and, where it is free, another size. */
final class ExportCheck {
    /** The largest difference in units of the outputs' standard deviation that float32 may show. */
    static final double STRICT = 1e-4;

    /** How many times as far from the exact result as the network a graph may be. */
    private static final double AS_FAR = 3;

    /** A graph that is farther from the exact result is wrong, however far the network is. */
    private static final double LOOSE = 0.02;

    private final Subject subject;
    private final ExportOptions options;

    ExportCheck(Subject subject, ExportOptions options) {
        this.subject = subject;
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

    /** The largest deviation found, which must be within the limit. */
    Deviation require(Session session, double limit) {
        var worst = new Deviation(0, 1);
        for (long[] shape : shapes()) {
            var found = compare(session, shape);
            double allowed = limit;
            if (!(found.relative() <= limit)) {
                var exact = compareExactly(session, shape);
                found = exact.graph();
                allowed = Math.max(limit, Math.min(AS_FAR * exact.network().relative(), LOOSE));
            }
            if (!(found.relative() <= allowed)) {
                throw new IllegalStateException(String.format(
                        java.util.Locale.ROOT,
                        "the exported graph of %s differs from the network: by %s for input %s, at most %.0e is allowed;"
                                + " please report this",
                        subject.name(),
                        found,
                        java.util.Arrays.toString(shape),
                        allowed));
            }
            worst = found.max(worst);
        }
        return worst;
    }

    private List<long[]> shapes() {
        var size = subject.size();
        var shapes = new ArrayList<long[]>();
        for (int batch : options.batchSizes()) {
            shapes.add(new long[] {batch, subject.channels(), size.height(), size.width()});
        }
        if (options.isSizeFree()) {
            int step = subject.step();
            shapes.add(new long[] {2, subject.channels(), size.height() + step, size.width() + 2L * step});
        }
        return shapes;
    }

    private Deviation compare(Session session, long... shape) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var image = image(shape);
            return subject.comparison()
                    .between(subject.results(image), session.run(Map.of(ModelMetadata.INPUT, image)));
        }
    }

    private Tensor image(long... shape) {
        return subject.samples().image(1000 + shape[0], shape);
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
            var single = subject.results(image);
            subject.network().to(DType.FLOAT64);
            var exact = subject.results(image.to(DType.FLOAT64));
            var graph = session.run(Map.of(ModelMetadata.INPUT, image));
            var comparison = subject.comparison();
            return new Exact(comparison.between(exact, graph), comparison.between(exact, single));
        } finally {
            subject.network().to(DType.FLOAT32); // exact, since every value was a float32 before
        }
    }
}
