package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.DeformableTransformer.Queries;
import dev.fovea.models.detect.MaskedBackbone.Masked;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Embedding;
import dev.fovea.nn.layer.GroupNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Deformable DETR, Zhu et al. 2020, arXiv 2010.04159: {@link Detr} on maps of four scales, whose attention looks at a few places only; also
 * with boxes that each layer refines and with queries that come from the encoder. Parameter names and outputs equal those of the
 * publication's own code (fundamentalvision/Deformable-DETR, Apache-2.0), batch normalisation being constant as there.
 *
 * <p>Pictures {@code [N, 3, H, W]}, normalised, of any sizes padded with zeros, to {@link SetOutput}. Classes are independent, without a
 * column for no object.
 */
public final class DeformableDetr extends Detector<SetOutput> {
    private static final int SHORTEST = 800;
    private static final int LONGEST = 1333;
    private static final double PRIOR = 0.01;
    private static final int LEVELS = 4;
    private static final int GROUPS = 32;

    /** Modules of one kind for each layer, one and the same where layers share it. */
    private static final class PerLayer<M extends Module> extends Module {
        private final List<M> items = new ArrayList<>();

        PerLayer(int count, boolean shared, LayerSpec<M> spec) {
            items.add(child("0", spec));
            for (int i = 1; i < count; i++) {
                if (shared) {
                    alias(String.valueOf(i), items.get(0));
                    items.add(items.get(0));
                } else {
                    items.add(child(String.valueOf(i), spec));
                }
            }
        }
    }

    private final boolean refine;
    private final boolean twoStage;
    private final int width;
    private final int queryCount;
    private final DeformableTransformer transformer;
    private final PerLayer<Perceptron> boxes;
    private final Embedding queries;
    private final ModuleList<Sequential> inputProjection;
    private final MaskedBackbone backbone;
    private final int decoderLayers;
    private PerLayer<Linear> classes;

    private DeformableDetr(ModelOptions options) {
        super(options);
        refine = options.flag("with_box_refine");
        twoStage = options.flag("two_stage");
        width = options.integer("hidden_dim");
        queryCount = options.integer("num_queries");
        decoderLayers = options.integer("dec_layers");
        if (twoStage && !refine) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": two_stage needs with_box_refine=true, since the decoder starts from boxes");
        }
        if (width % GROUPS != 0) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": hidden_dim must be a multiple of " + GROUPS + ", got " + width);
        }
        var form = new DeformableTransformer.Form(
                width,
                options.integer("nheads"),
                options.integer("dim_feedforward"),
                options.integer("enc_layers"),
                decoderLayers,
                LEVELS,
                options.integer("num_points"));
        // built first for its channels, registered last as in published files
        backbone = new MaskedBackbone(options, List.of(1, 2, 3), width, true);
        transformer = child("transformer", new DeformableTransformer(form, twoStage));
        classes = child("class_embed", classLayers(options.classes()));
        boxes = child("bbox_embed", new PerLayer<>(heads(), !refine, Perceptron.ofBoxes(width)));
        boxes.items.forEach(Perceptron::startingAtZero);
        nameInDecoder();
        queries = twoStage ? null : child("query_embed", Embedding.of(queryCount, 2 * width));
        inputProjection = child("input_proj", ModuleList.of(projections(backbone.channels())));
        child("backbone", backbone);
    }

    private int heads() {
        return decoderLayers + (twoStage ? 1 : 0);
    }

    private PerLayer<Linear> classLayers(int count) {
        var layers = new PerLayer<>(heads(), !refine, Linear.of(width, count));
        layers.items.forEach(l -> Init.constant(l.bias(), -Math.log((1 - PRIOR) / PRIOR)));
        return layers;
    }

    private void nameInDecoder() {
        if (refine) {
            transformer.nameInDecoder(boxes, twoStage ? classes : null);
        }
    }

    private List<LayerSpec<Sequential>> projections(List<Integer> channels) {
        var specs = new ArrayList<LayerSpec<Sequential>>();
        for (int in : channels) {
            specs.add(Sequential.of(Conv2d.of(in, width, 1), GroupNorm.of(GROUPS, width)));
        }
        int last = channels.get(channels.size() - 1);
        specs.add(Sequential.of(Conv2d.of(last, width, 3).stride(2).padding(1), GroupNorm.of(GROUPS, width)));
        return specs;
    }

    @Override
    protected SetOutput forward(Pictures pictures) {
        var sequence = transformer.sequence(maps(pictures));
        var memory = transformer.encode(sequence);
        SetOutput.Layer proposals = null;
        Queries wanted;
        if (twoStage) {
            var proposed = transformer.proposed(sequence, memory);
            var logits = classes.items.get(decoderLayers).call(proposed);
            var raw = boxes.items
                    .get(decoderLayers)
                    .call(proposed)
                    .add(transformer.proposals(sequence).logits());
            proposals = new SetOutput.Layer(logits, raw.sigmoid());
            wanted = transformer.queries(best(logits, raw).detach());
        } else {
            wanted = transformer.queries(queries.weight().value(), pictures.count());
        }
        var decoded = transformer.decode(wanted, sequence, memory, refine ? boxes.items : null);
        var layers = new ArrayList<SetOutput.Layer>();
        for (int i = 0; i < decoderLayers; i++) {
            var state = decoded.states().select(0, i);
            var reference = i == 0 ? wanted.references() : decoded.references().select(0, i - 1);
            layers.add(new SetOutput.Layer(
                    classes.items.get(i).call(state),
                    DeformableTransformer.moved(boxes.items.get(i).call(state), reference)));
        }
        return new SetOutput(layers, proposals, null);
    }

    /** The raw boxes that most likely show anything: the first class stands for all, as proposals are trained without classes. */
    private Tensor best(Tensor logits, Tensor raw) {
        if (logits.dim(1) < queryCount) {
            throw new IllegalArgumentException(spec().name() + ": pictures have " + logits.dim(1) + " places for "
                    + queryCount + " queries; enlarge them or build the network with fewer num_queries");
        }
        var places = logits.select(2, 0).topk(queryCount, 1, true).indices();
        return raw.gather(1, places.unsqueeze(2).expand(places.dim(0), queryCount, 4));
    }

    private List<Masked> maps(Pictures pictures) {
        var features = backbone.call(pictures).maps();
        var maps = new ArrayList<Masked>();
        for (int i = 0; i < features.size(); i++) {
            var own = features.get(i);
            maps.add(new Masked(inputProjection.get(i).call(own.map()), own.padding(), own.position()));
        }
        var coarsest = inputProjection
                .get(features.size())
                .call(features.get(features.size() - 1).map());
        maps.add(backbone.masked(coarsest, pictures));
        return maps;
    }

    @Override
    public Preparation preparation() {
        return Preparation.imageNet(new Preparation.WithinSides(SHORTEST, LONGEST));
    }

    @Override
    public Criterion<SetOutput> criterion() {
        return new SetCriterion(SetCriterion.Kind.FOCAL, true);
    }

    @Override
    public Decoder<SetOutput> decoder() {
        return new SetDecoder(false, false);
    }

    @Override
    public Selection selection() {
        return new Selection(0, 1, 100, 100);
    }

    @Override
    public Map<String, Tensor> named(SetOutput outputs, Pictures pictures) {
        return outputs.named();
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin());
    }

    @Override
    protected void setHead(int newClasses) {
        classes = replaceChild("class_embed", classLayers(newClasses));
        nameInDecoder();
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(91),
            MaskedBackbone.option(),
            Option.integer("hidden_dim", 256, GROUPS, "length of the vectors in encoder and decoder"),
            Option.integer("nheads", 8, 1, "heads of attention"),
            Option.integer("enc_layers", 6, 1, "layers of the encoder"),
            Option.integer("dec_layers", 6, 1, "layers of the decoder"),
            Option.integer("dim_feedforward", 1024, 1, "values between fully connected layers"),
            Option.integer("num_queries", 300, 1, "how many objects are looked for"),
            Option.integer("num_points", 4, 1, "places of each map that a head looks at"),
            Option.flag(
                    "with_box_refine", false, "whether each layer of the decoder moves the boxes of the one before"),
            Option.flag("two_stage", false, "whether queries come from the encoder"));

    /** The published variants, with the 91 classes of COCO's numbering. */
    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                variant("deformable_detr_r50", false, false, 40_069_665),
                variant("deformable_detr_r50_refine", true, false, 40_849_660),
                variant("deformable_detr_r50_two_stage", true, true, 41_181_529));
    }

    private static Architecture<Detector<?>> variant(String name, boolean refine, boolean twoStage, long parameters) {
        return new Architecture<Detector<?>>(
                        name,
                        OPTIONS,
                        parameters,
                        SHORTEST,
                        "fundamentalvision/Deformable-DETR",
                        "Zhu et al. 2020, arXiv 2010.04159",
                        DeformableDetr::new)
                .variant(name, parameters, Map.of("with_box_refine", refine, "two_stage", twoStage));
    }

    /** {@code deformable_detr_r50} for so many classes. */
    public static DeformableDetr r50(int classes) {
        return (DeformableDetr) Models.detect("deformable_detr_r50", Map.of("classes", classes));
    }
}
