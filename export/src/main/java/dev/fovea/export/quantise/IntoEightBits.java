package dev.fovea.export.quantise;

import dev.fovea.export.Alteration;
import dev.fovea.export.Deviation;
import dev.fovea.export.OnnxExport;
import dev.fovea.export.Session;
import dev.fovea.export.graph.Graph;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Puts a graph into eight bits while it is exported, measures what that costs, and leaves sensitive layers in float32 where limits ask for it. One
 * object serves one export.
 */
public final class IntoEightBits implements Alteration {
    /** What {@link OnnxExport#WEIGHTS} says of such files. */
    public static final String INT8 = "int8";

    /** As much change as there is difference between outputs: such answers are chance. */
    private static final double CHANCE = 1;

    /** Two measurements of the same graph. */
    private static final double SAME = 1e-3;

    private final Function<Graph, EightBitForm> form;
    private final List<Tensor> pictures;
    private final Optional<ToDoubleFunction<Session>> judge;
    private final Limits limits;
    private final Consumer<String> progress;
    private LossMeter meter;
    private Loss loss;
    private int layers;
    private List<Contribution> left = List.of();

    /**
     * @param form makes eight bits of a graph: {@link StaticQuantisation} or {@link DynamicQuantisation}
     * @param pictures batches {@code [n, C, H, W]} to measure the loss on, prepared; they stay open until the export is done
     * @param judge the share of labelled pictures, 0-1, that a session recognises
     * @param progress hears what goes on in a search
     */
    public IntoEightBits(
            Function<Graph, EightBitForm> form,
            List<Tensor> pictures,
            Optional<ToDoubleFunction<Session>> judge,
            Limits limits,
            Consumer<String> progress) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("eight bits need at least one picture to be measured on");
        }
        if (limits.points().isPresent() && judge.isEmpty()) {
            throw new IllegalArgumentException("a limit of points lost needs labelled pictures");
        }
        this.form = form;
        this.pictures = List.copyOf(pictures);
        this.judge = judge;
        this.limits = limits;
        this.progress = progress;
    }

    @Override
    public Graph apply(Graph graph) {
        var eight = form.apply(graph);
        layers = eight.layers().size();
        if (layers == 0) {
            throw new IllegalStateException("the network has no layer that can be in eight bits this way");
        }
        meter = new LossMeter(graph, pictures, judge);
        var result = eight.graph(java.util.Set.of());
        loss = meter.measure(result);
        if (!limits.allow(loss)) {
            var found = new LayerSearch(eight, meter, limits, progress)
                    .find()
                    .orElseThrow(() -> new IllegalStateException(
                            "no layer can be in eight bits within " + limits + "; with all of them, " + loss));
            left = found.left();
            loss = found.loss();
            result = eight.graph(LayerSearch.names(left));
        }
        if (!(loss.deviation() < CHANCE)) {
            throw new IllegalStateException(String.format(
                    Locale.ROOT,
                    "in eight bits the outputs change by %.2f of their standard deviation, which leaves nothing of them;"
                            + " set --max-deviation or --max-loss, so that sensitive layers stay in float32, or give"
                            + " pictures that are like those of real use",
                    loss.deviation()));
        }
        result.metadata().put(OnnxExport.WEIGHTS, INT8);
        return result;
    }

    @Override
    public Deviation check(Session written) {
        var again = meter.measure(written, false);
        if (!(Math.abs(again.deviation() - loss.deviation()) <= SAME)) {
            throw new IllegalStateException("the file computes something else than the graph it was written from: "
                    + again + "; before, " + loss + "; please report this");
        }
        return again.largest();
    }

    /** What eight bits cost. */
    public Loss loss() {
        return loss;
    }

    /** How many layers the network has that can be in eight bits. */
    public int layers() {
        return layers;
    }

    /** The layers that stayed in float32, worst first. */
    public List<Contribution> left() {
        return left;
    }
}
