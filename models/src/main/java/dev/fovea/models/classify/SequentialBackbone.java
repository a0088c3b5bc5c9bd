package dev.fovea.models.classify;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A network whose convolutional part is one sequence named {@code features}, as most of torchvision's are. */
abstract class SequentialBackbone extends Backbone {
    /** Coarser than this is what other tasks read. */
    private static final int FINEST_STRIDE = 4;

    /** A stage of {@code features}, the channels it gives and by how much it shrinks the map. */
    record Step(LayerSpec<? extends Layer> layer, int channels, int stride) {}

    /** A place in {@code features} where a scale ends. */
    private record Tap(int end, int channels, int stride) {}

    private final List<Tap> taps = new ArrayList<>();
    private List<String> names = List.of();
    private Sequential features;
    private int stemSteps;

    SequentialBackbone(ModelOptions options, int leastSide) {
        super(options, leastSide);
    }

    /** Builds {@code features} of stages named by their place; to be called once, where the reference registers it. */
    final Sequential addFeatures(List<Step> steps) {
        return addFeatures("features", 1, steps);
    }

    /** The same under another name; its first {@code stem} steps are the stem. */
    final Sequential addFeatures(String name, int stem, List<Step> steps) {
        var named = new LinkedHashMap<String, Step>();
        steps.forEach(step -> named.put(String.valueOf(named.size()), step));
        return addFeatures(name, stem, named);
    }

    /** Builds {@code features} of stages under their own names, in the map's order. */
    final Sequential addFeatures(Map<String, Step> named) {
        return addFeatures("features", 1, named);
    }

    private Sequential addFeatures(String name, int stem, Map<String, Step> named) {
        stemSteps = stem;
        names = List.copyOf(named.keySet());
        var steps = List.copyOf(named.values());
        var layers = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        named.forEach((key, step) -> layers.put(key, step.layer()));
        features = child(name, Sequential.named(layers));
        int stride = 1;
        for (int i = 0; i < steps.size(); i++) {
            stride *= steps.get(i).stride();
            boolean last = i == steps.size() - 1;
            if (last || (steps.get(i + 1).stride() > 1 && stride >= FINEST_STRIDE)) {
                taps.add(new Tap(i + 1, steps.get(i).channels(), stride));
            }
        }
        return features;
    }

    final Sequential features() {
        return features;
    }

    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = image;
        int from = 0;
        for (var tap : taps) {
            x = chain(x, features.stages().subList(from, tap.end));
            maps.add(x);
            from = tap.end;
        }
        return maps;
    }

    @Override
    public final Sequential trunk() {
        return detach(features);
    }

    @Override
    public final List<Integer> featureChannels() {
        return taps.stream().map(Tap::channels).toList();
    }

    @Override
    public final List<Integer> featureStrides() {
        return taps.stream().map(Tap::stride).toList();
    }

    /** The first steps as {@code stem}, then one stage per scale. */
    final Map<String, List<String>> featureStages() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", paths(0, stemSteps));
        int from = stemSteps;
        for (int i = 0; i < taps.size(); i++) {
            stages.put("stage" + (i + 1), paths(from, taps.get(i).end));
            from = taps.get(i).end;
        }
        return stages;
    }

    private List<String> paths(int from, int end) {
        return IntStream.range(from, end)
                .mapToObj(i -> features.path() + "." + names.get(i))
                .toList();
    }

    /** The stages of a sequence but the last. */
    static List<Layer> butLast(Sequential sequence) {
        return sequence.stages().subList(0, sequence.stages().size() - 1);
    }

    /** The nearest multiple of {@code divisor}, at least {@code divisor} and not more than a tenth below {@code value}. */
    static int roundChannels(double value, int divisor) {
        int nearest = (int) (value + divisor / 2.0);
        int rounded = Math.max(divisor, nearest / divisor * divisor);
        return rounded < 0.9 * value ? rounded + divisor : rounded;
    }
}
