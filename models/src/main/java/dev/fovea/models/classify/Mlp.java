package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The multilayer perceptron: every pixel connected with every unit (Rumelhart et al. 1986), with ReLU. For contrast with convolutional
 * networks, which need far fewer weights for the same picture. Pictures {@code [N, C, H, W]} of one size to logits {@code [N, classes]}.
 *
 * <p>Our own names: {@code layers.0}, {@code layers.1}, … and {@code head}. There are no maps, so {@link #features} gives none.
 */
public final class Mlp extends Backbone {
    private final ImageSize size;
    private final Sequential layers;
    private final int width;
    private Linear head;

    private Mlp(ModelOptions options) {
        super(options, 1);
        size = ImageSize.of(options);
        int in = Math.multiplyExact(Math.multiplyExact(options.inChannels(), size.height()), size.width());
        double dropout = options.probability("dropout");
        var specs = new ArrayList<LayerSpec<? extends Layer>>();
        for (int hidden : options.integers("hidden")) {
            specs.add(Linear.of(in, hidden));
            specs.add(ReLU.of());
            if (dropout > 0) {
                specs.add(Dropout.of(dropout));
            }
            in = hidden;
        }
        width = in;
        layers = child("layers", Sequential.of(specs));
        head = child("head", Linear.of(width, options.classes()));
    }

    @Override
    protected String expectation(Tensor image) {
        return size.expectation(image);
    }

    @Override
    protected List<Tensor> maps(Tensor image) {
        return List.of();
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return layers.call(image.flatten(1, -1));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return head.call(embedding(image));
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of();
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of();
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Linear head() {
        return head;
    }

    @Override
    protected void setHead(int newClasses) {
        head = replaceChild("head", Linear.of(width, newClasses).build());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        layers.children().forEach((key, layer) -> {
            if (!layer.states().isEmpty()) {
                stages.put("layer" + (stages.size() + 1), List.of("layers." + key));
            }
        });
        stages.put("head", List.of("head"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var options = Stream.concat(
                        Stream.of(
                                Option.classes(10),
                                Option.inChannels(1),
                                Option.integers("hidden", List.of(256, 128), 1, "units of each hidden layer"),
                                Option.number("dropout", 0, 0, "probability of dropping a hidden unit")),
                        ImageSize.options(28).stream())
                .toList();
        return List.of(new Architecture<Backbone>(
                "mlp", options, 235_146, 28, "Fovea", "Rumelhart et al. 1986, Nature 323", Mlp::new));
    }
}
