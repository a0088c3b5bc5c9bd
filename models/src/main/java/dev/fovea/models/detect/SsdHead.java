package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** SSD's last layers: one for each map, for classes ({@code classification_head}) and for boxes ({@code regression_head}). */
final class SsdHead extends Module {
    /** A layer for a map of so many channels that gives so many. */
    interface Form {
        LayerSpec<? extends Layer> of(int in, int out);
    }

    /** Layers under {@code module_list} whose channels become rows of {@code columns}, one for each default box. */
    private static final class Scoring extends Module {
        private final ModuleList<Layer> layers;
        private final int columns;

        Scoring(List<LayerSpec<? extends Layer>> layers, int columns) {
            this.layers = child("module_list", ModuleList.<Layer>of(layers));
            this.columns = columns;
        }

        Tensor call(List<Tensor> maps) {
            return run(() -> {
                var rows = new ArrayList<Tensor>();
                for (int i = 0; i < maps.size(); i++) {
                    rows.add(DenseHead.rows(layers.get(i).call(maps.get(i)), columns));
                }
                return Tensor.cat(rows, 1);
            });
        }
    }

    private final List<Integer> channels;
    private final List<Integer> perCell;
    private final Form form;
    private final Consumer<Module> init;
    private final Scoring regression;
    private Scoring classification;

    /**
     * @param channels of each map
     * @param perCell default boxes at each cell of each map
     * @param init draws the first weights
     */
    SsdHead(List<Integer> channels, List<Integer> perCell, int classes, Form form, Consumer<Module> init) {
        this.channels = channels;
        this.perCell = perCell;
        this.form = form;
        this.init = init;
        classification = child("classification_head", scoring(1 + classes));
        regression = child("regression_head", scoring(4));
    }

    private Scoring scoring(int columns) {
        var layers = new ArrayList<LayerSpec<? extends Layer>>();
        for (int i = 0; i < channels.size(); i++) {
            layers.add(form.of(channels.get(i), perCell.get(i) * columns));
        }
        var scoring = new Scoring(layers, columns);
        init.accept(scoring);
        return scoring;
    }

    void setClasses(int classes) {
        classification = replaceChild("classification_head", scoring(1 + classes));
    }

    /** Logits {@code [N, A, 1 + C]}. */
    Tensor classes(List<Tensor> maps) {
        return classification.call(maps);
    }

    /** Coded boxes {@code [N, A, 4]}. */
    Tensor boxes(List<Tensor> maps) {
        return regression.call(maps);
    }
}
