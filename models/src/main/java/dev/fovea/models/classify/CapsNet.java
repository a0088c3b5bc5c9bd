package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.models.Reconstructing;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * "Dynamic Routing Between Capsules", Sabour, Frosst and Hinton 2017, arXiv 1710.09829. Pictures {@code [N, 1, 28, 28]} (other sizes by option)
 * to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of XifengGuo/CapsNet-Pytorch: names, shapes and outputs are equal. A class is as present as its capsule is long, 0-1.
 * The logits are the log-odds of these lengths: their sigmoid is the length, as the margin loss and several labels a picture need it, and
 * their softmax the capsule's share of all squared lengths before squashing, a probability for one label a picture.
 */
public final class CapsNet extends Backbone implements Reconstructing {
    private static final int KERNEL = 9;
    private static final int PRIMARY = 8;
    private static final int CLASS = 16;

    /** Lengths are kept this far from 0 and 1, where log-odds end. */
    private static final double EPSILON = 1e-6;

    private static final double TINY = 1e-8;

    /** Vectors along the last dimension, shrunk to a length of n^2 / (1 + n^2), n their length before (equation 1). */
    private static Tensor squash(Tensor s) {
        var length = s.norm(2, true, -1);
        var squared = length.square();
        return s.mul(squared.div(squared.add(1)).div(length.add(TINY)));
    }

    /** A strided convolution whose values, eight neighbours in memory at a time, are the capsules {@code [N, capsules, 8]}. */
    private static final class PrimaryCapsules extends Layer {
        private final Conv2d conv2d;

        PrimaryCapsules(int channels) {
            conv2d = child("conv2d", Conv2d.of(channels, channels, KERNEL).stride(2));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return squash(conv2d.call(x).contiguous().reshape(x.dim(0), -1, PRIMARY));
        }
    }

    /** Every capsule below foretells every class's capsule; what agrees with the others' foretelling counts more, round by round. */
    private static final class ClassCapsules extends Layer {
        private final int routings;
        private final Parameter weight;

        ClassCapsules(int capsules, int classes, int routings) {
            this.routings = routings;
            weight = parameter("weight", Tensor.zeros(classes, capsules, CLASS, PRIMARY));
            Init.normal(weight, 0, 0.01);
        }

        @Override
        protected Tensor forward(Tensor below) {
            var foretold = foretell(below);
            // Coupling is found without gradients; they flow through the last round's weighted sum alone.
            var fixed = foretold.detach();
            var agreement =
                    Tensor.zeros(DType.FLOAT32, below.device(), foretold.dim(0), foretold.dim(1), foretold.dim(2));
            for (int round = 1; round < routings; round++) {
                var capsules = squash(coupled(agreement, fixed)); // [N, classes, 16]
                agreement = agreement.add(fixed.matmul(capsules.unsqueeze(-1)).squeeze(-1));
            }
            return squash(coupled(agreement, foretold));
        }

        /** {@code [N, capsules, 8]} to {@code [N, classes, capsules, 16]}: one product of matrices for each capsule below. */
        private Tensor foretell(Tensor below) {
            long classes = weight.shape().dim(0);
            long capsules = weight.shape().dim(1);
            var matrices = weight.value().permute(1, 3, 0, 2).reshape(capsules, PRIMARY, classes * CLASS);
            return below.transpose(0, 1)
                    .matmul(matrices) // [capsules, N, classes * 16]
                    .reshape(capsules, below.dim(0), classes, CLASS)
                    .permute(1, 2, 0, 3)
                    .contiguous();
        }

        private static Tensor coupled(Tensor agreement, Tensor foretold) {
            var coupling = agreement.softmax(1).unsqueeze(2).to(foretold.dtype()); // [N, classes, 1, capsules]
            return coupling.matmul(foretold).squeeze(2);
        }
    }

    private final ImageSize size;
    private final int below;
    private final int channels;
    private final int routings;
    private final Conv2d conv1;
    private final ReLU relu;
    private final PrimaryCapsules primarycaps;
    private ClassCapsules digitcaps;
    private Sequential decoder;

    private CapsNet(ModelOptions options) {
        super(options, 2 * KERNEL - 1);
        size = ImageSize.of(options);
        channels = options.integer("channels");
        routings = options.integer("routings");
        if (channels % PRIMARY != 0) {
            throw new IllegalArgumentException(options.spec().name() + ": channels must be a multiple of " + PRIMARY
                    + ", the length of a capsule; got channels=" + channels);
        }
        if (Math.min(size.height(), size.width()) < 2 * KERNEL - 1) {
            throw new IllegalArgumentException(options.spec().name() + ": pictures must have at least "
                    + (2 * KERNEL - 1) + "x" + (2 * KERNEL - 1) + " pixels, got " + size.height() + "x" + size.width());
        }
        below = channels / PRIMARY * after(size.height()) * after(size.width());
        conv1 = child("conv1", Conv2d.of(options.inChannels(), channels, KERNEL));
        relu = child("relu", ReLU.of());
        primarycaps = child("primarycaps", new PrimaryCapsules(channels));
        digitcaps = child("digitcaps", new ClassCapsules(below, options.classes(), routings));
        decoder = child("decoder", decoder(options.classes()));
    }

    /** The side of the primary capsules' maps for a picture's side. */
    private static int after(int side) {
        return (side - 2 * KERNEL + 1) / 2 + 1;
    }

    private LayerSpec<Sequential> decoder(int classes) {
        return Sequential.of(
                Linear.of(CLASS * classes, 512),
                ReLU.of(),
                Linear.of(512, 1024),
                ReLU.of(),
                Linear.of(1024, inChannels() * size.height() * size.width()),
                Sigmoid.of());
    }

    @Override
    protected String expectation(Tensor image) {
        return size.expectation(image);
    }

    private Tensor primary(Tensor image) {
        return chain(image, conv1, relu, primarycaps); // [N, below, 8]
    }

    private Tensor capsules(Tensor image) {
        return digitcaps.call(primary(image)); // [N, classes, 16]
    }

    private static Tensor logOdds(Tensor capsules) {
        return capsules.to(DType.FLOAT32).norm(2, false, -1).logit(EPSILON);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return logOdds(capsules(image));
    }

    @Override
    public Reconstruction reconstruct(Tensor image, Tensor shares) {
        checkImage(image);
        return run(() -> {
            var capsules = capsules(image);
            var drawn = capsules.mul(shares.to(capsules.dtype()).unsqueeze(-1)).flatten(1, -1);
            return new Reconstruction(
                    logOdds(capsules),
                    decoder.call(drawn).reshape(image.dim(0), inChannels(), size.height(), size.width()));
        });
    }

    /** Before the capsules, {@code [N, channels, H - 8, W - 8]}, and their values, {@code [N, channels, (H - 16) / 2, (W - 16) / 2]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var first = chain(image, conv1, relu);
        return List.of(first, primarycaps.conv2d.call(first));
    }

    /** All capsules below those of classes, one after another. */
    @Override
    protected Tensor embedding(Tensor image) {
        return primary(image).flatten(1, -1);
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(channels, channels);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(1, 2);
    }

    @Override
    public int embeddingSize() {
        return below * PRIMARY;
    }

    @Override
    public Layer head() {
        return digitcaps;
    }

    /** The decoder reads the capsules of all classes, so it begins anew, too. */
    @Override
    protected void setHead(int newClasses) {
        var device = digitcaps.weight.value().device();
        var type = digitcaps.weight.value().dtype();
        boolean training = isTraining();
        digitcaps = replaceChild("digitcaps", new ClassCapsules(below, newClasses, routings));
        decoder = replaceChild("decoder", decoder(newClasses).build());
        decoder.to(device);
        decoder.to(type);
        decoder.train(training);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("conv1", List.of("conv1"));
        stages.put("primarycaps", List.of("primarycaps"));
        stages.put("head", List.of("digitcaps", "decoder"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var options = Stream.concat(
                        Stream.of(
                                Option.classes(10),
                                Option.inChannels(1),
                                Option.integer("channels", 256, PRIMARY, "maps of both convolutions"),
                                Option.integer("routings", 3, 1, "rounds of routing by agreement")),
                        ImageSize.options(28).stream())
                .toList();
        return List.of(new Architecture<Backbone>(
                "capsnet",
                options,
                8_215_568,
                28,
                "XifengGuo/CapsNet-Pytorch",
                "Sabour et al. 2017, arXiv 1710.09829",
                CapsNet::new));
    }
}
