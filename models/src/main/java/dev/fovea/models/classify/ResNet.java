package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
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
 * ResNet: "Deep Residual Learning for Image Recognition", He et al. 2015, arXiv 1512.03385; ResNeXt: Xie et al. 2016, arXiv 1611.05431;
 * Wide ResNet: Zagoruyko and Komodakis 2016, arXiv 1605.07146. Pictures {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Differs from the paper,
 * as the reference does: a bottleneck strides in its 3x3 convolution ("v1.5"). The option {@code stem=small} (3x3 convolution at full
 * size, no pooling) is ours, for small pictures.
 */
public final class ResNet extends Backbone {
    /** Makes a residual block. */
    private enum Kind {
        BASIC(1),
        BOTTLENECK(4);

        /** Output channels per base channel. */
        private final int expansion;

        Kind(int expansion) {
            this.expansion = expansion;
        }
    }

    /** The form of one block; {@code downsample} says whether the shortcut is a convolution. */
    private record BlockForm(
            int in, int planes, int stride, int dilation, boolean downsample, int groups, int baseWidth) {}

    /** A block's shortcut when sizes differ: 1x1 convolution and normalisation. */
    private static LayerSpec<Sequential> shortcut(BlockForm form, int out) {
        return Sequential.of(Conv2d.of(form.in, out, 1).stride(form.stride).noBias(), BatchNorm2d.of(out));
    }

    private abstract static class Block extends Layer {
        /** Starts the last normalisation at zero, so that the block begins as identity (arXiv 1706.02677). */
        abstract void zeroInit();

        /** {@code relu(residual + shortcut)}, on the residual's own memory where nobody looks. */
        final Tensor join(Tensor residual, Tensor shortcut, ReLU relu) {
            return relu.call(isObserved() ? residual.add(shortcut) : residual.addInPlace(shortcut));
        }
    }

    /** Two 3x3 convolutions. */
    private static final class BasicBlock extends Block {
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final ReLU relu;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final Sequential downsample;

        BasicBlock(BlockForm form) {
            if (form.groups != 1 || form.baseWidth != 64 || form.dilation > 1) {
                throw new IllegalArgumentException(
                        "basic residual blocks take only groups=1, width_per_group=64 and no dilation, got groups="
                                + form.groups + ", width_per_group=" + form.baseWidth + ", dilation=" + form.dilation
                                + "; use a network with bottlenecks (resnet50 and deeper)");
            }
            int planes = form.planes;
            conv1 = child(
                    "conv1",
                    Conv2d.of(form.in, planes, 3).stride(form.stride).padding(1).noBias());
            bn1 = child("bn1", BatchNorm2d.of(planes));
            relu = child("relu", ReLU.of().inPlace());
            conv2 = child("conv2", Conv2d.of(planes, planes, 3).padding(1).noBias());
            bn2 = child("bn2", BatchNorm2d.of(planes));
            downsample = form.downsample ? child("downsample", shortcut(form, planes)) : null;
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = chain(x, conv1, bn1, relu, conv2, bn2);
            return join(residual, downsample == null ? x : downsample.call(x), relu);
        }

        @Override
        void zeroInit() {
            Init.zeros(bn2.weight());
        }
    }

    /** 1x1, 3x3 and 1x1 convolutions, narrow in the middle. */
    private static final class Bottleneck extends Block {
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final Conv2d conv3;
        private final BatchNorm2d bn3;
        private final ReLU relu;
        private final Sequential downsample;

        Bottleneck(BlockForm form) {
            int perGroup = (int) (form.planes * (form.baseWidth / 64.0));
            int width = perGroup * form.groups;
            int out = form.planes * Kind.BOTTLENECK.expansion;
            conv1 = child("conv1", Conv2d.of(form.in, width, 1).noBias());
            bn1 = child("bn1", BatchNorm2d.of(width));
            conv2 = child(
                    "conv2",
                    Conv2d.of(width, width, 3)
                            .stride(form.stride)
                            .padding(form.dilation)
                            .dilation(form.dilation)
                            .groups(form.groups)
                            .noBias());
            bn2 = child("bn2", BatchNorm2d.of(width));
            conv3 = child("conv3", Conv2d.of(width, out, 1).noBias());
            bn3 = child("bn3", BatchNorm2d.of(out));
            relu = child("relu", ReLU.of().inPlace());
            downsample = form.downsample ? child("downsample", shortcut(form, out)) : null;
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = chain(x, conv1, bn1, relu, conv2, bn2, relu, conv3, bn3);
            return join(residual, downsample == null ? x : downsample.call(x), relu);
        }

        @Override
        void zeroInit() {
            Init.zeros(bn3.weight());
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final Kind kind;
    private final boolean smallStem;
    private final int[] strides = new int[4];
    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final ReLU relu;
    private final MaxPool2d maxpool;
    private final List<Sequential> layers = new ArrayList<>();
    private final AdaptiveAvgPool2d avgpool;
    private Linear fc;

    private ResNet(ModelOptions options) {
        super(options, 1);
        kind = options.text("block").equals("BasicBlock") ? Kind.BASIC : Kind.BOTTLENECK;
        smallStem = options.text("stem").equals("small");
        int in = options.inChannels();
        conv1 = child(
                "conv1",
                smallStem
                        ? Conv2d.of(in, 64, 3).padding(1).noBias()
                        : Conv2d.of(in, 64, 7).stride(2).padding(3).noBias());
        bn1 = child("bn1", BatchNorm2d.of(64));
        relu = child("relu", ReLU.of().inPlace());
        maxpool = smallStem ? null : child("maxpool", MaxPool2d.of(3).stride(2).padding(1));
        addLayers(options);
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        fc = child("fc", Linear.of(512 * kind.expansion, options.classes()));
        initialise(options.flag("zero_init_residual"));
    }

    private void addLayers(ModelOptions options) {
        var depths = options.integers("layers");
        var dilated = options.flags("replace_stride_with_dilation");
        if (depths.size() != 4 || dilated.size() != 3) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": 'layers' has four counts of blocks and 'replace_stride_with_dilation' three flags (layer2 to layer4), got "
                    + depths + " and " + dilated);
        }
        int in = 64;
        int dilation = 1;
        int stridesSoFar = smallStem ? 1 : 4;
        for (int stage = 0; stage < 4; stage++) {
            int planes = 64 << stage;
            int out = planes * kind.expansion;
            int stride = stage == 0 ? 1 : 2;
            int firstDilation = dilation;
            if (stage > 0 && dilated.get(stage - 1)) {
                dilation *= stride;
                stride = 1;
            }
            stridesSoFar *= stride;
            strides[stage] = stridesSoFar;
            var blocks = new ArrayList<LayerSpec<Block>>();
            for (int i = 0; i < depths.get(stage); i++) {
                boolean first = i == 0;
                var form = new BlockForm(
                        first ? in : out,
                        planes,
                        first ? stride : 1,
                        first ? firstDilation : dilation,
                        first && (stride != 1 || in != out),
                        options.integer("groups"),
                        options.integer("width_per_group"));
                blocks.add(() -> kind == Kind.BASIC ? new BasicBlock(form) : new Bottleneck(form));
            }
            layers.add(child("layer" + (stage + 1), Sequential.of(blocks)));
            in = out;
        }
    }

    private void initialise(boolean zeroInitResidual) {
        for (var module : modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
            } else if (module instanceof Block block && zeroInitResidual) {
                block.zeroInit();
            }
        }
    }

    private Tensor stem(Tensor image) {
        return smallStem ? chain(image, conv1, bn1, relu) : chain(image, conv1, bn1, relu, maxpool);
    }

    /** Maps of layer1 to layer4: {@code [N, 64 e, H/4, W/4]} to {@code [N, 512 e, H/32, W/32]}, e = 1 or 4. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = stem(image);
        for (var layer : layers) {
            x = layer.call(x);
            maps.add(x);
        }
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        var path = new ArrayList<Layer>(List.of(conv1, bn1, relu));
        if (maxpool != null) {
            path.add(maxpool); // [N, 64, H/4, W/4]
        }
        path.addAll(layers); // [N, 512 e, H/32, W/32]
        path.add(avgpool); // [N, 512 e, 1, 1]
        return chain(image, path).flatten(1, -1);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return fc.call(embedding(image));
    }

    @Override
    public List<Integer> featureChannels() {
        int e = kind.expansion;
        return List.of(64 * e, 128 * e, 256 * e, 512 * e);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(strides[0], strides[1], strides[2], strides[3]);
    }

    @Override
    public int embeddingSize() {
        return 512 * kind.expansion;
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
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("conv1", "bn1"));
        for (int i = 1; i <= 4; i++) {
            stages.put("layer" + i, List.of("layer" + i));
        }
        stages.put("head", List.of("fc"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.choice("block", List.of("BasicBlock", "Bottleneck"), "the kind of residual block"),
            Option.integers("layers", List.of(2, 2, 2, 2), 1, "blocks in layer1 to layer4"),
            Option.choice("stem", List.of("standard", "small"), "small: 3x3 at full size without pooling"),
            Option.flag("zero_init_residual", false, "whether blocks begin as identity"),
            Option.integer("groups", 1, 1, "groups of the 3x3 convolutions (ResNeXt)"),
            Option.integer("width_per_group", 64, 1, "channels per group where a block has 64 planes"),
            Option.flags(
                    "replace_stride_with_dilation",
                    List.of(false, false, false),
                    "whether layer2 to layer4 dilate instead of striding"));

    /** torchvision's variants: name, block, blocks per layer, groups, width per group, parameters. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("resnet18", "BasicBlock", List.of(2, 2, 2, 2), 1, 64, 11_689_512),
                variant("resnet34", "BasicBlock", List.of(3, 4, 6, 3), 1, 64, 21_797_672),
                variant("resnet50", "Bottleneck", List.of(3, 4, 6, 3), 1, 64, 25_557_032),
                variant("resnet101", "Bottleneck", List.of(3, 4, 23, 3), 1, 64, 44_549_160),
                variant("resnet152", "Bottleneck", List.of(3, 8, 36, 3), 1, 64, 60_192_808),
                variant("resnext50_32x4d", "Bottleneck", List.of(3, 4, 6, 3), 32, 4, 25_028_904),
                variant("resnext101_32x8d", "Bottleneck", List.of(3, 4, 23, 3), 32, 8, 88_791_336),
                variant("resnext101_64x4d", "Bottleneck", List.of(3, 4, 23, 3), 64, 4, 83_455_272),
                variant("wide_resnet50_2", "Bottleneck", List.of(3, 4, 6, 3), 1, 128, 68_883_240),
                variant("wide_resnet101_2", "Bottleneck", List.of(3, 4, 23, 3), 1, 128, 126_886_696),
                variant("resnet", "BasicBlock", List.of(2, 2, 2, 2), 1, 64, 11_689_512));
    }

    private static Architecture<Backbone> variant(
            String name, String block, List<Integer> layers, int groups, int widthPerGroup, long parameters) {
        String paper = name.startsWith("resnext")
                ? "Xie et al. 2016, arXiv 1611.05431"
                : name.startsWith("wide")
                        ? "Zagoruyko and Komodakis 2016, arXiv 1605.07146"
                        : "He et al. 2015, arXiv 1512.03385";
        return new Architecture<Backbone>(name, OPTIONS, parameters, 224, "torchvision 0.14.1", paper, ResNet::new)
                .variant(
                        name,
                        parameters,
                        Map.of("block", block, "layers", layers, "groups", groups, "width_per_group", widthPerGroup));
    }

    public static ResNet resnet18(int classes) {
        return (ResNet) Models.classify("resnet18", Map.of("classes", classes));
    }

    public static ResNet resnet50(int classes) {
        return (ResNet) Models.classify("resnet50", Map.of("classes", classes));
    }
}
