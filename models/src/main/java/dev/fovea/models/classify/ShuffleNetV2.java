package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * ShuffleNet V2: "Practical Guidelines for Efficient CNN Architecture Design", Ma et al. 2018, arXiv 1807.11164. Pictures
 * {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal.
 */
public final class ShuffleNetV2 extends Backbone {
    /** Half of the channels pass by, the other half is convolved; where the block strides, both halves are made anew. */
    private static final class InvertedResidual extends Layer {
        private final boolean strides;
        private final Sequential branch1;
        private final Sequential branch2;

        InvertedResidual(int in, int out, int stride) {
            strides = stride > 1;
            int half = out / 2;
            branch1 = child(
                    "branch1",
                    strides
                            ? Sequential.of(
                                    depthwise(in, stride),
                                    BatchNorm2d.of(in),
                                    Conv2d.of(in, half, 1).noBias(),
                                    BatchNorm2d.of(half),
                                    ReLU.of())
                            : Sequential.empty());
            branch2 = child(
                    "branch2",
                    Sequential.of(
                            Conv2d.of(strides ? in : half, half, 1).noBias(),
                            BatchNorm2d.of(half),
                            ReLU.of(),
                            depthwise(half, stride),
                            BatchNorm2d.of(half),
                            Conv2d.of(half, half, 1).noBias(),
                            BatchNorm2d.of(half),
                            ReLU.of()));
        }

        private static Conv2d.Spec depthwise(int channels, int stride) {
            return Conv2d.of(channels, channels, 3)
                    .stride(stride)
                    .padding(1)
                    .groups(channels)
                    .noBias();
        }

        @Override
        protected Tensor forward(Tensor x) {
            if (strides) {
                return shuffled(branch1.call(x), branch2.call(x));
            }
            var halves = x.chunk(2, 1);
            return shuffled(halves.get(0), branch2.call(halves.get(1)));
        }

        /** Interleaves two halves, so that the next block convolves channels of both. */
        private static Tensor shuffled(Tensor first, Tensor second) {
            if (second.isChannelsLast()) { // keeps the layout, which views of the other kind would lose
                return Tensor.stack(List.of(first.permute(0, 2, 3, 1), second.permute(0, 2, 3, 1)), 4)
                        .flatten(3, 4)
                        .permute(0, 3, 1, 2);
            }
            var x = Tensor.cat(List.of(first, second), 1);
            long n = x.dim(0);
            long channels = x.dim(1);
            return x.reshape(n, 2, channels / 2, x.dim(2), x.dim(3))
                    .transpose(1, 2)
                    .reshape(n, channels, x.dim(2), x.dim(3));
        }
    }

    private static LayerSpec<Sequential> convolution(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out()), ReLU.of());
    }

    private final List<Integer> channels;
    private final Sequential conv1;
    private final MaxPool2d maxpool;
    private final List<Sequential> stages = new ArrayList<>();
    private final Sequential conv5;
    private Linear fc;

    private ShuffleNetV2(ModelOptions options) {
        super(options, 1);
        var repeats = options.integers("stages_repeats");
        channels = options.integers("stages_out_channels");
        if (repeats.size() != 3
                || channels.size() != 5
                || channels.subList(1, 4).stream().anyMatch(c -> c % 2 != 0)) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": 'stages_repeats' has three counts of blocks and 'stages_out_channels' five counts of channels, the "
                    + "three in the middle even, got " + repeats + " and " + channels);
        }
        int in = channels.get(0);
        conv1 = child(
                "conv1",
                convolution(Conv2d.of(options.inChannels(), in, 3).stride(2).padding(1)));
        maxpool = child("maxpool", MaxPool2d.of(3).stride(2).padding(1));
        for (int stage = 0; stage < 3; stage++) {
            int from = in;
            int out = channels.get(stage + 1);
            var blocks = new ArrayList<LayerSpec<InvertedResidual>>();
            blocks.add(() -> new InvertedResidual(from, out, 2));
            for (int i = 1; i < repeats.get(stage); i++) {
                blocks.add(() -> new InvertedResidual(out, out, 1));
            }
            stages.add(child("stage" + (stage + 2), Sequential.of(blocks)));
            in = out;
        }
        conv5 = child("conv5", convolution(Conv2d.of(in, embeddingSize(), 1)));
        fc = child("fc", Linear.of(embeddingSize(), options.classes()));
    }

    /** Maps of the stem, stage 2, stage 3 and of {@code conv5}: strides 4, 8, 16, 32. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var stem = chain(image, conv1, maxpool); // [N, 24, H/4, W/4]
        var two = stages.get(0).call(stem);
        var three = stages.get(1).call(two);
        return List.of(stem, two, three, chain(three, stages.get(2), conv5));
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, conv1, maxpool, stages.get(0), stages.get(1), stages.get(2), conv5)
                .mean(false, 2, 3); // [N, 1024]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return fc.call(embedding(image));
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(channels.get(0), channels.get(1), channels.get(2), channels.get(4));
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(4, 8, 16, 32);
    }

    @Override
    public int embeddingSize() {
        return channels.get(4);
    }

    @Override
    public Linear head() {
        return fc;
    }

    @Override
    protected void setHead(int newClasses) {
        fc = replaceChild("fc", Linear.of(embeddingSize(), newClasses).build());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var paths = new LinkedHashMap<String, List<String>>();
        paths.put("stem", List.of("conv1"));
        paths.put("stage2", List.of("stage2"));
        paths.put("stage3", List.of("stage3"));
        paths.put("stage4", List.of("stage4", "conv5"));
        paths.put("head", List.of("fc"));
        return paths;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** Table 5 of the paper: channels of the stem, the three stages and the last convolution. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("shufflenet_v2_x0_5", List.of(24, 48, 96, 192, 1024), 1_366_792),
                variant("shufflenet_v2_x1_0", List.of(24, 116, 232, 464, 1024), 2_278_604),
                variant("shufflenet_v2_x1_5", List.of(24, 176, 352, 704, 1024), 3_503_624),
                variant("shufflenet_v2_x2_0", List.of(24, 244, 488, 976, 2048), 7_393_996));
    }

    private static Architecture<Backbone> variant(String name, List<Integer> channels, long parameters) {
        return new Architecture<Backbone>(
                name,
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.integers("stages_repeats", List.of(4, 8, 4), 1, "blocks in stage2 to stage4"),
                        Option.integers(
                                "stages_out_channels",
                                channels,
                                1,
                                "channels of stem, three stages, last convolution")),
                parameters,
                224,
                "torchvision 0.14.1",
                "Ma et al. 2018, arXiv 1807.11164",
                ShuffleNetV2::new);
    }

    public static ShuffleNetV2 shufflenetV2X10(int classes) {
        return (ShuffleNetV2) Models.classify("shufflenet_v2_x1_0", Map.of("classes", classes));
    }
}
