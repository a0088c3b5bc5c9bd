package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.Tanh;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * LeNet-5: "Gradient-Based Learning Applied to Document Recognition", LeCun et al. 1998, Proc. IEEE 86(11). Pictures {@code [N, 1, 32, 32]}
 * to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of csinva/gan-vae-pretrained-pytorch, which end in a log-softmax that is left out here. Differs from the paper, as
 * they do: ReLU and maximum pooling (options {@code activation=tanh} and {@code pooling=average} bring the old ones back), each map
 * of C3 sees all maps of S2, a plain fully connected output.
 */
public final class LeNet extends Backbone {
    private static final int MAPS = 120;
    private static final int WIDTH = 84;

    private final ImageSize size;
    private final Sequential convnet;
    private final Sequential fc;

    private LeNet(ModelOptions options) {
        super(options, 32);
        size = ImageSize.of(options);
        if (size.height() < 32 || size.width() < 32) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": pictures must have at least 32x32 pixels, got " + size.height() + "x" + size.width());
        }
        LayerSpec<? extends Layer> activation = options.text("activation").equals("relu") ? ReLU.of() : Tanh.of();
        LayerSpec<? extends Layer> pool = options.text("pooling").equals("max") ? MaxPool2d.of(2) : AvgPool2d.of(2);
        var stages = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        stages.put("c1", Conv2d.of(options.inChannels(), 6, 5)); // [N, 6, 28, 28]
        stages.put("relu1", activation);
        stages.put("s2", pool); // [N, 6, 14, 14]
        stages.put("c3", Conv2d.of(6, 16, 5)); // [N, 16, 10, 10]
        stages.put("relu3", activation);
        stages.put("s4", pool); // [N, 16, 5, 5]
        stages.put("c5", Conv2d.of(16, MAPS, 5)); // [N, 120, 1, 1]
        stages.put("relu5", activation);
        convnet = child("convnet", Sequential.named(stages));
        var layers = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        layers.put("f6", Linear.of(MAPS * after(size.height()) * after(size.width()), WIDTH));
        layers.put("relu6", activation);
        layers.put("f7", Linear.of(WIDTH, options.classes()));
        fc = child("fc", Sequential.named(layers));
    }

    /** The side of C5's maps for a picture's side. */
    private static int after(int side) {
        return ((side - 4) / 2 - 4) / 2 - 4;
    }

    @Override
    protected String expectation(Tensor image) {
        return size.expectation(image);
    }

    /** The maps of C5, {@code [N, 120, H/4 - 7, W/4 - 7]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        return List.of(convnet.call(image));
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(convnet.call(image).flatten(1, -1), fc.stages().subList(0, 2));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return fc.call(convnet.call(image).flatten(1, -1));
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(MAPS);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(4);
    }

    @Override
    public int embeddingSize() {
        return WIDTH;
    }

    @Override
    public Layer head() {
        return fc.stages().get(2);
    }

    @Override
    protected void setHead(int newClasses) {
        fc.replace("f7", Linear.of(WIDTH, newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("c1", List.of("convnet.c1"));
        stages.put("c3", List.of("convnet.c3"));
        stages.put("c5", List.of("convnet.c5"));
        stages.put("f6", List.of("fc.f6"));
        stages.put("head", List.of("fc.f7"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var options = Stream.concat(
                        Stream.of(
                                Option.classes(10),
                                Option.inChannels(1),
                                Option.choice("activation", List.of("relu", "tanh"), "tanh as in 1998"),
                                Option.choice("pooling", List.of("max", "average"), "average as in 1998")),
                        ImageSize.options(32).stream())
                .toList();
        return List.of(new Architecture<Backbone>(
                "lenet", options, 61_706, 32, "csinva/gan-vae-pretrained-pytorch", "LeCun et al. 1998", LeNet::new));
    }
}
