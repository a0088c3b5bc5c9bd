package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Some samples of another dataset, in a given order; classes stay as they are. */
public final class Subset implements Dataset {
    private final Dataset whole;
    private final int[] indices;

    private Subset(Dataset whole, int[] indices) {
        this.whole = whole;
        this.indices = indices;
    }

    /** The samples with the given indices, in that order. */
    public static Subset of(Dataset whole, int... indices) {
        for (int index : indices) {
            if (index < 0 || index >= whole.size()) {
                throw new IllegalArgumentException(
                        "a subset index must be in 0.." + (whole.size() - 1) + ", got " + index);
            }
        }
        return new Subset(whole, indices.clone());
    }

    /**
     * The first {@code n} samples of every class, in the order of the dataset; a sample with several labels is taken while
     * any of them has room, one without labels never.
     */
    public static Subset firstPerClass(Dataset whole, int n) {
        if (n < 1) {
            throw new IllegalArgumentException("the number of samples per class must be at least 1, got " + n);
        }
        int[] taken = new int[whole.classes().size()];
        int[] indices = new int[whole.size()];
        int size = 0;
        for (int i = 0; i < indices.length; i++) {
            List<Label> labels = whole.annotation(i).labels();
            if (labels.stream().anyMatch(label -> taken[label.index()] < n)) {
                labels.forEach(label -> taken[label.index()]++);
                indices[size++] = i;
            }
        }
        return new Subset(whole, Arrays.copyOf(indices, size));
    }

    @Override
    public int size() {
        return indices.length;
    }

    @Override
    public List<String> classes() {
        return whole.classes();
    }

    @Override
    public Annotation annotation(int index) {
        return whole.annotation(indices[index]);
    }

    @Override
    public String source(int index) {
        return whole.source(indices[index]);
    }

    @Override
    public Optional<EncodedPicture> encoded(int index) throws IOException {
        return whole.encoded(indices[index]);
    }

    @Override
    public List<DroppedBox> dropped() {
        return whole.dropped();
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return whole.image(indices[index], atLeast);
    }
}
