package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.TrainingLogits;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Inception v3: "Rethinking the Inception Architecture for Computer Vision", Szegedy et al. 2015, arXiv 1512.00567. Pictures
 * {@code [N, 3, H, W]} from 75x75 on, usually 299x299, to logits {@code [N, classes]}. With {@code aux_logits} a small classifier half-way
 * helps in training; it reads a 5x5 window of maps, so training then needs 299x299.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal; its published file needs
 * {@code transform_input=true}. The convolutions do not pad, so maps lose a pixel or two at their rims.
 */
public final class InceptionV3 extends Backbone {
    private static final int WIDTH = 2048;

    /** The factor of the auxiliary loss, as in the reference's recipe. */
    private static final double AUXILIARY_WEIGHT = 0.4;

    /** Paths side by side whose maps are joined. */
    private abstract static class Branches extends Layer {
        private final List<List<Layer>> branches = new ArrayList<>();

        /** Adds a path of one or more layers. */
        final void branch(Layer... layers) {
            branches.add(List.of(layers));
        }

        final BasicConv2d conv(String name, Conv2d.Spec spec) {
            return child(name, BasicConv2d.of(spec));
        }

        /** A square kernel that keeps the size. */
        final BasicConv2d conv(String name, int in, int out, int kernel) {
            return conv(name, Conv2d.of(in, out, kernel).padding(kernel / 2));
        }

        /** A flat or upright kernel that keeps the size. */
        final BasicConv2d conv(String name, int in, int out, int height, int width) {
            return conv(name, Conv2d.of(in, out, height, width).padding(height / 2, width / 2));
        }

        /** A 3x3 kernel that halves the size. */
        final BasicConv2d halve(String name, int in, int out) {
            return conv(name, Conv2d.of(in, out, 3).stride(2));
        }

        final AvgPool2d average() {
            return child("average", AvgPool2d.of(3).stride(1).padding(1));
        }

        final MaxPool2d halvingPool() {
            return child("pool", MaxPool2d.of(3).stride(2));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return Tensor.cat(branches.stream().map(b -> chain(x, b)).toList(), 1);
        }
    }

    /** Figure 5 of the paper. */
    private static final class InceptionA extends Branches {
        InceptionA(int in, int pooled) {
            branch(conv("branch1x1", in, 64, 1));
            branch(conv("branch5x5_1", in, 48, 1), conv("branch5x5_2", 48, 64, 5));
            branch(
                    conv("branch3x3dbl_1", in, 64, 1),
                    conv("branch3x3dbl_2", 64, 96, 3),
                    conv("branch3x3dbl_3", 96, 96, 3));
            branch(average(), conv("branch_pool", in, pooled, 1));
        }
    }

    /** Halves the size (figure 10). */
    private static final class InceptionB extends Branches {
        InceptionB(int in) {
            branch(halve("branch3x3", in, 384));
            branch(
                    conv("branch3x3dbl_1", in, 64, 1),
                    conv("branch3x3dbl_2", 64, 96, 3),
                    halve("branch3x3dbl_3", 96, 96));
            branch(halvingPool());
        }
    }

    /** 7x7 as 1x7 and 7x1 (figure 6). */
    private static final class InceptionC extends Branches {
        InceptionC(int in, int narrow) {
            branch(conv("branch1x1", in, 192, 1));
            branch(
                    conv("branch7x7_1", in, narrow, 1),
                    conv("branch7x7_2", narrow, narrow, 1, 7),
                    conv("branch7x7_3", narrow, 192, 7, 1));
            branch(
                    conv("branch7x7dbl_1", in, narrow, 1),
                    conv("branch7x7dbl_2", narrow, narrow, 7, 1),
                    conv("branch7x7dbl_3", narrow, narrow, 1, 7),
                    conv("branch7x7dbl_4", narrow, narrow, 7, 1),
                    conv("branch7x7dbl_5", narrow, 192, 1, 7));
            branch(average(), conv("branch_pool", in, 192, 1));
        }
    }

    /** Halves the size. */
    private static final class InceptionD extends Branches {
        InceptionD(int in) {
            branch(conv("branch3x3_1", in, 192, 1), halve("branch3x3_2", 192, 320));
            branch(
                    conv("branch7x7x3_1", in, 192, 1),
                    conv("branch7x7x3_2", 192, 192, 1, 7),
                    conv("branch7x7x3_3", 192, 192, 7, 1),
                    halve("branch7x7x3_4", 192, 192));
            branch(halvingPool());
        }
    }

    /** Two paths that part into 1x3 and 3x1 (figure 7). */
    private static final class InceptionE extends Branches {
        private final BasicConv2d narrow;
        private final BasicConv2d single;
        private final List<BasicConv2d> singleEnds;
        private final List<BasicConv2d> twice;
        private final List<BasicConv2d> twiceEnds;
        private final List<Layer> pooled;

        InceptionE(int in) {
            narrow = conv("branch1x1", in, 320, 1);
            single = conv("branch3x3_1", in, 384, 1);
            singleEnds = List.of(conv("branch3x3_2a", 384, 384, 1, 3), conv("branch3x3_2b", 384, 384, 3, 1));
            twice = List.of(conv("branch3x3dbl_1", in, 448, 1), conv("branch3x3dbl_2", 448, 384, 3));
            twiceEnds = List.of(conv("branch3x3dbl_3a", 384, 384, 1, 3), conv("branch3x3dbl_3b", 384, 384, 3, 1));
            pooled = List.of(average(), conv("branch_pool", in, 192, 1));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var outputs = new ArrayList<Tensor>();
            outputs.add(narrow.call(x));
            var once = single.call(x);
            singleEnds.forEach(end -> outputs.add(end.call(once)));
            var deep = chain(x, twice);
            twiceEnds.forEach(end -> outputs.add(end.call(deep)));
            outputs.add(chain(x, pooled));
            return Tensor.cat(outputs, 1);
        }
    }

    /** The auxiliary classifier, on maps {@code [N, 768, h, w]} from 17x17 on. */
    private static final class InceptionAux extends Layer {
        private static final double DEVIATION = 0.001;

        private final AvgPool2d pool;
        private final BasicConv2d conv0;
        private final BasicConv2d conv1;
        private Linear fc;

        InceptionAux(int in, int classes) {
            pool = child("pool", AvgPool2d.of(5).stride(3));
            conv0 = child("conv0", BasicConv2d.of(in, 128, 1));
            conv1 = child("conv1", BasicConv2d.of(Conv2d.of(128, 768, 5)));
            fc = child("fc", Linear.of(768, classes));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var maps = chain(x, pool, conv0, conv1); // [N, 768, 1, 1] from pictures of 299x299
            return fc.call(maps.adaptiveAvgPool2d(1, 1).flatten(1, -1));
        }

        void initialise() {
            Init.truncatedNormal(fc.weight(), DEVIATION);
        }

        void setHead(int classes) {
            fc = replaceChild("fc", Linear.of(768, classes).build());
            initialise();
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final boolean transformInput;
    private final Map<String, Layer> path = new LinkedHashMap<>();
    private final InceptionAux auxiliary;
    private final AdaptiveAvgPool2d avgpool;
    private final Dropout dropout;
    private Linear fc;

    private InceptionV3(ModelOptions options) {
        super(options, 75);
        transformInput = options.flag("transform_input");
        if (transformInput && options.inChannels() != 3) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": transform_input is for colour pictures, got in_channels=" + options.inChannels());
        }
        addStem(options.inChannels());
        add("Mixed_5b", new InceptionA(192, 32)); // [N, 256, H/8, W/8]
        add("Mixed_5c", new InceptionA(256, 64));
        add("Mixed_5d", new InceptionA(288, 64));
        add("Mixed_6a", new InceptionB(288)); // [N, 768, H/16, W/16]
        add("Mixed_6b", new InceptionC(768, 128));
        add("Mixed_6c", new InceptionC(768, 160));
        add("Mixed_6d", new InceptionC(768, 160));
        add("Mixed_6e", new InceptionC(768, 192));
        auxiliary = options.flag("aux_logits") ? child("AuxLogits", new InceptionAux(768, options.classes())) : null;
        add("Mixed_7a", new InceptionD(768)); // [N, 1280, H/32, W/32]
        add("Mixed_7b", new InceptionE(1280));
        add("Mixed_7c", new InceptionE(WIDTH));
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        dropout = child("dropout", Dropout.of(options.probability("dropout")));
        fc = child("fc", Linear.of(WIDTH, options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.truncatedNormal(c.weight(), 0.1);
            }
        }
        Init.truncatedNormal(fc.weight(), 0.1);
        if (auxiliary != null) {
            auxiliary.initialise();
        }
    }

    private void addStem(int in) {
        add("Conv2d_1a_3x3", BasicConv2d.of(Conv2d.of(in, 32, 3).stride(2))); // [N, 32, H/2, W/2]
        add("Conv2d_2a_3x3", BasicConv2d.of(Conv2d.of(32, 32, 3)));
        add("Conv2d_2b_3x3", BasicConv2d.of(32, 64, 3));
        add("maxpool1", MaxPool2d.of(3).stride(2)); // [N, 64, H/4, W/4]
        add("Conv2d_3b_1x1", BasicConv2d.of(64, 80, 1));
        add("Conv2d_4a_3x3", BasicConv2d.of(Conv2d.of(80, 192, 3)));
        add("maxpool2", MaxPool2d.of(3).stride(2)); // [N, 192, H/8, W/8]
    }

    private void add(String name, LayerSpec<? extends Layer> layer) {
        path.put(name, child(name, layer));
    }

    private void add(String name, Layer layer) {
        path.put(name, child(name, layer));
    }

    /** Maps of {@code last}, from those of the layer before {@code first}. */
    private Tensor through(Tensor x, String first, String last) {
        var names = List.copyOf(path.keySet());
        return chain(x, List.copyOf(path.values()).subList(names.indexOf(first), names.indexOf(last) + 1));
    }

    private Tensor prepared(Tensor image) {
        return transformInput ? BasicConv2d.fromImageNetStatistics(image) : image;
    }

    private Tensor trunk(Tensor image) {
        return through(prepared(image), "Conv2d_1a_3x3", "Mixed_7c");
    }

    /** Maps {@code [N, 192, H/4, W/4]}, {@code [N, 288, H/8, W/8]}, {@code [N, 768, H/16, W/16]} and {@code [N, 2048, H/32, W/32]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var quarter = through(prepared(image), "Conv2d_1a_3x3", "Conv2d_4a_3x3");
        var eighth = through(quarter, "maxpool2", "Mixed_5d");
        var sixteenth = through(eighth, "Mixed_6a", "Mixed_6e");
        return List.of(quarter, eighth, sixteenth, through(sixteenth, "Mixed_7a", "Mixed_7c"));
    }

    /** {@code [N, 2048, h, w]} to logits. */
    private Tensor classified(Tensor maps) {
        return fc.call(chain(maps, avgpool, dropout).flatten(1, -1));
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return avgpool.call(trunk(image)).flatten(1, -1); // [N, 2048]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classified(trunk(image));
    }

    @Override
    protected TrainingLogits allLogits(Tensor image) {
        if (auxiliary == null) {
            return super.allLogits(image);
        }
        var middle = through(prepared(image), "Conv2d_1a_3x3", "Mixed_6e"); // [N, 768, 17, 17] from 299x299
        var high = through(middle, "Mixed_7a", "Mixed_7c"); // [N, 2048, 8, 8]
        return new TrainingLogits(
                classified(high),
                List.of(new TrainingLogits.Auxiliary("aux_logits", AUXILIARY_WEIGHT, auxiliary.call(middle))));
    }

    @Override
    public int leastTrainingSide() {
        return auxiliary == null ? leastSide() : 299;
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(192, 288, 768, WIDTH);
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
        return auxiliary == null ? List.of() : List.of(auxiliary.fc);
    }

    @Override
    protected void setHead(int newClasses) {
        fc = replaceChild("fc", Linear.of(WIDTH, newClasses).build());
        Init.truncatedNormal(fc.weight(), 0.1);
        if (auxiliary != null) {
            auxiliary.setHead(newClasses);
        }
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        var names = path.keySet();
        stages.put("stem", names.stream().filter(n -> n.startsWith("Conv2d")).toList());
        for (String number : List.of("5", "6", "7")) {
            stages.put(
                    "mixed" + number,
                    names.stream().filter(n -> n.startsWith("Mixed_" + number)).toList());
        }
        stages.put("auxiliary", List.of("AuxLogits.conv0", "AuxLogits.conv1"));
        stages.put("head", List.of("fc", "AuxLogits.fc"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        return List.of(new Architecture<Backbone>(
                "inception_v3",
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.flag("aux_logits", true, "whether a classifier half-way helps in training"),
                        Option.flag(
                                "transform_input",
                                false,
                                "whether pictures normalised by ImageNet's statistics are scaled to -1 to 1, which the"
                                        + " published weights need"),
                        Option.number("dropout", 0.5, 0, "probability of dropping a value before the head")),
                27_161_264,
                299,
                "torchvision 0.14.1",
                "Szegedy et al. 2015, arXiv 1512.00567",
                InceptionV3::new));
    }

    public static InceptionV3 inceptionV3(int classes) {
        return (InceptionV3) Models.classify("inception_v3", Map.of("classes", classes));
    }
}
