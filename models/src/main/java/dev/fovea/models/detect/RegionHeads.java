package dev.fovea.models.detect;

import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.nn.detect.PyramidRoiAlign;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The second stage of Faster R-CNN: regions pooled from the pyramid, their class and a better box for each class. */
final class RegionHeads extends Module implements RegionClassifier {
    private static final int CELLS = 7;
    private static final int SAMPLES = 2;
    private static final int WIDTH = 1024;
    private static final int CONVOLUTIONS = 4;

    /** What lies between pooling and the last layers. */
    enum Form {
        TWO_LAYERS,
        CONVOLUTIONS
    }

    /**
     * What is said about regions.
     *
     * @param classes logits {@code [R, 1 + C]}, the background first
     * @param boxes coded against the regions, for each column of {@code classes}: {@code [R, 4 (1 + C)]}
     */
    record Answer(Tensor classes, Tensor boxes) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(classes, boxes);
        }
    }

    /** Class and boxes from the shared vector. */
    static final class Predictor extends Module {
        private final Linear classes;
        private final Linear boxes;

        Predictor(int width, int count) {
            classes = child("cls_score", Linear.of(width, 1 + count));
            boxes = child("bbox_pred", Linear.of(width, 4 * (1 + count)));
        }

        Answer call(Tensor shared) {
            return run(() -> new Answer(classes.call(shared), boxes.call(shared)));
        }
    }

    private final PyramidRoiAlign pooling = PyramidRoiAlign.of(CELLS, CELLS, SAMPLES);
    private final Layer boxHead;
    private Predictor predictor;

    RegionHeads(int channels, int classes, Form form) {
        boxHead = child("box_head", form == Form.TWO_LAYERS ? twoLayers(channels) : convolutions(channels));
        for (var module : boxHead.modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
            }
        }
        predictor = child("box_predictor", new Predictor(WIDTH, classes));
    }

    private static LayerSpec<Sequential> twoLayers(int channels) {
        Map<String, LayerSpec<? extends Layer>> layers = new LinkedHashMap<>();
        layers.put("flatten", Flatten.of());
        layers.put("fc6", Linear.of(channels * CELLS * CELLS, WIDTH));
        layers.put("relu6", ReLU.of());
        layers.put("fc7", Linear.of(WIDTH, WIDTH));
        layers.put("relu7", ReLU.of());
        return Sequential.named(layers);
    }

    private static LayerSpec<Sequential> convolutions(int channels) {
        var layers = new ArrayList<LayerSpec<? extends Layer>>();
        for (int i = 0; i < CONVOLUTIONS; i++) {
            layers.add(Sequential.of(
                    Conv2d.of(channels, channels, 3).padding(1).noBias(), BatchNorm2d.of(channels), ReLU.of()));
        }
        layers.addAll(List.of(Flatten.of(), Linear.of(channels * CELLS * CELLS, WIDTH), ReLU.of()));
        return Sequential.of(layers);
    }

    void setClasses(int classes) {
        predictor = replaceChild("box_predictor", new Predictor(WIDTH, classes));
    }

    /** Regions {@code [R_i, 4]} of each picture from the pyramid (all but its coarsest map): {@code [R, 256, 7, 7]}. */
    Tensor pool(List<Tensor> maps, List<Tensor> regions, Pictures pictures) {
        int height = pictures.sizes().stream().mapToInt(Size::height).max().orElseThrow();
        return pooling.pool(maps.subList(0, maps.size() - 1), regions, height);
    }

    /** {@code [R, 256, 7, 7]} to {@code [R, 1024]}. */
    Tensor shared(Tensor pooled) {
        return boxHead.call(pooled);
    }

    Answer answer(Tensor shared) {
        return predictor.call(shared);
    }

    /** All of the second stage for equally many regions {@code [N, R, 4]} of each picture. */
    Answer callAll(List<Tensor> maps, Tensor regions, Size frame) {
        return run(() -> answer(shared(pooling.poolAll(maps.subList(0, maps.size() - 1), regions, frame.height()))));
    }

    @Override
    public Answer call(List<Tensor> maps, List<Tensor> regions, Pictures pictures) {
        return run(() -> answer(shared(pool(maps, regions, pictures))));
    }
}
