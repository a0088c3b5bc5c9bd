package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * "Group Equivariant Convolutional Networks", Cohen and Welling 2016, arXiv 1602.07576: the networks of section 8.1. Pictures {@code [N, 1, 28, 28]}
 * (larger ones work too, with even sides) to logits {@code [N, classes]}.
 *
 * <p>{@code p4cnn} convolves on the group p4 of shifts and quarter turns: each filter is applied in four orientations, and its maps are told
 * apart by them. A picture that is turned by a quarter gives turned maps whose orientations have moved on by one, and, as the last layer
 * takes the maximum over the orientations, the same logits. {@code z2cnn} is its plain counterpart of about as many parameters: one
 * orientation, twice the channels. Both have seven layers of 3x3 filters (4x4 in the last), batch normalisation, and maximum pooling after
 * the second. There are no published weights.
 */
public final class P4Cnn extends Backbone {
    private static final int LAYERS = 7;
    private static final int POOLED = 2;
    private static final int LEAST = 28;

    /**
     * A convolution on the group: maps {@code [N, in * orientations, H, W]} to {@code [N, out * rotations, H', W']}, the orientations of a
     * channel side by side. From one orientation it lifts pictures to the group.
     */
    private static final class GroupConv extends Layer {
        private final int rotations;
        private final Parameter weight;
        private final Parameter bias;

        GroupConv(int in, int orientations, int out, int rotations, int kernel, boolean withBias) {
            this.rotations = rotations;
            weight = parameter("weight", Tensor.zeros(out, in, orientations, kernel, kernel));
            Init.kaimingNormal(weight, Init.Fan.IN, Init.RELU);
            bias = withBias ? parameter("bias", Tensor.zeros(out)) : null;
        }

        @Override
        protected Tensor forward(Tensor x) {
            var shape = weight.shape();
            var filters = new ArrayList<Tensor>();
            var turned = weight.value();
            for (int r = 0; r < rotations; r++) {
                filters.add(turned);
                // A turned filter looks for its parts turned, too: the orientations it reads move on by one.
                turned = quarterTurn(turned.roll(new long[] {1}, 2));
            }
            var all = Tensor.stack(filters, 1) // [out, rotations, in, orientations, k, k]
                    .reshape(shape.dim(0) * rotations, shape.dim(1) * shape.dim(2), shape.dim(3), shape.dim(4));
            var offset = bias == null ? null : bias.value().repeatInterleave(rotations, 0);
            return x.conv2d(all, offset, new long[] {1, 1}, new long[] {0, 0}, new long[] {1, 1}, 1);
        }
    }

    /** The last two dimensions turned by 90 degrees, against the clock. */
    private static Tensor quarterTurn(Tensor x) {
        return x.transpose(-2, -1).flip(-2);
    }

    /** Convolution, normalisation with one mean and deviation for all orientations of a channel, ReLU. */
    private static final class GroupBlock extends Layer {
        private final int channels;
        private final GroupConv conv;
        private final BatchNorm2d bn;
        private final Dropout dropout;

        GroupBlock(int in, int orientations, int channels, int rotations, double drop) {
            this.channels = channels;
            conv = child("conv", new GroupConv(in, orientations, channels, rotations, 3, false));
            bn = child("bn", BatchNorm2d.of(channels));
            dropout = child("dropout", Dropout.of(drop));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var maps = conv.call(x);
            var perChannel = maps.contiguous().reshape(maps.dim(0), channels, -1, maps.dim(3));
            return dropout.call(bn.call(perChannel).relu().reshape(maps.shape().toArray()));
        }
    }

    private final int channels;
    private final int rotations;
    private final List<GroupBlock> blocks = new ArrayList<>();
    private GroupConv head;

    private P4Cnn(ModelOptions options) {
        super(options, LEAST);
        channels = options.integer("channels");
        rotations = options.integer("rotations");
        if (rotations != 1 && rotations != 4) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": rotations must be 4 (quarter turns) or 1 (none), got rotations=" + rotations);
        }
        for (int i = 1; i < LAYERS; i++) {
            int in = i == 1 ? inChannels() : channels;
            int orientations = i == 1 ? 1 : rotations;
            blocks.add(child(
                    "layer" + i,
                    new GroupBlock(in, orientations, channels, rotations, options.probability("dropout"))));
        }
        head = child("head", head(options.classes()));
    }

    private GroupConv head(int classes) {
        return new GroupConv(channels, rotations, classes, rotations, 4, true);
    }

    @Override
    protected String expectation(Tensor image) {
        return image.dim(2) % 2 == 0 && image.dim(3) % 2 == 0
                ? null
                : "sides must be even, so that pooling sees a turned picture as it sees the upright one; resize them";
    }

    /** After the pooling {@code [N, channels * rotations, H/2 - 2, W/2 - 2]}, and before the last layer {@code [..., H/2 - 10, W/2 - 10]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var pooled = chain(image, blocks.subList(0, POOLED))
                .maxPool2d(new long[] {2, 2}, new long[] {2, 2}, new long[] {0, 0}, new long[] {1, 1}, false);
        return List.of(pooled, chain(pooled, blocks.subList(POOLED, blocks.size())));
    }

    /** The maximum over the orientations of a channel: {@code [N, C * rotations, H, W]} to {@code [N, C, H, W]}. */
    private Tensor overOrientations(Tensor maps) {
        return maps.contiguous()
                .reshape(maps.dim(0), -1, rotations, maps.dim(2), maps.dim(3))
                .amax(false, 2);
    }

    /** The strongest orientation of each channel, averaged over the map; a turned picture has the same. */
    @Override
    protected Tensor embedding(Tensor image) {
        return overOrientations(maps(image).get(1)).mean(false, 2, 3);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return overOrientations(head.call(maps(image).get(1))).mean(false, 2, 3);
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(channels * rotations, channels * rotations);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(2, 2);
    }

    @Override
    public int embeddingSize() {
        return channels;
    }

    @Override
    public Layer head() {
        return head;
    }

    @Override
    protected void setHead(int newClasses) {
        head = replaceChild("head", head(newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        for (int i = 1; i < LAYERS; i++) {
            stages.put("layer" + i, List.of("layer" + i));
        }
        stages.put("head", List.of("head"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var p4 = new Architecture<Backbone>(
                "p4cnn",
                List.of(
                        Option.classes(10),
                        Option.inChannels(1),
                        Option.integer("channels", 10, 1, "channels of each layer, each in every orientation"),
                        Option.integer("rotations", 4, 1, "orientations of each filter: 4 or 1"),
                        Option.number("dropout", 0, 0, "share of values dropped after each layer, 0 to below 1")),
                24_620,
                28,
                "none",
                "Cohen and Welling 2016, arXiv 1602.07576",
                P4Cnn::new);
        return List.of(p4, p4.variant("z2cnn", 21_630, Map.of("channels", 20, "rotations", 1)));
    }
}
