package dev.fovea.models;

import dev.fovea.nn.Layer;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A network that classifies pictures and can serve other tasks: {@link #call} gives logits, {@link #features} maps at several scales,
 * {@link #embed} one vector per picture. Its head takes any number of classes, and its parameters come in {@link #stages} from the
 * picture to the head.
 *
 * <p>Pictures are {@code [N, C, H, W]}, float, normalised as the weights ask for; logits {@code [N, classes]}.
 */
public abstract class Backbone extends Layer {
    private final int inChannels;
    private final int leastSide;
    private ModelSpec spec;
    private int classes;

    /**
     * Takes classes and channels from the options.
     *
     * @param leastSide the smallest height and width in pixels of which something is left after all strides
     */
    protected Backbone(ModelOptions options, int leastSide) {
        spec = options.spec();
        classes = options.classes();
        inChannels = options.inChannels();
        this.leastSide = leastSide;
    }

    /** What {@link Models#build} makes this network of again, with the class count it has now. */
    public final ModelSpec spec() {
        return spec;
    }

    /** The length of the output. */
    public final int classes() {
        return classes;
    }

    /** The smallest height and width in pixels that the network takes; one that takes a single size only says so when called. */
    public final int leastSide() {
        return leastSide;
    }

    /** How many channels pictures must have. */
    public final int inChannels() {
        return inChannels;
    }

    // --- computing -------------------------------------------------------------------------------------------------

    /** Pictures {@code [N, C, H, W]} to maps {@code [N, featureChannels[i], H / featureStrides[i], W / featureStrides[i]]}. */
    public final List<Tensor> features(Tensor image) {
        checkImage(image);
        return run(() -> maps(image));
    }

    /** Pictures {@code [N, C, H, W]} to vectors {@code [N, embeddingSize]}: what the head reads. */
    public final Tensor embed(Tensor image) {
        checkImage(image);
        return run(() -> embedding(image));
    }

    /** Pictures {@code [N, C, H, W]} to logits {@code [N, classes]}. */
    @Override
    protected final Tensor forward(Tensor image) {
        checkImage(image);
        return logits(image);
    }

    /**
     * Pictures {@code [N, C, H, W]} to all logits that training learns from: those of {@link #call} and, from the same pass, those of
     * auxiliary heads, which give the lower layers a stronger gradient. Most networks have no such heads.
     */
    public final TrainingLogits trainingLogits(Tensor image) {
        checkImage(image, leastTrainingSide());
        return run(() -> allLogits(image));
    }

    /** The smallest height and width in pixels that {@link #trainingLogits} takes. */
    public int leastTrainingSide() {
        return leastSide;
    }

    /** What {@link #trainingLogits} gives. */
    protected TrainingLogits allLogits(Tensor image) {
        return TrainingLogits.of(logits(image));
    }

    protected abstract List<Tensor> maps(Tensor image);

    protected abstract Tensor embedding(Tensor image);

    protected abstract Tensor logits(Tensor image);

    /** The channels of each map that {@link #features} gives. */
    public abstract List<Integer> featureChannels();

    /** How many pixels of the picture lie between neighbours in each map, as long as sizes divide evenly. */
    public abstract List<Integer> featureStrides();

    /** The length of the vector that {@link #embed} gives. */
    public abstract int embeddingSize();

    /** Checks beyond channels and the smallest size, for networks that take only some sizes; gives the expectation, or null. */
    protected String expectation(Tensor image) {
        return null;
    }

    /** Answers pictures that this network cannot take with what it expects and what to do. */
    protected final void checkImage(Tensor image) {
        checkImage(image, leastSide);
    }

    private void checkImage(Tensor image, int least) {
        String wayOut = null;
        if (image.rank() != 4 || image.dim(1) != inChannels) {
            wayOut = image.rank() == 4 && image.dim(1) == 1 && inChannels == 3
                    ? "convert grey pictures to RGB, or build the network with in_channels=1"
                    : image.rank() == 3
                            ? "a single picture needs a batch dimension, unsqueeze(0)"
                            : "convert the pictures, or build the network with in_channels for them";
        } else if (!image.dtype().isFloating()) {
            wayOut = "scale pixels to floats and normalise them first";
        } else if (image.dim(2) < least || image.dim(3) < least) {
            wayOut = "pictures must have at least " + least + "x" + least + " pixels"
                    + (least > leastSide ? " in training, for the auxiliary heads" : "") + "; enlarge them"
                    + (least > leastSide ? ", or build the network without auxiliary heads" : "");
        } else {
            wayOut = expectation(image);
        }
        if (wayOut != null) {
            throw new IllegalArgumentException(spec.name() + ": expected input [N, " + inChannels + ", H, W], got "
                    + image.shape() + " " + image.dtype() + "; " + wayOut);
        }
    }

    /**
     * The name that a key of a published file has here: without the {@code module.} that data-parallel training puts in front. What
     * other projects call the same tensors, {@link dev.fovea.models.weights.Renaming} knows.
     */
    public String canonicalKey(String key) {
        return key.startsWith("module.") ? key.substring("module.".length()) : key;
    }

    /**
     * A tensor of a file of weights as this network takes it. Architectures with tables that depend on the size of pictures or windows
     * resize those of another size; all else, and what cannot be resized, comes back as it is.
     *
     * @param key its {@linkplain #canonicalKey name here}
     */
    public Tensor fitted(String key, Tensor tensor) {
        return tensor;
    }

    // --- the head --------------------------------------------------------------------------------------------------

    /** The last layer with weights: its output has one value (or map) per class. */
    public abstract Layer head();

    /** The last layers of the {@linkplain #trainingLogits auxiliary heads}, one for each; most networks have none. */
    public List<Layer> auxiliaryHeads() {
        return List.of();
    }

    /** Puts freshly initialised heads for {@code newClasses} classes in place of the old ones; all else stays. */
    public final void replaceHead(int newClasses) {
        if (newClasses < 1) {
            throw new IllegalArgumentException(
                    spec.name() + ": a head needs at least 1 class, got classes=" + newClasses);
        }
        var old = head().parameters().values().iterator().next().value();
        var device = old.device();
        var type = old.dtype();
        boolean training = isTraining();
        setHead(newClasses);
        Stream.concat(Stream.of(head()), auxiliaryHeads().stream()).forEach(fresh -> {
            fresh.to(device);
            fresh.to(type);
            fresh.train(training);
        });
        classes = newClasses;
        spec = spec.with("classes", newClasses);
    }

    /** Replaces {@link #head} and the {@link #auxiliaryHeads} by new ones. */
    protected abstract void setHead(int newClasses);

    /**
     * Takes the head off and gives the module that holds all that {@link #features} needs, for a network of another task that registers
     * it as its own; of this network only {@code features} works from then on. Its keys are this network's, without the name of the
     * sequence where there is but one.
     */
    public Module trunk() {
        dropDescendant(head().path());
        return this;
    }

    /** Takes the head off: {@link #features} and {@link #embed} work from then on, logits do not. */
    public final Backbone withoutHead() {
        dropDescendant(head().path());
        return this;
    }

    // --- parameter groups ------------------------------------------------------------------------------------------

    /** Names of stages in order, each with the paths of its modules or own tensors; the last is {@code head}. */
    protected abstract Map<String, List<String>> stagePaths();

    /**
     * All parameters in groups from the picture to the head, each parameter once: for freezing the lower part, or for learning rates
     * that fall from the head to the stem. The last stage is the {@linkplain #head head}, with the last layers of auxiliary heads.
     */
    public final List<Stage> stages() {
        var left = new LinkedHashMap<>(parameters());
        var modules = modules();
        var stages = new ArrayList<Stage>();
        stagePaths().forEach((name, paths) -> {
            var own = new LinkedHashMap<String, Parameter>();
            left.forEach((key, parameter) -> {
                if (paths.stream().anyMatch(path -> isAt(key, path))) {
                    own.put(key, parameter);
                }
            });
            left.keySet().removeAll(own.keySet());
            if (own.isEmpty()) {
                return; // nothing but activations and pooling
            }
            stages.add(new Stage(
                    name,
                    own,
                    paths.stream()
                            .flatMap(p -> Stream.ofNullable(modules.get(p)))
                            .toList()));
        });
        if (!left.isEmpty()) {
            throw new IllegalStateException(spec.name() + ": no stage holds " + left.keySet());
        }
        return List.copyOf(stages);
    }

    private static boolean isAt(String key, String path) {
        return key.equals(path) || key.startsWith(path + ".");
    }

    /** Leaves everything but the head out of training. */
    public final void freezeBackbone() {
        unfreezeAt("head");
    }

    /** Trains the named stage and all after it, and leaves those before it out. */
    public final void unfreezeAt(String stage) {
        var stages = stages();
        if (stages.stream().noneMatch(s -> s.name().equals(stage))) {
            var names = stages.stream().map(Stage::name).toList();
            throw new IllegalArgumentException(spec.name() + " has no stage '" + stage + "'"
                    + Names.didYouMean(stage, names) + "; its stages are " + String.join(", ", names));
        }
        boolean reached = false;
        for (var s : stages) {
            reached |= s.name().equals(stage);
            if (reached) {
                s.unfreeze();
            } else {
                s.freeze();
            }
        }
    }
}
