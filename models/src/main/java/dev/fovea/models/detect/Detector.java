package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A network that finds objects. {@link #outputs} gives the same raw outputs in training and in evaluation; a {@link Criterion} turns
 * them into losses, a {@link Decoder} into boxes. Classes are counted from 0 without a background: where an architecture has a column
 * for it, that is its own affair.
 *
 * @param <R> its raw outputs
 */
public abstract class Detector<R> extends Module {
    private ModelSpec spec;
    private int classes;

    /** Takes classes from the options. */
    protected Detector(ModelOptions options) {
        spec = options.spec();
        classes = options.classes();
    }

    /** What {@link dev.fovea.models.Models#buildDetector} makes this network of again, with the class count it has now. */
    public final ModelSpec spec() {
        return spec;
    }

    /** How many classes of objects it tells apart. */
    public final int classes() {
        return classes;
    }

    /** How pictures become its input. */
    public abstract Preparation preparation();

    /** The raw outputs for a batch. */
    public final R outputs(Pictures pictures) {
        checkPictures(pictures);
        return run(() -> forward(pictures));
    }

    /** What {@link #outputs} gives. */
    protected abstract R forward(Pictures pictures);

    /** What training minimises, with the published weights of its terms; fresh, without state of its own. */
    public abstract Criterion<R> criterion();

    /**
     * What the last epochs minimise, in which pictures come without others beside or over them: {@link #criterion()}, unless the
     * publication changes its terms then.
     */
    public Criterion<R> closingCriterion() {
        return criterion();
    }

    /** What makes boxes of raw outputs. */
    public abstract Decoder<R> decoder();

    /** Which boxes are kept where the user does not say: the published thresholds. */
    public abstract Selection selection();

    /** The boxes for a batch: {@link #outputs}, decoded. */
    public final List<FoundBoxes> detect(Pictures pictures, Selection selection) {
        return decoder().decode(outputs(pictures), pictures, selection);
    }

    /** Whether {@link #places} is there: the form in which a network can leave as a graph. */
    public final boolean hasPlaces() {
        return decoder() instanceof PlaceDecoder<R>;
    }

    /** Whether each class of a place has a box of its own, so that only a choice among them can leave as a graph. */
    public final boolean hasBoxOfEachClass() {
        return decoder() instanceof PlaceDecoder<R> decoder && decoder.hasBoxOfEachClass();
    }

    /**
     * Boxes and scores of all places for a batch, by tensor operations alone.
     *
     * @throws UnsupportedOperationException if its decoder works otherwise
     */
    public final PlaceScores places(Pictures pictures) {
        if (decoder() instanceof PlaceDecoder<R> decoder) {
            return decoder.places(outputs(pictures), pictures);
        }
        throw new UnsupportedOperationException(spec.name() + " has no boxes and scores for a fixed number of places");
    }

    /** The classifier that its backbone comes from, whose weights fit it; empty where the backbone is the architecture's own. */
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.empty();
    }

    /** Puts freshly initialised last layers for {@code newClasses} classes in place of the old ones; all else stays. */
    public final void replaceHead(int newClasses) {
        if (newClasses < 1) {
            throw new IllegalArgumentException(
                    spec.name() + ": a detector needs at least 1 class, got classes=" + newClasses);
        }
        var old = parameters().values().iterator().next().value();
        var device = old.device();
        var type = old.dtype();
        boolean training = isTraining();
        setHead(newClasses);
        to(device);
        to(type);
        train(training);
        classes = newClasses;
        spec = spec.with("classes", newClasses);
    }

    /** Replaces the layers whose width depends on the class count. */
    protected abstract void setHead(int newClasses);

    /**
     * The class that the reference's label 0 stands for here: 0, or -1 where it counts the background as class 0.
     */
    public int firstClass() {
        return 0;
    }

    /**
     * Raw outputs, and what a two-stage network makes of them, under the names that the reference's files of numbers use, for comparing
     * implementations. The results of inner modules need not be among them.
     */
    public Map<String, Tensor> named(R outputs, Pictures pictures) {
        return Map.of();
    }

    /** The name that a key of a published file has here. */
    public String canonicalKey(String key) {
        return key.startsWith("module.") ? key.substring("module.".length()) : key;
    }

    /** A tensor of a published file as this network takes it; what cannot be adapted comes back as it is. */
    public Tensor fitted(String key, Tensor tensor) {
        return tensor;
    }

    private void checkPictures(Pictures pictures) {
        var pixels = pictures.pixels();
        if (pixels.dim(1) != 3 || !pixels.dtype().isFloating()) {
            throw new IllegalArgumentException(spec.name() + ": expected input [N, 3, H, W] of floats, got "
                    + pixels.shape() + " " + pixels.dtype() + "; prepare pictures as preparation() says");
        }
    }
}
