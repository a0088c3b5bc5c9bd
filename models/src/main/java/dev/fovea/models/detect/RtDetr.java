package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.List;
import java.util.Map;

/**
 * RT-DETR, Zhao et al. 2023, arXiv 2304.08069, and its second version, Lv et al. 2024, arXiv 2407.17140: a transformer that predicts a set
 * of objects in real time, without anchors and suppression. Parameter names and outputs equal those of the publication's own code
 * (lyuwenyu/RT-DETR, Apache-2.0).
 *
 * <p>Pictures {@code [N, 3, H, W]}, 0-1, H and W multiples of 32, which fill the batch, to {@link SetOutput}.
 */
public final class RtDetr extends Detector<SetOutput> {
    private static final int COARSEST = 32;

    private final int imageSize;
    private final VdResNet backbone;
    private final RtDetrDecoder decoder;
    private final HybridEncoder encoder;

    private RtDetr(ModelOptions options) {
        super(options);
        imageSize = options.integer("image_size");
        boolean second = options.integer("version") == 2;
        int width = options.integer("hidden_dim");
        int heads = options.integer("nhead");
        int hidden = options.integer("ffn");
        var points = options.integers("num_points");
        if (points.size() != 3) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": 'num_points' has one number for each of 3 maps, got " + points);
        }
        backbone = child("backbone", new VdResNet(options.integer("depth")));
        var form = new RtDetrDecoder.Form(
                width,
                heads,
                hidden,
                options.integer("layers"),
                options.integer("num_queries"),
                options.integer("num_denoising"),
                points,
                options.text("cross_attn_method").equals("discrete"),
                second);
        decoder = child("decoder", new RtDetrDecoder(form, List.of(width, width, width), options.classes()));
        encoder = child(
                "encoder",
                new HybridEncoder(backbone.channels(), width, heads, hidden, options.number("expansion"), second));
    }

    @Override
    protected SetOutput forward(Pictures pictures) {
        var pixels = pictures.pixels();
        if (pixels.dim(2) % COARSEST != 0 || pixels.dim(3) % COARSEST != 0) {
            throw new IllegalArgumentException(spec().name() + ": expected height and width in multiples of " + COARSEST
                    + ", got " + pixels.shape() + "; stretch or pad pictures");
        }
        return decoder.call(encoder.call(backbone.call(pixels)));
    }

    @Override
    public Preparation preparation() {
        return new Preparation(
                new Preparation.Stretched(Size.square(imageSize)),
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0),
                1 / 255.0,
                false,
                COARSEST);
    }

    @Override
    public Criterion<SetOutput> criterion() {
        return new SetCriterion(SetCriterion.Kind.VARIFOCAL, true);
    }

    @Override
    public Decoder<SetOutput> decoder() {
        return new SetDecoder(false, true);
    }

    @Override
    public Selection selection() {
        return new Selection(0, 1, 300, 300);
    }

    @Override
    public Map<String, Tensor> named(SetOutput outputs, Pictures pictures) {
        return outputs.named();
    }

    @Override
    protected void setHead(int newClasses) {
        decoder.setClasses(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(80),
            Option.integer("version", 1, 1, "2: offsets are divided by a table, other names"),
            Option.integer("depth", 18, 18, "layers of the backbone: 18, 34, 50 or 101"),
            Option.integer("hidden_dim", 256, 4, "length of the vectors in encoder and decoder"),
            Option.integer("nhead", 8, 1, "heads of attention"),
            Option.integer("ffn", 1024, 1, "values between fully connected layers"),
            Option.number("expansion", 0.5, 0, "width of the encoder's blocks, as a part of hidden_dim"),
            Option.integer("num_queries", 300, 1, "how many objects are looked for"),
            Option.integer("layers", 3, 1, "layers of the decoder"),
            Option.integer("num_denoising", 100, 0, "objects with errors that are repaired in training, 0 for none"),
            Option.integers("num_points", List.of(4, 4, 4), 1, "places of each map that a head looks at"),
            Option.choice("cross_attn_method", List.of("default", "discrete"), "discrete: no interpolation"),
            Option.integer("image_size", 640, COARSEST, "side in pixels of the square that pictures are stretched to"));

    /** The published variants: name, version, depth, expansion, layers, parameters. */
    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                variant("rtdetr_r18vd", 1, 18, 0.5, 3, 20_184_464),
                variant("rtdetr_r34vd", 1, 34, 0.5, 4, 31_441_668),
                variant("rtdetr_r50vd", 1, 50, 1, 6, 42_944_620),
                variant("rtdetrv2_r18vd", 2, 18, 0.5, 3, 20_184_464),
                variant("rtdetrv2_r34vd", 2, 34, 0.5, 4, 31_441_668),
                variant("rtdetrv2_r50vd", 2, 50, 1, 6, 42_944_620));
    }

    private static Architecture<Detector<?>> variant(
            String name, int version, int depth, double expansion, int layers, long parameters) {
        var standards =
                Map.<String, Object>of("version", version, "depth", depth, "expansion", expansion, "layers", layers);
        return new Architecture<Detector<?>>(
                        name,
                        OPTIONS,
                        parameters,
                        640,
                        "lyuwenyu/RT-DETR",
                        version == 1 ? "Zhao et al. 2023, arXiv 2304.08069" : "Lv et al. 2024, arXiv 2407.17140",
                        RtDetr::new)
                .variant(name, parameters, standards);
    }

    /** {@code rtdetr_r18vd} for so many classes. */
    public static RtDetr r18(int classes) {
        return (RtDetr) Models.detect("rtdetr_r18vd", Map.of("classes", classes));
    }
}
