package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.TrainingLogits;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * GoogLeNet: "Going Deeper with Convolutions", Szegedy et al. 2014, arXiv 1409.4842. Pictures {@code [N, 3, H, W]} from 15x15 on to
 * logits {@code [N, classes]}. With {@code aux_logits} two small classifiers half-way help in training.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal; its published file needs
 * {@code transform_input=true}. Differs from the paper, as the reference does: batch normalisation, and 3x3 kernels in the branch that the
 * paper gives 5x5.
 */
public final class GoogLeNet extends Backbone {
    private static final int WIDTH = 1024;

    /** The factor of each auxiliary loss (section 5 of the paper). */
    private static final double AUXILIARY_WEIGHT = 0.3;

    /** Four branches side by side: 1x1, two of a narrow 1x1 and a 3x3 convolution, and a pooling. */
    private static final class Inception extends Layer {
        private final BasicConv2d branch1;
        private final List<Sequential> branches = new ArrayList<>();

        /** {@code widths}: channels of the 1x1 branch, the first 3x3 branch (narrow, wide), the second, the pooled one. */
        Inception(int in, int... widths) {
            branch1 = child("branch1", BasicConv2d.of(in, widths[0], 1));
            branches.add(child(
                    "branch2",
                    Sequential.of(BasicConv2d.of(in, widths[1], 1), BasicConv2d.of(widths[1], widths[2], 3))));
            branches.add(child(
                    "branch3",
                    Sequential.of(BasicConv2d.of(in, widths[3], 1), BasicConv2d.of(widths[3], widths[4], 3))));
            branches.add(child(
                    "branch4",
                    Sequential.of(MaxPool2d.of(3).stride(1).padding(1).ceilMode(), BasicConv2d.of(in, widths[5], 1))));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var outputs = new ArrayList<Tensor>();
            outputs.add(branch1.call(x));
            branches.forEach(branch -> outputs.add(branch.call(x)));
            return Tensor.cat(outputs, 1);
        }
    }

    /** An auxiliary classifier on maps {@code [N, in, h, w]}. */
    private static final class InceptionAux extends Layer {
        private static final int POOLED = 4;

        private final BasicConv2d conv;
        private final Linear fc1;
        private final Dropout dropout;
        private Linear fc2;

        InceptionAux(int in, int classes, double probability) {
            conv = child("conv", BasicConv2d.of(in, 128, 1));
            fc1 = child("fc1", Linear.of(128 * POOLED * POOLED, WIDTH));
            fc2 = child("fc2", Linear.of(WIDTH, classes));
            dropout = child("dropout", Dropout.of(probability));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var maps = conv.call(x.adaptiveAvgPool2d(POOLED, POOLED)); // [N, 128, 4, 4]
            var hidden = fc1.call(maps.flatten(1, -1)).relu(); // [N, 1024]
            return chain(hidden, dropout, fc2);
        }

        void setHead(int classes) {
            fc2 = replaceChild("fc2", Linear.of(WIDTH, classes).build());
            initialise(fc2);
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final boolean transformInput;
    private final Map<String, Layer> path = new LinkedHashMap<>();
    private final List<InceptionAux> auxiliary;
    private final AdaptiveAvgPool2d avgpool;
    private final Dropout dropout;
    private Linear fc;

    private GoogLeNet(ModelOptions options) {
        super(options, 15);
        transformInput = options.flag("transform_input");
        if (transformInput && options.inChannels() != 3) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": transform_input is for colour pictures, got in_channels=" + options.inChannels());
        }
        var first = Conv2d.of(options.inChannels(), 64, 7).stride(2).padding(3);
        path.put("conv1", child("conv1", BasicConv2d.of(first)));
        pool(1, 3); // [N, 64, H/4, W/4]
        path.put("conv2", child("conv2", BasicConv2d.of(64, 64, 1)));
        path.put("conv3", child("conv3", BasicConv2d.of(64, 192, 3)));
        pool(2, 3); // [N, 192, H/8, W/8]
        inception("3a", 192, 64, 96, 128, 16, 32, 32);
        inception("3b", 256, 128, 128, 192, 32, 96, 64);
        pool(3, 3); // [N, 480, H/16, W/16]
        inception("4a", 480, 192, 96, 208, 16, 48, 64);
        inception("4b", 512, 160, 112, 224, 24, 64, 64);
        inception("4c", 512, 128, 128, 256, 24, 64, 64);
        inception("4d", 512, 112, 144, 288, 32, 64, 64);
        inception("4e", 528, 256, 160, 320, 32, 128, 128);
        pool(4, 2); // [N, 832, H/32, W/32]
        inception("5a", 832, 256, 160, 320, 32, 128, 128);
        inception("5b", 832, 384, 192, 384, 48, 128, 128);
        double dropoutAux = options.probability("dropout_aux");
        auxiliary = options.flag("aux_logits")
                ? List.of(
                        child("aux1", new InceptionAux(512, options.classes(), dropoutAux)),
                        child("aux2", new InceptionAux(528, options.classes(), dropoutAux)))
                : List.of();
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        dropout = child("dropout", Dropout.of(options.probability("dropout")));
        fc = child("fc", Linear.of(WIDTH, options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.truncatedNormal(c.weight(), 0.01);
            } else if (module instanceof Linear l) {
                initialise(l);
            }
        }
    }

    private void inception(String name, int in, int... widths) {
        path.put("inception" + name, child("inception" + name, new Inception(in, widths)));
    }

    private void pool(int number, int kernel) {
        String name = "maxpool" + number;
        path.put(name, child(name, MaxPool2d.of(kernel).stride(2).ceilMode()));
    }

    private static void initialise(Linear linear) {
        Init.truncatedNormal(linear.weight(), 0.01);
    }

    /** Maps of {@code last}, from those of the layer before {@code first}. */
    private Tensor through(Tensor x, String first, String last) {
        var names = List.copyOf(path.keySet());
        return chain(x, List.copyOf(path.values()).subList(names.indexOf(first), names.indexOf(last) + 1));
    }

    private Tensor prepared(Tensor image) {
        return transformInput ? BasicConv2d.fromImageNetStatistics(image) : image;
    }

    /** Maps ahead of each pooling but the first, and the last: {@code [N, 192, H/4, W/4]} to {@code [N, 1024, H/32, W/32]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var quarter = through(prepared(image), "conv1", "conv3");
        var eighth = through(quarter, "maxpool2", "inception3b");
        var sixteenth = through(eighth, "maxpool3", "inception4e");
        return List.of(quarter, eighth, sixteenth, through(sixteenth, "maxpool4", "inception5b"));
    }

    private Tensor pooled(Tensor maps) {
        return avgpool.call(maps).flatten(1, -1); // [N, 1024]
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return pooled(through(prepared(image), "conv1", "inception5b"));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(embedding(image), dropout, fc);
    }

    @Override
    protected TrainingLogits allLogits(Tensor image) {
        if (auxiliary.isEmpty()) {
            return super.allLogits(image);
        }
        var low = through(prepared(image), "conv1", "inception4a"); // [N, 512, H/16, W/16]
        var middle = through(low, "inception4b", "inception4d"); // [N, 528, H/16, W/16]
        var high = through(middle, "inception4e", "inception5b"); // [N, 1024, H/32, W/32]
        // The reference hands its two results out under each other's names.
        var first = auxiliary.get(0).call(low);
        var second = auxiliary.get(1).call(middle);
        return new TrainingLogits(
                chain(pooled(high), dropout, fc),
                List.of(
                        new TrainingLogits.Auxiliary("aux_logits2", AUXILIARY_WEIGHT, first),
                        new TrainingLogits.Auxiliary("aux_logits1", AUXILIARY_WEIGHT, second)));
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(192, 480, 832, WIDTH);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(4, 8, 16, 32);
    }

    @Override
    public int embeddingSize() {
        return WIDTH;
    }

    @Override
    public Linear head() {
        return fc;
    }

    @Override
    public List<Layer> auxiliaryHeads() {
        return auxiliary.stream().map(a -> (Layer) a.fc2).toList();
    }

    @Override
    protected void setHead(int newClasses) {
        fc = replaceChild("fc", Linear.of(WIDTH, newClasses).build());
        initialise(fc);
        auxiliary.forEach(a -> a.setHead(newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("conv1", "conv2", "conv3"));
        for (String number : List.of("3", "4", "5")) {
            stages.put(
                    "inception" + number,
                    path.keySet().stream()
                            .filter(name -> name.startsWith("inception" + number))
                            .toList());
        }
        stages.put("auxiliary", List.of("aux1.conv", "aux1.fc1", "aux2.conv", "aux2.fc1"));
        stages.put("head", List.of("fc", "aux1.fc2", "aux2.fc2"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        return List.of(new Architecture<Backbone>(
                "googlenet",
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.flag("aux_logits", true, "whether two classifiers half-way help in training"),
                        Option.flag(
                                "transform_input",
                                false,
                                "whether pictures normalised by ImageNet's statistics are scaled to -1 to 1, which the"
                                        + " published weights need"),
                        Option.number("dropout", 0.2, 0, "probability of dropping a value before the head"),
                        Option.number(
                                "dropout_aux", 0.7, 0, "probability of dropping a value before an auxiliary head")),
                13_004_888,
                224,
                "torchvision 0.14.1",
                "Szegedy et al. 2014, arXiv 1409.4842",
                GoogLeNet::new));
    }

    public static GoogLeNet googlenet(int classes) {
        return (GoogLeNet) Models.classify("googlenet", Map.of("classes", classes));
    }
}
