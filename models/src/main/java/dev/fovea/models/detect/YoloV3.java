package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.AnchoredCells.Prior;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.LeakyReLU;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * YOLOv3: "YOLOv3: An Incremental Improvement", Redmon and Farhadi 2018, arXiv 1804.02767: at strides 8, 16 and 32 three priors for each
 * cell, coarse maps mixed into finer ones, classes independent of each other. The tiny form has a plain backbone and strides 16 and 32.
 *
 * <p>Pictures {@code [N, 3, H, W]}, H and W multiples of 32, to {@link AnchoredCells}. Names are our own; the backbone's are those of its
 * classifier, so that weights of a classifier fit it. Pictures are normalised as those of classifiers are, not only scaled as in the
 * paper, for the same reason.
 */
public final class YoloV3 extends Detector<AnchoredCells> {
    /** The size of pictures that the priors of the paper are for. */
    private static final double PRIORS_SIDE = 416;

    private static final int COARSEST = 32;

    /** How likely an object is at any prior before training. */
    private static final double PRIOR = 0.01;

    private static final double SLOPE = 0.1;
    private static final double EPS = 1e-5;
    private static final double MOMENTUM = 0.1;

    /** The middle grey of the paper's letterboxes. */
    private static final int FILL = 128;

    private static LayerSpec<Sequential> unit(int in, int out, int kernel) {
        return Sequential.of(
                Conv2d.of(in, out, kernel).padding(kernel / 2).noBias(), BatchNorm2d.of(out), LeakyReLU.of(SLOPE));
    }

    // --- backbones -------------------------------------------------------------------------------------------------

    /** Where maps come from: a classifier, or the plain convolutions of the tiny form. */
    private interface Maps {
        /** Finest first. */
        List<Tensor> of(Tensor image);
    }

    /** Convolutions of 16 to 1024 channels with poolings between, the last of which keeps the size: maps of strides 16 and 32. */
    private static final class Plain extends Module {
        private static final int FINER = 5;
        private final ModuleList<Sequential> units;

        Plain(double width) {
            var specs = new ArrayList<LayerSpec<Sequential>>();
            int in = 3;
            for (int out = 16; out <= 1024; out *= 2) {
                specs.add(unit(in, scaled(out, width), 3));
                in = scaled(out, width);
            }
            units = child("units", ModuleList.of(specs));
        }

        List<Integer> channels() {
            return List.of(out(units.get(FINER - 1)), out(units.get(units.size() - 1)));
        }

        private static int out(Sequential unit) {
            return ((Conv2d) unit.stages().get(0)).spec().out();
        }

        List<Tensor> call(Tensor image) {
            return run(() -> {
                var x = image;
                Tensor finer = null;
                for (int i = 0; i < units.size(); i++) {
                    x = units.get(i).call(x);
                    if (i == FINER - 1) {
                        finer = x;
                    }
                    if (i < FINER) {
                        x = halved(x);
                    } else if (i == FINER) {
                        // One column and row more at the far sides, so that a window of 2 keeps the size.
                        x = x.pad(Tensor.PadMode.REPLICATE, 0, 0, 1, 0, 1)
                                .maxPool2d(new long[] {2, 2}, new long[] {1, 1}, new long[2], new long[] {1, 1}, false);
                    }
                }
                return List.of(finer, x);
            });
        }

        private static Tensor halved(Tensor x) {
            return x.maxPool2d(new long[] {2, 2}, new long[] {2, 2}, new long[2], new long[] {1, 1}, false);
        }
    }

    private static int scaled(int channels, double width) {
        return Math.max(1, (int) Math.round(channels * width));
    }

    // --- neck and head ---------------------------------------------------------------------------------------------

    /** From the coarsest map to the finest: units that mix, predictions, and what goes on to the next finer map. */
    private static final class Head extends Module {
        private final List<Integer> narrow = new ArrayList<>();
        private final List<List<Prior>> priors;
        private final ModuleList<Sequential> mixing;
        private final ModuleList<Sequential> lateral;
        private final ModuleList<Sequential> last;
        private ModuleList<Conv2d> predictions;

        /** Takes the channels of the maps, finest first, the priors of each, and how many units mix each map. */
        Head(List<Integer> channels, List<List<Prior>> priors, List<Integer> units, double width, int classes) {
            this.priors = priors;
            int levels = channels.size();
            var mixes = new ArrayList<LayerSpec<Sequential>>();
            var laterals = new ArrayList<LayerSpec<Sequential>>();
            var lasts = new ArrayList<LayerSpec<Sequential>>();
            // Three levels have 128, 256 and 512 narrow channels, the tiny form's two 128 and 256.
            for (int i = 0; i < levels; i++) {
                narrow.add(scaled(128 << i, width));
            }
            for (int i = 0; i < levels; i++) {
                int in = channels.get(i) + (i < levels - 1 ? narrow.get(i) : 0);
                mixes.add(mixing(in, narrow.get(i), units.get(i)));
                lasts.add(unit(units.get(i) == 0 ? in : narrow.get(i), 2 * narrow.get(i), 3));
                if (i < levels - 1) {
                    laterals.add(unit(narrow.get(i + 1), narrow.get(i), 1));
                }
            }
            mixing = child("mixing", ModuleList.of(mixes));
            lateral = child("lateral", ModuleList.of(laterals));
            last = child("last", ModuleList.of(lasts));
            predictions = child("predictions", predictions(classes));
            startRare();
        }

        /** Narrow 1x1 and wide 3x3 units in turn. */
        private static LayerSpec<Sequential> mixing(int in, int narrow, int count) {
            var units = new ArrayList<LayerSpec<Sequential>>();
            for (int i = 0; i < count; i++) {
                boolean wide = i % 2 == 1;
                int from = i == 0 ? in : wide ? narrow : 2 * narrow;
                units.add(wide ? unit(from, 2 * narrow, 3) : unit(from, narrow, 1));
            }
            return Sequential.of(units);
        }

        private LayerSpec<ModuleList<Conv2d>> predictions(int classes) {
            var layers = new ArrayList<LayerSpec<Conv2d>>();
            for (int i = 0; i < priors.size(); i++) {
                layers.add(Conv2d.of(2 * narrow.get(i), priors.get(i).size() * (5 + classes), 1));
            }
            return ModuleList.of(layers);
        }

        /** Objectness and classes begin unlikely, so that the many empty cells do not drown the first steps. */
        private void startRare() {
            double logit = -Math.log((1 - PRIOR) / PRIOR);
            for (int i = 0; i < priors.size(); i++) {
                var conv = predictions.get(i);
                Init.normal(conv.weight(), 0, 0.01);
                Init.zeros(conv.bias());
                int each = (int) conv.bias().shape().numel() / priors.get(i).size();
                var values = new float[(int) conv.bias().shape().numel()];
                for (int k = 0; k < values.length; k++) {
                    values[k] = k % each < 4 ? 0 : (float) logit;
                }
                conv.bias().assign(Tensor.of(values, values.length));
            }
        }

        void setClasses(int classes) {
            predictions = replaceChild("predictions", predictions(classes).build());
            startRare();
        }

        AnchoredCells call(List<Tensor> maps, List<Integer> strides) {
            return run(() -> {
                var levels = new ArrayList<AnchoredCells.Level>();
                Tensor above = null;
                for (int i = maps.size() - 1; i >= 0; i--) {
                    var x = above == null ? maps.get(i) : Tensor.cat(List.of(enlarged(i, above), maps.get(i)), 1);
                    above = mixing.get(i).call(x);
                    var raw = predictions.get(i).call(last.get(i).call(above));
                    levels.add(0, new AnchoredCells.Level(strides.get(i), priors.get(i), raw));
                }
                return new AnchoredCells(levels);
            });
        }

        private Tensor enlarged(int level, Tensor above) {
            return lateral.get(level).call(above).interpolate(2.0, 2.0, Tensor.Interpolation.NEAREST, false);
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final ModelOptions options;
    private final List<Integer> strides;
    private final Maps backbone;
    private final BackboneOrigin origin;
    private final Head head;

    private YoloV3(ModelOptions options) {
        super(options);
        this.options = options;
        double width = options.number("width");
        List<Integer> channels;
        boolean tiny = options.text("backbone").equals(TINY);
        if (tiny) {
            strides = List.of(16, 32);
            var plain = child("backbone", new Plain(width));
            channels = plain.channels();
            backbone = plain::call;
            origin = null;
        } else {
            strides = List.of(8, 16, 32);
            var classifier = Trunk.classifier(options);
            var trunk = Trunk.atStrides(classifier, strides, Trunk.normalisation(false, EPS, MOMENTUM));
            child("backbone", trunk.body());
            channels = trunk.channels();
            backbone = trunk.maps()::of;
            origin = trunk.origin();
        }
        head = child(
                "head",
                new Head(channels, priors(), tiny ? List.of(0, 1) : List.of(5, 5, 5), width, options.classes()));
    }

    /** The priors of each map, finest first: smaller ones for finer maps, equally many for each. */
    private List<List<Prior>> priors() {
        double factor = options.integer("image_size") / PRIORS_SIDE;
        var all = new ArrayList<Prior>();
        for (var row : options.numberRows("anchors")) {
            if (row.size() != 2) {
                throw new IllegalArgumentException(
                        options.spec().name() + ": each of 'anchors' is [width, height], got " + row);
            }
            all.add(new Prior(row.get(0) * factor, row.get(1) * factor));
        }
        if (all.isEmpty() || all.size() % strides.size() != 0) {
            throw new IllegalArgumentException(options.spec().name() + ": 'anchors' are shared out to " + strides.size()
                    + " maps, so their count is a multiple of it, got " + all.size());
        }
        int each = all.size() / strides.size();
        var priors = new ArrayList<List<Prior>>();
        for (int i = 0; i < strides.size(); i++) {
            priors.add(List.copyOf(all.subList(i * each, (i + 1) * each)));
        }
        return priors;
    }

    @Override
    protected AnchoredCells forward(Pictures pictures) {
        var pixels = pictures.pixels();
        if (pixels.dim(2) % COARSEST != 0 || pixels.dim(3) % COARSEST != 0) {
            throw new IllegalArgumentException(spec().name() + ": expected height and width in multiples of " + COARSEST
                    + ", got " + pixels.shape() + "; pad pictures at the right and at the bottom");
        }
        return head.call(backbone.of(pixels), strides);
    }

    @Override
    public Preparation preparation() {
        return Preparing.topLeft(
                options, new Preparation.TopLeft(Size.square(options.integer("image_size")), FILL), COARSEST);
    }

    @Override
    public Criterion<AnchoredCells> criterion() {
        return new YoloV3Criterion(options.number("ignore_thresh"));
    }

    @Override
    public Decoder<AnchoredCells> decoder() {
        return new YoloV3Decoder();
    }

    @Override
    public Selection selection() {
        return Preparing.selection(options, "");
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.ofNullable(origin);
    }

    @Override
    protected void setHead(int newClasses) {
        head.setClasses(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** The word for the plain backbone of the tiny form. */
    private static final String TINY = "plain";

    /** Clusters of COCO's boxes, in pixels of a picture of 416. */
    private static final List<List<Double>> NINE = List.of(
            List.of(10.0, 13.0),
            List.of(16.0, 30.0),
            List.of(33.0, 23.0),
            List.of(30.0, 61.0),
            List.of(62.0, 45.0),
            List.of(59.0, 119.0),
            List.of(116.0, 90.0),
            List.of(156.0, 198.0),
            List.of(373.0, 326.0));

    private static final List<List<Double>> SIX = List.of(
            List.of(10.0, 14.0),
            List.of(23.0, 27.0),
            List.of(37.0, 58.0),
            List.of(81.0, 82.0),
            List.of(135.0, 169.0),
            List.of(344.0, 319.0));

    private static List<Option> options() {
        var options = new ArrayList<Option>();
        options.add(Option.classes(80));
        options.add(Option.text(
                "backbone", "darknet53", "the classifier it builds on; " + TINY + " for the tiny form's convolutions"));
        options.add(Option.number("width", 1, 0.01, "factor on the channels of all but a classifier"));
        options.add(Option.integer(
                "image_size", 416, COARSEST, "side in pixels of the square that pictures are fitted into"));
        options.addAll(Preparing.channelOptions());
        options.add(Option.numberRows(
                "anchors", NINE, 0.1, "widths and heights of priors for pictures of 416 pixels, from small to large"));
        options.addAll(Preparing.selectionOptions("", 0.005, 0.45, 3000, 100));
        options.add(
                Option.number("ignore_thresh", 0.5, 0, "boxes that overlap an object by more are not called empty"));
        return options;
    }

    public static List<Architecture<Detector<?>>> architectures() {
        var full = new Architecture<Detector<?>>(
                "yolov3",
                options(),
                61_949_149,
                416,
                "own names",
                "Redmon and Farhadi 2018, arXiv 1804.02767",
                YoloV3::new);
        return List.of(full, full.variant("yolov3_tiny", 8_852_366, Map.of("backbone", TINY, "anchors", SIX)));
    }

    /** {@code yolov3_tiny} for so many classes. */
    public static YoloV3 tiny(int classes) {
        return (YoloV3) Models.detect("yolov3_tiny", Map.of("classes", classes));
    }
}
