package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.RegionHeads.Answer;
import dev.fovea.models.detect.RegionHeads.Predictor;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * R-CNN: "Rich Feature Hierarchies for Accurate Object Detection and Semantic Segmentation", Girshick et al. 2013, arXiv 1311.2524: each
 * region from {@linkplain dev.fovea.vision.SelectiveSearch selective search} is cut out with some of its surroundings, warped to a square
 * and classified by a network of its own. Pictures {@code [N, 3, H, W]} to {@link SearchedOutput}; names are our own.
 *
 * <p>Differs from the paper in how it is trained: classes and boxes are learned together with the network, by cross-entropy and smooth
 * L1, instead of by support vector machines and ridge regression on stored features afterwards.
 */
public final class RegionCnn extends SearchedDetector {
    /** Regions that go through the network at once where no gradients are kept. */
    private static final int AT_ONCE = 64;

    /** Cuts regions out, and classifies them. */
    private static final class Heads extends Module implements RegionClassifier {
        private final int side;
        private final int context;
        private final Backbone classifier;
        private Predictor predictor;

        /** Takes the side of warped regions and how many of its pixels at each border show the surroundings. */
        Heads(Backbone classifier, int side, int context, int classes) {
            this.classifier = child("body", classifier);
            this.side = side;
            this.context = context;
            predictor = child("predictor", new Predictor(classifier.embeddingSize(), classes));
        }

        void setClasses(int classes) {
            predictor = replaceChild("predictor", new Predictor(classifier.embeddingSize(), classes));
        }

        @Override
        public Answer call(List<Tensor> maps, List<Tensor> regions, Pictures pictures) {
            return run(() -> {
                var owners = FastRcnn.owners(regions);
                var boxes = Tensor.cat(regions, 0).toFloatArray();
                int step = Grad.isEnabled() ? Math.max(1, owners.length) : AT_ONCE;
                var classes = new ArrayList<Tensor>();
                var coded = new ArrayList<Tensor>();
                for (int from = 0; from < Math.max(1, owners.length); from += step) {
                    var part = part(maps.get(0), boxes, owners, from, Math.min(owners.length, from + step));
                    classes.add(part.classes());
                    coded.add(part.boxes());
                }
                return new Answer(Tensor.cat(classes, 0), Tensor.cat(coded, 0));
            });
        }

        private Answer part(Tensor pixels, float[] boxes, long[] owners, int from, int end) {
            return run(() -> {
                if (from == end) {
                    return predictor.call(Tensor.zeros(pixels.dtype(), pixels.device(), 0, classifier.embeddingSize()));
                }
                var warped = new ArrayList<Tensor>();
                for (int r = from; r < end; r++) {
                    warped.add(warped(pixels.narrow(0, owners[r], 1), boxes, 4 * r));
                }
                return predictor.call(classifier.embed(Tensor.cat(warped, 0)));
            });
        }

        /** A region and its surroundings as a square; what lies outside the picture is zero, the mean colour. */
        private Tensor warped(Tensor picture, float[] boxes, int at) {
            try (var scope = Scope.open();
                    var mode = Grad.off()) {
                int height = (int) picture.dim(2);
                int width = (int) picture.dim(3);
                double x = wider(boxes[at], boxes[at + 2]);
                double y = wider(boxes[at + 1], boxes[at + 3]);
                int left = (int) Math.floor(boxes[at] - x);
                int top = (int) Math.floor(boxes[at + 1] - y);
                int right = Math.max(left + 1, (int) Math.ceil(boxes[at + 2] + x));
                int bottom = Math.max(top + 1, (int) Math.ceil(boxes[at + 3] + y));
                int firstRow = Math.min(Math.max(0, top), height - 1);
                int firstColumn = Math.min(Math.max(0, left), width - 1);
                var inside = picture.narrow(2, firstRow, Math.max(1, Math.min(height, bottom) - firstRow))
                        .narrow(3, firstColumn, Math.max(1, Math.min(width, right) - firstColumn));
                var whole = inside.pad(
                        Tensor.PadMode.CONSTANT,
                        0,
                        Math.max(0, -left),
                        Math.max(0, right - width),
                        Math.max(0, -top),
                        Math.max(0, bottom - height));
                return scope.keep(whole.interpolate(side, side, Tensor.Interpolation.BILINEAR, false, true));
            }
        }

        /** How much of the surroundings is seen on each side of a length. */
        private double wider(float from, float to) {
            return (double) (to - from) * context / (side - 2 * context);
        }
    }

    private final BackboneOrigin origin;
    private final Heads heads;

    private RegionCnn(ModelOptions options) {
        super(options);
        int side = options.integer("warped_size");
        int context = options.integer("context");
        if (2 * context >= side) {
            throw new IllegalArgumentException(options.spec().name() + ": 'context' of " + context
                    + " pixels on both sides leaves nothing of 'warped_size' " + side);
        }
        var classifier = Trunk.classifier(options);
        origin = BackboneOrigin.of(classifier);
        heads = child("heads", new Heads(classifier.withoutHead(), side, context, options.classes()));
    }

    /** The pictures themselves. */
    @Override
    List<Tensor> maps(Tensor pixels) {
        return List.of(pixels);
    }

    @Override
    RegionClassifier heads() {
        return heads;
    }

    @Override
    BackboneOrigin origin() {
        return origin;
    }

    @Override
    protected void setHead(int newClasses) {
        heads.setClasses(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** The published one, and one that learns in minutes. */
    public static List<Architecture<Detector<?>>> architectures() {
        var own = List.of(
                Option.integer("warped_size", 227, 16, "side in pixels of the squares that regions are warped to"),
                Option.integer("context", 16, 0, "how many of their pixels at each border show the surroundings"));
        return List.of(
                new Architecture<>(
                        "rcnn_alexnet",
                        options("alexnet", own),
                        57_434_025,
                        600,
                        "own names",
                        "Girshick et al. 2013, arXiv 1311.2524",
                        RegionCnn::new),
                new Architecture<Detector<?>>(
                                "rcnn_resnet18",
                                options("resnet18", own),
                                11_230_377,
                                224,
                                "own names",
                                "Girshick et al. 2013, arXiv 1311.2524",
                                RegionCnn::new)
                        .variant(
                                "rcnn_resnet18",
                                11_230_377,
                                Map.of(
                                        "warped_size",
                                        64,
                                        "context",
                                        5,
                                        "min_size",
                                        224,
                                        "max_size",
                                        448,
                                        "box_batch_size_per_image",
                                        16)));
    }

    /** {@code rcnn_resnet18} for so many classes. */
    public static RegionCnn onResNet18(int classes) {
        return (RegionCnn) Models.detect("rcnn_resnet18", Map.of("classes", classes));
    }
}
