package dev.fovea.export.quantise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Finds the layers that must stay in float32 for a loss to keep within limits. Each layer is put into eight bits alone, which shows what it adds to
 * the change of the outputs; those that add most are left in float32, as few as suffice. The same pictures give the same layers.
 */
final class LayerSearch {
    /** Enough to put layers into an order. */
    private static final int PICTURES = 16;

    private final EightBitForm form;
    private final LossMeter meter;
    private final Limits limits;
    private final Consumer<String> progress;

    LayerSearch(EightBitForm form, LossMeter meter, Limits limits, Consumer<String> progress) {
        this.form = form;
        this.meter = meter;
        this.limits = limits;
        this.progress = progress;
    }

    /**
     * What is left in float32, worst first.
     *
     * @param loss of the graph that leaves them
     */
    record Found(List<Contribution> left, Loss loss) {}

    static Set<String> names(List<Contribution> contributions) {
        var names = new HashSet<String>();
        contributions.forEach(c -> names.add(c.layer()));
        return names;
    }

    /** The smallest number of layers, taken from the worst, that keeps within the limits; empty if all would have to stay. */
    Optional<Found> find() {
        var worst = contributions();
        var best = Optional.<Found>empty();
        int tooFew = 0;
        int enough = worst.size();
        while (enough - tooFew > 1) {
            int middle = (tooFew + enough) / 2;
            var left = worst.subList(0, middle);
            progress.accept(middle + " of " + worst.size() + " layers in float32");
            var loss = meter.measure(form.graph(names(left)));
            if (limits.allow(loss)) {
                enough = middle;
                best = Optional.of(new Found(left, loss));
            } else {
                tooFew = middle;
            }
        }
        return best;
    }

    private List<Contribution> contributions() {
        var layers = form.layers();
        var brief = meter.brief(PICTURES);
        var found = new ArrayList<Contribution>();
        for (String layer : layers) {
            progress.accept("layer " + (found.size() + 1) + " of " + layers.size());
            var others = new HashSet<>(layers);
            others.remove(layer);
            found.add(new Contribution(layer, brief.measure(form.graph(others)).deviation()));
        }
        found.sort(Comparator.comparingDouble(Contribution::deviation).reversed());
        return found;
    }
}
