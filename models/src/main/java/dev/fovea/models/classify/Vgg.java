package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * VGG: "Very Deep Convolutional Networks for Large-Scale Image Recognition", Simonyan and Zisserman 2014, arXiv 1409.1556, configurations
 * A (11), B (13), D (16) and E (19), plain or with batch normalisation after each convolution ({@code _bn}). Pictures {@code [N, 3, H, W]}
 * from 32x32 on to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Differs from the paper,
 * as the reference does: the last maps are averaged to 7x7, so that other sizes than 224x224 fit.
 */
public final class Vgg extends SequentialBackbone {
    /** A pooling among the channel counts of a configuration. */
    private static final int POOL = 0;

    /** Side of the maps that the fully connected layers read. */
    private static final int POOLED = 7;

    private final AdaptiveAvgPool2d avgpool;
    private final Sequential classifier;
    private final int width;

    private Vgg(ModelOptions options) {
        super(options, 1 << Math.min(30, Collections.frequency(options.integers("cfg"), POOL)));
        width = options.integer("num_features");
        int channels = addConvolutions(options);
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(POOLED));
        double dropout = options.probability("dropout");
        classifier = child(
                "classifier",
                Sequential.of(
                        Linear.of(channels * POOLED * POOLED, width),
                        ReLU.of(),
                        Dropout.of(dropout),
                        Linear.of(width, width),
                        ReLU.of(),
                        Dropout.of(dropout),
                        Linear.of(width, options.classes())));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.OUT, Init.RELU);
                Init.zeros(c.bias());
            } else if (module instanceof Linear l) {
                initialise(l);
            }
        }
    }

    private int addConvolutions(ModelOptions options) {
        int in = options.inChannels();
        var steps = new ArrayList<Step>();
        for (int out : options.integers("cfg")) {
            if (out == POOL) {
                steps.add(new Step(MaxPool2d.of(2), in, 2));
                continue;
            }
            steps.add(new Step(Conv2d.of(in, out, 3).padding(1), out, 1));
            if (options.flag("batch_norm")) {
                steps.add(new Step(BatchNorm2d.of(out), out, 1));
            }
            steps.add(new Step(ReLU.of(), out, 1));
            in = out;
        }
        if (options.integers("cfg").stream().allMatch(c -> c == POOL)) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": 'cfg' needs at least one convolution, got " + options.integers("cfg"));
        }
        addFeatures(steps);
        return in;
    }

    private static void initialise(Linear linear) {
        Init.normal(linear.weight(), 0, 0.01);
        Init.zeros(linear.bias());
    }

    private Tensor pooled(Tensor image) {
        return chain(image, features(), avgpool).flatten(1, -1); // [N, 512 * 7 * 7]
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(pooled(image), butLast(classifier)); // [N, 4096]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(pooled(image));
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(6);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("6", Linear.of(width, newClasses));
        initialise((Linear) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("classifier", List.of("classifier.0", "classifier.3"));
        stages.put("head", List.of("classifier.6"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** The paper's table 1 with {@link #POOL} between the groups: convolutions of 64, 128, 256, 512 and 512 channels. */
    private static List<Integer> configuration(int... convolutions) {
        var channels = new ArrayList<Integer>();
        for (int group = 0; group < convolutions.length; group++) {
            channels.addAll(Collections.nCopies(convolutions[group], Math.min(512, 64 << group)));
            channels.add(POOL);
        }
        return List.copyOf(channels);
    }

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integers(
                    "cfg", configuration(1, 1, 2, 2, 2), POOL, "channels of each convolution in order; 0 is a pooling"),
            Option.flag("batch_norm", false, "whether batch normalisation follows each convolution"),
            Option.integer("num_features", 4096, 1, "units of the two fully connected layers before the head"),
            Option.number(
                    "dropout", 0.5, 0, "probability of dropping a value after the first two fully connected layers"));

    /** torchvision's variants: name, convolutions in each group, parameters without and with batch normalisation. */
    public static List<Architecture<Backbone>> architectures() {
        var all = new ArrayList<Architecture<Backbone>>();
        add(all, "vgg11", configuration(1, 1, 2, 2, 2), 132_863_336, 132_868_840);
        add(all, "vgg13", configuration(2, 2, 2, 2, 2), 133_047_848, 133_053_736);
        add(all, "vgg16", configuration(2, 2, 3, 3, 3), 138_357_544, 138_365_992);
        add(all, "vgg19", configuration(2, 2, 4, 4, 4), 143_667_240, 143_678_248);
        return List.copyOf(all);
    }

    private static void add(
            List<Architecture<Backbone>> all, String name, List<Integer> configuration, long plain, long normalised) {
        var architecture = new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        plain,
                        224,
                        "torchvision 0.14.1",
                        "Simonyan and Zisserman 2014, arXiv 1409.1556",
                        Vgg::new)
                .variant(name, plain, Map.of("cfg", configuration));
        all.add(architecture);
        all.add(architecture.variant(name + "_bn", normalised, Map.of("batch_norm", true)));
    }

    public static Vgg vgg16(int classes) {
        return (Vgg) Models.classify("vgg16", Map.of("classes", classes));
    }
}
