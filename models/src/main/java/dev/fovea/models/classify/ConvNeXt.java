package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.LayerNorm2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Permute;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * ConvNeXt: "A ConvNet for the 2020s", Liu et al. 2022, arXiv 2201.03545. Pictures {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal.
 */
public final class ConvNeXt extends SequentialBackbone {
    private static final double EPS = 1e-6;

    /** Depthwise 7x7, normalisation, a perceptron on each place, scaled per channel; with a shortcut. */
    private static final class Block extends Layer {
        private final Parameter layerScale;
        private final Sequential block;
        private final StochasticDepth stochasticDepth;

        Block(int width, double scale, double drop) {
            layerScale = parameter("layer_scale", Tensor.ones(width, 1, 1));
            Init.constant(layerScale, scale);
            block = child(
                    "block",
                    Sequential.of(
                            Conv2d.of(width, width, 7).padding(3).groups(width),
                            Permute.of(0, 2, 3, 1), // [N, H, W, width]
                            LayerNorm.of(width).eps(EPS),
                            Linear.of(width, 4 * width),
                            GELU.of(),
                            Linear.of(4 * width, width),
                            Permute.of(0, 3, 1, 2))); // [N, width, H, W]
            stochasticDepth = child("stochastic_depth", StochasticDepth.perSample(drop));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = block.call(x);
            var scale = layerScale.value();
            boolean inPlace = !isObserved();
            residual = inPlace && !Grad.isEnabled() ? residual.mulInPlace(scale) : residual.mul(scale);
            residual = stochasticDepth.call(residual);
            return inPlace ? residual.addInPlace(x) : residual.add(x);
        }
    }

    private final AdaptiveAvgPool2d avgpool;
    private final Sequential classifier;
    private final int width;

    private ConvNeXt(ModelOptions options) {
        super(options, 32);
        var widths = options.integers("widths");
        var depths = options.integers("depths");
        if (widths.size() != depths.size() || widths.isEmpty()) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": widths and depths have one number for each stage; got widths=" + widths + ", depths="
                    + depths);
        }
        addFeatures(steps(options, widths, depths));
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        width = widths.get(widths.size() - 1);
        classifier = child(
                "classifier",
                Sequential.of(LayerNorm2d.of(width).eps(EPS), Flatten.of(), Linear.of(width, options.classes())));
        modules().values().forEach(ConvNeXt::initialise);
    }

    /** The stem, then the stages with a halving of the map between them. */
    private static List<Step> steps(ModelOptions options, List<Integer> widths, List<Integer> depths) {
        var steps = new ArrayList<Step>();
        int first = widths.get(0);
        var patches = Conv2d.of(options.inChannels(), first, 4).stride(4);
        steps.add(new Step(Sequential.of(patches, LayerNorm2d.of(first).eps(EPS)), first, 4));
        double drop = options.number("stochastic_depth_prob");
        double scale = options.number("layer_scale");
        int last = depths.stream().mapToInt(Integer::intValue).sum() - 1;
        int block = 0;
        for (int i = 0; i < depths.size(); i++) {
            int width = widths.get(i);
            var stage = Sequential.empty().build();
            for (int j = 0; j < depths.get(i); j++, block++) {
                double probability = last == 0 ? 0 : drop * block / last;
                stage.add(() -> new Block(width, scale, probability));
            }
            steps.add(new Step(() -> stage, width, 1));
            if (i + 1 < depths.size()) {
                int next = widths.get(i + 1);
                var halving = Conv2d.of(width, next, 2).stride(2);
                steps.add(new Step(Sequential.of(LayerNorm2d.of(width).eps(EPS), halving), next, 2));
            }
        }
        return steps;
    }

    private static void initialise(dev.fovea.nn.Module module) {
        if (module instanceof Conv2d c) {
            Init.truncatedNormal(c.weight(), 0.02);
            Init.zeros(c.bias());
        } else if (module instanceof Linear l) {
            Init.truncatedNormal(l.weight(), 0.02);
            Init.zeros(l.bias());
        }
    }

    @Override
    protected Tensor embedding(Tensor image) {
        var pooled = chain(image, features(), avgpool); // [N, width, 1, 1]
        return chain(pooled, butLast(classifier)); // [N, width]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(image, features(), avgpool, classifier);
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(2);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("2", Linear.of(width, newClasses));
        initialise(head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("norm", List.of("classifier.0"));
        stages.put("head", List.of("classifier.2"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integers("widths", List.of(96, 192, 384, 768), 1, "channels of each stage"),
            Option.integers("depths", List.of(3, 3, 9, 3), 1, "blocks of each stage"),
            Option.number("stochastic_depth_prob", 0, 0, "probability of leaving out the last block in training"),
            Option.number("layer_scale", 1e-6, 0, "factor on each residual branch at first"));

    /** torchvision's variants: widths, depths, stochastic depth, parameters; and the bare constructor. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("convnext_tiny", 96, 9, 0.1, 28_589_128),
                variant("convnext_small", 96, 27, 0.4, 50_223_688),
                variant("convnext_base", 128, 27, 0.5, 88_591_464),
                variant("convnext_large", 192, 27, 0.5, 197_767_336),
                variant("convnext", 96, 9, 0, 28_589_128));
    }

    private static Architecture<Backbone> variant(
            String name, int width, int thirdDepth, double drop, long parameters) {
        return new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        parameters,
                        224,
                        "torchvision 0.14.1",
                        "Liu et al. 2022, arXiv 2201.03545",
                        ConvNeXt::new)
                .variant(
                        name,
                        parameters,
                        Map.of(
                                "widths",
                                List.of(width, 2 * width, 4 * width, 8 * width),
                                "depths",
                                List.of(3, 3, thirdDepth, 3),
                                "stochastic_depth_prob",
                                drop));
    }
}
