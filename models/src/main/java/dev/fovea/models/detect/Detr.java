package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.layer.AttentionMask;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Embedding;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.TransformerDecoderLayer;
import dev.fovea.nn.layer.TransformerEncoderLayer;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * DETR, Carion et al. 2020, arXiv 2005.12872: a transformer on the last map of a ResNet turns learned queries into a set of objects, without
 * anchors and suppression. Parameter names and outputs equal those of the publication's own code (facebookresearch/detr, Apache-2.0), batch
 * normalisation being constant as there.
 *
 * <p>Pictures {@code [N, 3, H, W]}, normalised, of any sizes padded with zeros, to {@link SetOutput}, whose last column of logits is for no
 * object.
 */
public final class Detr extends Detector<SetOutput> {
    private static final int SHORTEST = 800;
    private static final int LONGEST = 1333;

    private final Transformer transformer;
    private final Perceptron boxes;
    private final Embedding queries;
    private final Conv2d inputProjection;
    private final MaskedBackbone backbone;
    private final int width;
    private final boolean everyLayer;
    private final int queryCount;
    private Linear classes;

    private Detr(ModelOptions options) {
        super(options);
        width = options.integer("hidden_dim");
        queryCount = options.integer("num_queries");
        everyLayer = options.flag("aux_loss");
        // built first for its channels, registered last as in published files
        backbone = new MaskedBackbone(options, List.of(3), width, false);
        transformer = child("transformer", new Transformer(options, width));
        classes = child("class_embed", Linear.of(width, options.classes() + 1));
        boxes = child("bbox_embed", Perceptron.ofBoxes(width));
        queries = child("query_embed", Embedding.of(queryCount, width));
        inputProjection = child("input_proj", Conv2d.of(backbone.channels().get(0), width, 1));
        child("backbone", backbone);
    }

    @Override
    protected SetOutput forward(Pictures pictures) {
        var features = backbone.call(pictures).maps().get(0);
        var source = inputProjection.call(features.map());
        var wanted = queries.weight().value();
        var states = transformer.call(source, features.padding(), features.position(), wanted); // [L, N, Q, width]
        var logits = classes.call(states);
        var found = boxes.call(states).sigmoid();
        var layers = new ArrayList<SetOutput.Layer>();
        for (int i = 0; i < states.dim(0); i++) {
            layers.add(new SetOutput.Layer(logits.select(0, i), found.select(0, i)));
        }
        return SetOutput.of(layers);
    }

    @Override
    public Preparation preparation() {
        return Preparation.imageNet(new Preparation.WithinSides(SHORTEST, LONGEST));
    }

    @Override
    public Criterion<SetOutput> criterion() {
        return new SetCriterion(SetCriterion.Kind.CROSS_ENTROPY, everyLayer);
    }

    @Override
    public Decoder<SetOutput> decoder() {
        return new SetDecoder(true, false);
    }

    @Override
    public Selection selection() {
        return new Selection(0, 1, queryCount, queryCount);
    }

    /** Also the best class and the box of every query, in pixels of its picture. */
    @Override
    public Map<String, Tensor> named(SetOutput outputs, Pictures pictures) {
        var named = outputs.named();
        var likely = outputs.last().logits().softmax(-1);
        var best = likely.narrow(2, 0, likely.dim(2) - 1).max(2, false);
        var corners = Boxes.centersToCorners(outputs.last().boxes());
        for (int i = 0; i < pictures.count(); i++) {
            var size = pictures.sizes().get(i);
            named.put("postprocess." + i + ".scores", best.values().select(0, i));
            named.put("postprocess." + i + ".labels", best.indices().select(0, i));
            named.put("postprocess." + i + ".boxes", Boxes.scaled(corners.select(0, i), size.width(), size.height()));
        }
        return named;
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin());
    }

    @Override
    protected void setHead(int newClasses) {
        classes = replaceChild("class_embed", Linear.of(width, newClasses + 1).build());
    }

    /** Encoder and decoder; sequences are {@code [L, N, width]}. */
    private static final class Transformer extends Module {
        private final Encoder encoder;
        private final Decoding decoder;

        Transformer(ModelOptions options, int width) {
            int heads = options.integer("nheads");
            int hidden = options.integer("dim_feedforward");
            double dropout = options.probability("dropout");
            encoder = child(
                    "encoder",
                    new Encoder(each(
                            options.integer("enc_layers"),
                            TransformerEncoderLayer.of(width, heads, hidden).dropout(dropout))));
            decoder = child(
                    "decoder",
                    new Decoding(
                            each(
                                    options.integer("dec_layers"),
                                    TransformerDecoderLayer.of(width, heads, hidden)
                                            .dropout(dropout)),
                            width));
            parameters().values().stream()
                    .filter(p -> p.shape().rank() > 1)
                    .forEach(p -> Init.xavierUniform(p, Init.LINEAR));
        }

        private static <M extends Module> LayerSpec<ModuleList<M>> each(int count, LayerSpec<M> spec) {
            return ModuleList.of(java.util.Collections.nCopies(count, spec));
        }

        Tensor call(Tensor map, Tensor padding, Tensor position, Tensor queries) {
            return run(() -> {
                var places = sequence(map);
                var positions = sequence(position);
                var mask = AttentionMask.NONE.keyPadding(padding.flatten(1, 2));
                var memory = encoder.call(places, positions, mask);
                var wanted = queries.unsqueeze(1).expand(queries.dim(0), map.dim(0), queries.dim(1));
                return decoder.call(memory, positions, wanted, mask).transpose(1, 2);
            });
        }

        private static Tensor sequence(Tensor map) {
            return map.flatten(2, 3).permute(2, 0, 1).contiguous();
        }
    }

    private static final class Encoder extends Module {
        private final ModuleList<TransformerEncoderLayer> layers;

        Encoder(LayerSpec<ModuleList<TransformerEncoderLayer>> specs) {
            layers = child("layers", specs);
        }

        Tensor call(Tensor places, Tensor positions, AttentionMask mask) {
            return run(() -> {
                var x = places;
                for (var layer : layers) {
                    x = layer.call(x, positions, mask);
                }
                return x;
            });
        }
    }

    private static final class Decoding extends Module {
        private final ModuleList<TransformerDecoderLayer> layers;
        private final LayerNorm norm;

        Decoding(LayerSpec<ModuleList<TransformerDecoderLayer>> specs, int width) {
            layers = child("layers", specs);
            norm = child("norm", LayerNorm.of(width));
        }

        /** The queries after each layer, normalised: {@code [layers, Q, N, width]}. */
        Tensor call(Tensor memory, Tensor positions, Tensor queries, AttentionMask mask) {
            return run(() -> {
                var states = new ArrayList<Tensor>();
                var x = Tensor.zeros(
                        queries.dtype(), queries.device(), queries.shape().toArray());
                for (var layer : layers) {
                    x = layer.call(x, memory, queries, positions, AttentionMask.NONE, mask);
                    states.add(norm.call(x));
                }
                return Tensor.stack(states, 0);
            });
        }
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(91),
            MaskedBackbone.option(),
            Option.integer("hidden_dim", 256, 4, "length of the vectors in encoder and decoder"),
            Option.integer("nheads", 8, 1, "heads of attention"),
            Option.integer("enc_layers", 6, 1, "layers of the encoder"),
            Option.integer("dec_layers", 6, 1, "layers of the decoder"),
            Option.integer("dim_feedforward", 2048, 1, "values between fully connected layers"),
            Option.number("dropout", 0.1, 0, "share of values that are dropped in training"),
            Option.integer("num_queries", 100, 1, "how many objects are looked for"),
            Option.flag("aux_loss", true, "whether all layers of the decoder learn, or the last alone"));

    /** The published variants, with the 91 classes of COCO's numbering. */
    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                variant("detr_resnet50", "resnet50", 41_524_768), variant("detr_resnet101", "resnet101", 60_464_672));
    }

    private static Architecture<Detector<?>> variant(String name, String backbone, long parameters) {
        return new Architecture<Detector<?>>(
                        name,
                        OPTIONS,
                        parameters,
                        SHORTEST,
                        "facebookresearch/detr",
                        "Carion et al. 2020, arXiv 2005.12872",
                        Detr::new)
                .variant(name, parameters, Map.of("backbone", backbone));
    }

    /** {@code detr_resnet50} for so many classes. */
    public static Detr resnet50(int classes) {
        return (Detr) Models.detect("detr_resnet50", Map.of("classes", classes));
    }
}
