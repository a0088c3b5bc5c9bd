package dev.fovea.models.detect;

import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Fully connected layers with ReLU between them, as networks for sets make boxes with. */
final class Perceptron extends Layer {
    private final ModuleList<Linear> layers;

    private Perceptron(List<Integer> widths) {
        var specs = new ArrayList<LayerSpec<Linear>>();
        for (int i = 1; i < widths.size(); i++) {
            specs.add(Linear.of(widths.get(i - 1), widths.get(i)));
        }
        layers = child("layers", ModuleList.of(specs));
    }

    /** From the first width to the last. */
    static LayerSpec<Perceptron> of(Integer... widths) {
        return () -> new Perceptron(List.of(widths));
    }

    /** Three layers that give a box. */
    static LayerSpec<Perceptron> ofBoxes(int width) {
        return of(width, width, width, 4);
    }

    /** Starts so that it changes nothing about a reference box. */
    static Perceptron startingAtZero(Perceptron boxes) {
        var last = boxes.layers.get(boxes.layers.size() - 1);
        Init.zeros(last.weight());
        Init.zeros(last.bias());
        return boxes;
    }

    Linear last() {
        return layers.get(layers.size() - 1);
    }

    @Override
    protected Tensor forward(Tensor x) {
        var y = x;
        for (int i = 0; i < layers.size(); i++) {
            y = layers.get(i).call(y);
            y = i < layers.size() - 1 ? y.relu() : y;
        }
        return y;
    }

    /** Logits of {@code x} in 0-1, kept away from the ends by 1e-5. */
    static Tensor inverseSigmoid(Tensor x) {
        var inside = x.clamp(0, 1);
        return inside.clampMin(1e-5).div(inside.neg().add(1).clampMin(1e-5)).log();
    }
}
