package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Layers one after another. Children are named {@code 0}, {@code 1}, … or as given.
 *
 * <p>Without gradients each stage's result is freed as soon as the next stage is done; activations overwrite the result of a
 * convolution, normalisation or fully connected layer before them.
 */
public final class Sequential extends Layer {
    private final List<Layer> stages = new ArrayList<>();

    private Sequential() {}

    /** Stages named by their place: {@code 0}, {@code 1}, …. */
    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public static LayerSpec<Sequential> of(LayerSpec<? extends Layer>... stages) {
        return of(List.of(stages));
    }

    /** Stages named by their place. */
    public static LayerSpec<Sequential> of(List<? extends LayerSpec<? extends Layer>> stages) {
        var copy = List.copyOf(stages);
        return () -> {
            var sequential = new Sequential();
            copy.forEach(stage -> sequential.add(stage));
            return sequential;
        };
    }

    /** Stages under names of their own, in the map's order. */
    public static LayerSpec<Sequential> named(Map<String, ? extends LayerSpec<? extends Layer>> stages) {
        var names = List.copyOf(stages.keySet());
        var specs = names.stream().map(stages::get).toList();
        return () -> {
            var sequential = new Sequential();
            for (int i = 0; i < names.size(); i++) {
                sequential.add(names.get(i), specs.get(i));
            }
            return sequential;
        };
    }

    /** A sequence without stages yet, for {@link #add}. */
    public static LayerSpec<Sequential> empty() {
        return Sequential::new;
    }

    /** Layers that exist already, named by their place; each leaves the module it belonged to. */
    public static Sequential ofExisting(List<? extends Layer> layers) {
        var sequential = new Sequential();
        for (var layer : layers) {
            var free = adopted(layer);
            sequential.stages.add(sequential.child(String.valueOf(sequential.stages.size()), free));
        }
        return sequential;
    }

    /** A sequence of the stages from {@code first} on, under the names they have here; they leave this sequence. */
    public Sequential slice(int first) {
        var rest = new Sequential();
        for (var layer : List.copyOf(stages.subList(first, stages.size()))) {
            String name = layer.path().substring(layer.path().lastIndexOf('.') + 1);
            rest.stages.add(rest.child(name, adopted(layer)));
        }
        stages.subList(first, stages.size()).clear();
        return rest;
    }

    /** Appends a stage, named by its place. */
    public Sequential add(LayerSpec<? extends Layer> stage) {
        return add(String.valueOf(stages.size()), stage);
    }

    /** Appends a stage under a name. */
    public Sequential add(String name, LayerSpec<? extends Layer> stage) {
        stages.add(child(name, stage));
        return this;
    }

    /** Puts another layer in the place of a stage, for example a new head; the old one is closed. */
    public void replace(String name, LayerSpec<? extends Layer> stage) {
        var old = children().get(name);
        var layer = replaceChild(name, stage.build());
        stages.set(stages.indexOf(old), layer);
    }

    /** The stages in order. */
    public List<Layer> stages() {
        return List.copyOf(stages);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return chain(x, stages);
    }
}
