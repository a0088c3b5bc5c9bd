package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.load.Order;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a noisy student learns from: labelled pictures, then those with pseudo-labels. */
final class StudentData implements Dataset {
    /** Beyond this, labelled pictures are repeated: that of Xie et al. 2020, section 3.1. */
    private static final double LARGEST_RATIO = 14;

    private final Dataset labelled;
    private final Dataset unlabelled;
    private final PseudoLabels pseudo;
    private final List<Label> labels;
    private final int[] visits;

    /**
     * @param ratio visits of pseudo-labelled pictures for one of a labelled one; null for that of their numbers, at most 14
     */
    StudentData(Dataset labelled, Dataset unlabelled, PseudoLabels pseudo, Double ratio) {
        this.labelled = labelled;
        this.unlabelled = unlabelled;
        this.pseudo = pseudo;
        var names = labelled.classes();
        labels = java.util.stream.IntStream.range(0, names.size())
                .mapToObj(c -> new Label(c, names.get(c)))
                .toList();
        visits = visits(ratio);
    }

    private int[] visits(Double ratio) {
        int own = labelled.size();
        var times = new int[own + pseudo.chosen().size()];
        long others = 0;
        for (int i = own; i < times.length; i++) {
            times[i] = pseudo.chosen().get(i - own).times();
            others += times[i];
        }
        double wanted = ratio != null ? others / ratio : Math.max(own, others / LARGEST_RATIO);
        long visitsOfOwn = Math.max(1, Math.round(wanted));
        for (int i = 0; i < own; i++) {
            // Spread evenly, so that any number of visits comes out exactly.
            times[i] = (int) (visitsOfOwn * (i + 1) / own - visitsOfOwn * i / own);
        }
        return times;
    }

    /** Which pictures an epoch visits. */
    Order order() {
        return Order.repeated(visits);
    }

    /** The number of visits in an epoch. */
    int visits() {
        return Arrays.stream(visits).sum();
    }

    /** What is learned of a picture, {@code [classes]}. */
    float[] shares(int index) {
        if (index >= labelled.size()) {
            return pseudo.chosen().get(index - labelled.size()).shares();
        }
        var shares = new float[labels.size()];
        shares[labelled.annotation(index).labels().get(0).index()] = 1;
        return shares;
    }

    @Override
    public int size() {
        return visits.length;
    }

    @Override
    public List<String> classes() {
        return labelled.classes();
    }

    @Override
    public Annotation annotation(int index) {
        return index < labelled.size()
                ? labelled.annotation(index)
                : Annotation.ofLabels(List.of(
                        labels.get(pseudo.chosen().get(index - labelled.size()).best())));
    }

    @Override
    public String source(int index) {
        return index < labelled.size() ? labelled.source(index) : unlabelled.source(place(index));
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return index < labelled.size() ? labelled.image(index, atLeast) : unlabelled.image(place(index), atLeast);
    }

    private int place(int index) {
        return pseudo.chosen().get(index - labelled.size()).index();
    }
}
