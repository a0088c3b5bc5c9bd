package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * YOLOX, Ge et al. 2021, arXiv 2107.08430: one box for each cell at strides 8, 16 and 32, without anchors, from a head that keeps
 * classification apart from regression. Parameter names and outputs equal those of the publication's own code (Megvii-BaseDetection,
 * Apache-2.0).
 *
 * <p>Pictures {@code [N, 3, H, W]}, blue first, 0-255, H and W multiples of 32, to {@link CellOutput}.
 */
public final class Yolox extends Detector<CellOutput> {
    private static final List<Integer> STRIDES = List.of(8, 16, 32);
    private static final int COARSEST = 32;

    /** How likely an object is in any cell before training, for the biases of the last layers (arXiv 1708.02002). */
    private static final double PRIOR = 0.01;

    /** What letterboxes are filled with. */
    private static final int FILL = 114;

    /** Top-down and bottom-up paths over the backbone's maps (PAFPN, Liu et al. 2018, arXiv 1803.01534). */
    private static final class Pyramid extends Module {
        private final CspDarknet backbone;
        private final Layer lateralConv0;
        private final Layer c3p4;
        private final Layer reduceConv1;
        private final Layer c3p3;
        private final Layer buConv2;
        private final Layer c3n3;
        private final Layer buConv1;
        private final Layer c3n4;

        Pyramid(double depth, double width, boolean depthwise) {
            int blocks = (int) Math.rint(3 * depth);
            int c3 = (int) (256 * width);
            int c4 = (int) (512 * width);
            int c5 = (int) (1024 * width);
            backbone = child("backbone", new CspDarknet(depth, width, depthwise));
            lateralConv0 = child("lateral_conv0", ConvUnit.of(c5, c4, 1, 1));
            c3p4 = child("C3_p4", CspDarknet.CspLayer.of(2 * c4, c4, blocks, false, depthwise));
            reduceConv1 = child("reduce_conv1", ConvUnit.of(c4, c3, 1, 1));
            c3p3 = child("C3_p3", CspDarknet.CspLayer.of(2 * c3, c3, blocks, false, depthwise));
            buConv2 = child("bu_conv2", ConvUnit.of(c3, c3, 3, 2, depthwise));
            c3n3 = child("C3_n3", CspDarknet.CspLayer.of(2 * c3, c4, blocks, false, depthwise));
            buConv1 = child("bu_conv1", ConvUnit.of(c4, c4, 3, 2, depthwise));
            c3n4 = child("C3_n4", CspDarknet.CspLayer.of(2 * c4, c5, blocks, false, depthwise));
        }

        /** Maps of strides 8, 16 and 32. */
        List<Tensor> call(Tensor image) {
            return run(() -> {
                var maps = backbone.call(image);
                var top = lateralConv0.call(maps.get(2));
                var middle = c3p4.call(joined(doubled(top), maps.get(1)));
                var reduced = reduceConv1.call(middle);
                var p3 = c3p3.call(joined(doubled(reduced), maps.get(0)));
                var p4 = c3n3.call(joined(buConv2.call(p3), reduced));
                var p5 = c3n4.call(joined(buConv1.call(p4), top));
                return List.of(p3, p4, p5);
            });
        }

        private static Tensor doubled(Tensor x) {
            return x.interpolate(2.0, 2.0, Tensor.Interpolation.NEAREST, false);
        }

        private static Tensor joined(Tensor a, Tensor b) {
            return Tensor.cat(List.of(a, b), 1);
        }
    }

    /** For each map a stem, two units each for classes and for boxes, and last layers. */
    private static final class Head extends Module {
        private final int width;
        private final ModuleList<Sequential> classConvs;
        private final ModuleList<Sequential> boxConvs;
        private final ModuleList<Conv2d> boxes;
        private final ModuleList<Conv2d> objectness;
        private final ModuleList<Layer> stems;
        private ModuleList<Conv2d> classes;

        Head(double factor, boolean depthwise, int classCount) {
            width = (int) (256 * factor);
            IntFunction<LayerSpec<Sequential>> tower = i -> Sequential.of(
                    ConvUnit.of(width, width, 3, 1, depthwise), ConvUnit.of(width, width, 3, 1, depthwise));
            classConvs = child("cls_convs", perLevel(tower));
            boxConvs = child("reg_convs", perLevel(tower));
            classes = child("cls_preds", last(classCount));
            boxes = child("reg_preds", last(4));
            objectness = child("obj_preds", last(1));
            stems = child("stems", perLevel(i -> ConvUnit.of((int) ((256 << i) * factor), width, 1, 1)));
            startRare(classes);
            startRare(objectness);
        }

        private static <M extends Module> LayerSpec<ModuleList<M>> perLevel(IntFunction<LayerSpec<M>> layer) {
            var specs = new ArrayList<LayerSpec<M>>();
            for (int i = 0; i < STRIDES.size(); i++) {
                specs.add(layer.apply(i));
            }
            return ModuleList.of(specs);
        }

        private LayerSpec<ModuleList<Conv2d>> last(int out) {
            return perLevel(i -> Conv2d.of(width, out, 1));
        }

        private static void startRare(ModuleList<Conv2d> layers) {
            layers.forEach(layer -> Init.constant(layer.bias(), -Math.log((1 - PRIOR) / PRIOR)));
        }

        void setClasses(int count) {
            classes = replaceChild("cls_preds", last(count).build());
            startRare(classes);
        }

        CellOutput call(List<Tensor> maps) {
            return run(() -> {
                var levels = new ArrayList<CellOutput.Level>();
                for (int i = 0; i < maps.size(); i++) {
                    var x = stems.get(i).call(maps.get(i));
                    var forClasses = classConvs.get(i).call(x);
                    var forBoxes = boxConvs.get(i).call(x);
                    levels.add(new CellOutput.Level(
                            STRIDES.get(i),
                            boxes.get(i).call(forBoxes),
                            objectness.get(i).call(forBoxes),
                            classes.get(i).call(forClasses)));
                }
                return new CellOutput(levels);
            });
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final int imageSize;
    private final Pyramid backbone;
    private final Head head;

    private Yolox(ModelOptions options) {
        super(options);
        double width = options.number("width");
        if ((int) (width * 64) < 1) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": width=" + width + " leaves no channels; the smallest is 1/64");
        }
        boolean depthwise = options.flag("depthwise");
        imageSize = options.integer("image_size");
        backbone = child("backbone", new Pyramid(options.number("depth"), width, depthwise));
        head = child("head", new Head(width, depthwise, options.classes()));
    }

    @Override
    protected CellOutput forward(Pictures pictures) {
        var pixels = pictures.pixels();
        if (pixels.dim(2) % COARSEST != 0 || pixels.dim(3) % COARSEST != 0) {
            throw new IllegalArgumentException(spec().name() + ": expected height and width in multiples of " + COARSEST
                    + ", got " + pixels.shape() + "; pad pictures at the right and at the bottom");
        }
        return head.call(backbone.call(pixels));
    }

    @Override
    public Preparation preparation() {
        return new Preparation(
                new Preparation.TopLeft(Size.square(imageSize), FILL),
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                1,
                true,
                COARSEST);
    }

    @Override
    public Criterion<CellOutput> criterion() {
        return new YoloxCriterion(false);
    }

    @Override
    public Criterion<CellOutput> closingCriterion() {
        return new YoloxCriterion(true);
    }

    @Override
    public Decoder<CellOutput> decoder() {
        return new YoloxDecoder();
    }

    @Override
    public Selection selection() {
        return new Selection(0.01, 0.65, 10_000, 300);
    }

    @Override
    public Map<String, Tensor> named(CellOutput outputs, Pictures pictures) {
        return Map.of("decoded", outputs.decoded());
    }

    @Override
    protected void setHead(int newClasses) {
        head.setClasses(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(80),
            Option.number("depth", 1, 0, "factor on the number of blocks"),
            Option.number("width", 1, 0, "factor on the number of channels"),
            Option.flag("depthwise", false, "whether 3x3 convolutions are separable"),
            Option.integer("image_size", 640, COARSEST, "side in pixels of the square that pictures are fitted into"));

    /** The published variants: name, depth, width, parameters. */
    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                variant("yolox_nano", 0.33, 0.25, true, 416, 912_159),
                variant("yolox_tiny", 0.33, 0.375, false, 416, 5_055_855),
                variant("yolox_s", 0.33, 0.5, false, 640, 8_968_255),
                variant("yolox_m", 0.67, 0.75, false, 640, 25_326_495),
                variant("yolox_l", 1, 1, false, 640, 54_208_895));
    }

    private static Architecture<Detector<?>> variant(
            String name, double depth, double width, boolean depthwise, int side, long parameters) {
        var standards =
                Map.<String, Object>of("depth", depth, "width", width, "depthwise", depthwise, "image_size", side);
        return new Architecture<Detector<?>>(
                        name,
                        OPTIONS,
                        parameters,
                        side,
                        "Megvii-BaseDetection/YOLOX 0.3",
                        "Ge et al. 2021, arXiv 2107.08430",
                        Yolox::new)
                .variant(name, parameters, standards);
    }

    /** {@code yolox_tiny} for so many classes. */
    public static Yolox tiny(int classes) {
        return (Yolox) Models.detect("yolox_tiny", Map.of("classes", classes));
    }
}
