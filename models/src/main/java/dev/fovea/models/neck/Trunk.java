package dev.fovea.models.neck;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.BatchNorm;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * A classifier without its head, as part of a network for another task: a module to register, and the maps it gives.
 *
 * @param body holds the weights; the network that uses them registers it
 * @param maps pictures {@code [N, 3, H, W]} to maps, finest first
 * @param channels of each map
 * @param stages the parameters of each stage, from the picture on
 * @param origin the classifier
 */
public record Trunk(
        Module body, Maps maps, List<Integer> channels, List<List<Parameter>> stages, BackboneOrigin origin) {
    /** How a batch of pictures becomes maps. */
    @FunctionalInterface
    public interface Maps {
        List<Tensor> of(Tensor image);
    }

    public Trunk {
        channels = List.copyOf(channels);
        stages = List.copyOf(stages);
    }

    /** The classifier that the option {@code backbone} names, with options of its own if need be: {@code resnet18(stem=small)}. */
    public static Backbone classifier(ModelOptions options) {
        var classifier = Models.build(ModelSpec.parse(options.text("backbone")));
        if (classifier.inChannels() != 3) {
            classifier.close();
            throw new IllegalArgumentException(options.spec().name() + ": its pictures have 3 channels, but backbone="
                    + options.text("backbone") + " takes " + classifier.inChannels());
        }
        return classifier;
    }

    /** The maps of {@link Backbone#features} with the given strides, finest first. */
    public static Trunk atStrides(Backbone backbone, List<Integer> strides, UnaryOperator<Module> prepare) {
        var all = backbone.featureStrides();
        if (!all.containsAll(strides)) {
            throw new IllegalArgumentException(backbone.spec().name() + " has maps of strides " + all
                    + " to build on, needed are " + strides + "; choose another backbone");
        }
        return of(backbone, strides.stream().map(all::lastIndexOf).toList(), prepare);
    }

    /**
     * The maps of {@link Backbone#features} at the given places; a stage is a stage of the classifier.
     *
     * @param prepare changes the normalisation before stages are counted, see {@link #normalisation}
     */
    public static Trunk of(Backbone backbone, List<Integer> levels, UnaryOperator<Module> prepare) {
        var all = backbone.featureChannels();
        if (levels.isEmpty() || levels.stream().anyMatch(l -> l < 0 || l >= all.size())) {
            throw new IllegalArgumentException(backbone.spec().name() + " has maps 0 to " + (all.size() - 1)
                    + " to build on, asked for were " + levels);
        }
        var head = backbone.stages().get(backbone.stages().size() - 1);
        var origin = BackboneOrigin.of(backbone);
        var body = prepare.apply(backbone.trunk());
        var kept = List.copyOf(body.parameters().values());
        var stages = new ArrayList<List<Parameter>>();
        for (var stage : backbone.stages()) {
            var own =
                    stage.parameters().values().stream().filter(kept::contains).toList();
            if (!own.isEmpty() && !stage.name().equals(head.name())) {
                stages.add(own);
            }
        }
        return new Trunk(
                body,
                image -> {
                    var maps = backbone.features(image);
                    return levels.stream().map(maps::get).toList();
                },
                levels.stream().map(all::get).toList(),
                stages,
                origin);
    }

    /**
     * The maps after layers that shrink them, for networks that are one sequence: after the first layer, after every later one that
     * strides, and after the last one; of these the last {@code count}. A stage goes from one of these layers to the next.
     */
    public static Trunk ofStriding(Backbone backbone, int count, UnaryOperator<Module> prepare) {
        var origin = BackboneOrigin.of(backbone);
        if (!(prepare.apply(backbone.trunk()) instanceof Sequential sequence)) {
            throw new IllegalArgumentException(
                    backbone.spec().name() + " is not one sequence of layers; use the maps it gives as features");
        }
        var layers = sequence.stages();
        var starts = striding(sequence);
        if (count < 1 || count > starts.size()) {
            throw new IllegalArgumentException(
                    backbone.spec().name() + " has " + starts.size() + " maps to build on, asked for were " + count);
        }
        var taps = starts.subList(starts.size() - count, starts.size());
        var stages = new ArrayList<List<Parameter>>();
        for (int s = 0; s < starts.size(); s++) {
            int end = s == starts.size() - 1 ? layers.size() : starts.get(s + 1);
            stages.add(layers.subList(starts.get(s), end).stream()
                    .flatMap(layer -> layer.parameters().values().stream())
                    .toList());
        }
        return new Trunk(
                sequence,
                image -> through(sequence, taps, image),
                taps.stream().map(i -> channels(layers.get(i))).toList(),
                stages,
                origin);
    }

    /** The places of the first layer, of later ones that stride, and of the last. */
    public static List<Integer> striding(Sequential sequence) {
        var layers = sequence.stages();
        var places = new ArrayList<>(List.of(0));
        IntStream.range(1, layers.size() - 1)
                .filter(i -> layers.get(i).modules().values().stream()
                        .anyMatch(
                                m -> m instanceof Conv2d c && c.spec().window().strides()[0] > 1))
                .forEach(places::add);
        places.add(layers.size() - 1);
        return List.copyOf(places);
    }

    private static int channels(Module layer) {
        return layer.modules().values().stream()
                .filter(BatchNorm2d.class::isInstance)
                .map(m -> ((BatchNorm2d) m).spec().channels())
                .reduce((first, second) -> second)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'" + layer.path() + "' has no batch normalisation to tell its channels by"));
    }

    private static List<Tensor> through(Sequential sequence, List<Integer> taps, Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = image;
        var layers = sequence.stages();
        for (int i = 0; i < layers.size(); i++) {
            var before = x;
            x = layers.get(i).call(before);
            if (before != image && !maps.contains(before) && !Grad.isEnabled()) {
                Scope.discard(before);
            }
            if (taps.contains(i)) {
                maps.add(x);
            }
        }
        return maps;
    }

    /** Sets what is added to variances, and makes all batch normalisation constant where {@code frozen}. */
    public static UnaryOperator<Module> normalisation(boolean frozen, double eps, double momentum) {
        return body -> {
            body.modules().values().stream()
                    .filter(BatchNorm.class::isInstance)
                    .map(BatchNorm.class::cast)
                    .forEach(norm -> {
                        norm.retune(eps, momentum);
                        if (frozen) {
                            norm.makeConstant();
                        }
                    });
            return body;
        };
    }

    /** Leaves all stages but the last {@code trained} out of training. */
    public void train(int trained) {
        if (trained > stages.size()) {
            throw new IllegalArgumentException(
                    "there are " + stages.size() + " stages to train, asked for were " + trained);
        }
        stages.subList(0, stages.size() - trained).forEach(stage -> stage.forEach(Parameter::freeze));
    }
}
