package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.RegionHeads.Answer;
import dev.fovea.models.detect.RegionHeads.Predictor;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.RoiPool;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;

/**
 * Fast R-CNN: "Fast R-CNN", Girshick 2015, arXiv 1504.08083: one map of the whole picture, of which each region from
 * {@linkplain dev.fovea.vision.SelectiveSearch selective search} pools its part for two fully connected layers, its class and a better box.
 * Pictures {@code [N, 3, H, W]} to {@link SearchedOutput}; names are our own.
 *
 * <p>Background regions are all below the threshold, also those that touch no object.
 */
public final class FastRcnn extends SearchedDetector {
    private static final int STRIDE = 16;
    private static final int CELLS = 7;

    /** Regions pooled by their largest values, two layers and the last ones. */
    private static final class Heads extends Module implements RegionClassifier {
        private final RoiPool pooling = new RoiPool(CELLS, CELLS, 1.0 / STRIDE);
        private final int width;
        private final Sequential layers;
        private Predictor predictor;

        Heads(int channels, int width, double dropout, int classes) {
            this.width = width;
            layers = child(
                    "layers",
                    Sequential.of(
                            Flatten.of(),
                            Linear.of(channels * CELLS * CELLS, width),
                            ReLU.of(),
                            Dropout.of(dropout),
                            Linear.of(width, width),
                            ReLU.of(),
                            Dropout.of(dropout)));
            predictor = child("predictor", new Predictor(width, classes));
        }

        void setClasses(int classes) {
            predictor = replaceChild("predictor", new Predictor(width, classes));
        }

        @Override
        public Answer call(List<Tensor> maps, List<Tensor> regions, Pictures pictures) {
            return run(() -> {
                var pooled = pooling.pool(maps.get(0), Tensor.cat(regions, 0), owners(regions));
                return predictor.call(layers.call(pooled));
            });
        }
    }

    /** The picture of each region. */
    static long[] owners(List<Tensor> regions) {
        var owners = new long[regions.stream().mapToInt(r -> (int) r.dim(0)).sum()];
        int at = 0;
        for (int i = 0; i < regions.size(); i++) {
            for (long k = 0; k < regions.get(i).dim(0); k++) {
                owners[at++] = i;
            }
        }
        return owners;
    }

    /** Coarser maps mixed into the finest, as a feature pyramid does it (Lin et al. 2017, arXiv 1612.03144). */
    private static final class Mixing extends Module {
        private final ModuleList<Conv2d> lateral;

        Mixing(List<Integer> channels, int out) {
            lateral = child(
                    "lateral",
                    ModuleList.of(
                            channels.stream().map(in -> Conv2d.of(in, out, 1)).toList()));
        }

        Tensor call(List<Tensor> maps) {
            return run(() -> {
                Tensor mixed = null;
                for (int i = maps.size() - 1; i >= 0; i--) {
                    var own = lateral.get(i).call(maps.get(i));
                    mixed = mixed == null
                            ? own
                            : own.add(mixed.interpolate(
                                    own.dim(2), own.dim(3), Tensor.Interpolation.NEAREST, false, false));
                }
                return mixed;
            });
        }
    }

    private final Trunk trunk;
    private final Mixing mixing;
    private final Heads heads;

    private FastRcnn(ModelOptions options) {
        super(options);
        trunk = Trunk.atStrides(
                Trunk.classifier(options),
                options.flag("mixed") ? List.of(STRIDE, 2 * STRIDE) : List.of(STRIDE),
                Trunk.normalisation(false, 1e-5, 0.1));
        child("backbone", trunk.body());
        int width = options.flag("mixed")
                ? options.integer("neck_channels")
                : trunk.channels().get(0);
        mixing = options.flag("mixed") ? child("mixing", new Mixing(trunk.channels(), width)) : null;
        heads = child(
                "heads",
                new Heads(width, options.integer("hidden"), options.probability("dropout"), options.classes()));
    }

    @Override
    List<Tensor> maps(Tensor pixels) {
        var maps = trunk.maps().of(pixels);
        return mixing == null ? maps : List.of(mixing.call(maps));
    }

    @Override
    RegionClassifier heads() {
        return heads;
    }

    @Override
    BackboneOrigin origin() {
        return trunk.origin();
    }

    @Override
    protected void setHead(int newClasses) {
        heads.setClasses(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** The published one, and one that learns in minutes. */
    public static List<Architecture<Detector<?>>> architectures() {
        var own = List.of(
                Option.integer("hidden", 4096, 1, "units of the two layers before the last"),
                Option.number("dropout", 0.5, 0, "probability of dropping one of these units"),
                Option.flag("mixed", false, "whether the map of stride 32 is mixed into that of stride 16"),
                Option.integer("neck_channels", 128, 1, "channels of the mixed map"));
        return List.of(
                new Architecture<>(
                        "fastrcnn_vgg16",
                        options("vgg16", own),
                        134_690_729,
                        600,
                        "own names",
                        "Girshick 2015, arXiv 1504.08083",
                        FastRcnn::new),
                new Architecture<Detector<?>>(
                                "fastrcnn_resnet18",
                                options("resnet18", own),
                                14_803_369,
                                224,
                                "own names",
                                "Girshick 2015, arXiv 1504.08083",
                                FastRcnn::new)
                        .variant(
                                "fastrcnn_resnet18",
                                14_803_369,
                                Map.of(
                                        "mixed",
                                        true,
                                        "hidden",
                                        512,
                                        "dropout",
                                        0.0,
                                        "min_size",
                                        224,
                                        "max_size",
                                        448)));
    }

    /** {@code fastrcnn_resnet18} for so many classes. */
    public static FastRcnn onResNet18(int classes) {
        return (FastRcnn) Models.detect("fastrcnn_resnet18", Map.of("classes", classes));
    }
}
