package dev.fovea.models.detect;

import dev.fovea.models.detect.MaskedBackbone.Masked;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.TensorOutput;
import dev.fovea.nn.layer.AttentionMask;
import dev.fovea.nn.layer.DeformableAttention;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.MultiheadAttention;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Encoder and decoder of {@link DeformableDetr}: attention to a few places in the maps of all scales. Sequences are {@code [N, L, width]}. */
final class DeformableTransformer extends Module {
    /** What they are made of. */
    record Form(int width, int heads, int hidden, int encoderLayers, int decoderLayers, int levels, int points) {
        DeformableAttention.Spec attention() {
            return DeformableAttention.of(width, heads, Collections.nCopies(levels, points));
        }
    }

    private final Form form;
    private final Parameter levelEmbedding;
    private final Encoder encoder;
    private final Decoding decoder;
    private final Linear referencePoints;
    private final Linear proposed;
    private final LayerNorm proposedNorm;
    private final Linear positionOf;
    private final LayerNorm positionNorm;

    /** @param twoStage whether queries come from the encoder */
    DeformableTransformer(Form form, boolean twoStage) {
        this.form = form;
        int width = form.width;
        levelEmbedding = parameter("level_embed", Tensor.zeros(form.levels, width));
        Init.normal(levelEmbedding, 0, 1);
        encoder = child("encoder", new Encoder(form));
        decoder = child("decoder", new Decoding(form));
        referencePoints = twoStage ? null : child("reference_points", Linear.of(width, 2));
        proposed = twoStage ? child("enc_output", Linear.of(width, width)) : null;
        proposedNorm = twoStage ? child("enc_output_norm", LayerNorm.of(width)) : null;
        positionOf = twoStage ? child("pos_trans", Linear.of(2 * width, 2 * width)) : null;
        positionNorm = twoStage ? child("pos_trans_norm", LayerNorm.of(2L * width)) : null;
        if (referencePoints != null) {
            Init.xavierUniform(referencePoints.weight(), Init.LINEAR);
            Init.zeros(referencePoints.bias());
        }
    }

    /** Names the last layers that each layer of the decoder uses to move boxes as parts of the decoder, where files have them. */
    void nameInDecoder(Module boxes, Module classes) {
        decoder.name(boxes, classes);
    }

    /**
     * All maps as one sequence.
     *
     * @param places {@code [N, S, width]}
     * @param positions {@code [N, S, width]}
     * @param padding {@code [N, S]}, bool
     * @param sizes height and width of each map
     * @param share {@code [N, levels, 2]}: the part of width and height of each map that is picture
     */
    record Sequence(Tensor places, Tensor positions, Tensor padding, List<long[]> sizes, Tensor share) {
        /** The centre of each place as part of its picture, in each map as part of the map: {@code [N, S, levels, 2]}. */
        Tensor references() {
            var own = new ArrayList<Tensor>();
            for (int level = 0; level < sizes.size(); level++) {
                own.add(centres(level).unsqueeze(0).div(extent(level)));
            }
            return Tensor.cat(own, 1).unsqueeze(2).mul(share.unsqueeze(1));
        }

        /** The centre of each place of a map in places: {@code [H W, 2]}. */
        Tensor centres(int level) {
            int height = (int) sizes.get(level)[0];
            int width = (int) sizes.get(level)[1];
            var values = new float[height * width * 2];
            int i = 0;
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    values[i++] = x + 0.5f;
                    values[i++] = y + 0.5f;
                }
            }
            return Tensor.of(values, (long) height * width, 2).to(places.device());
        }

        /** Width and height of each picture in a map, in places: {@code [N, 1, 2]}. */
        Tensor extent(int level) {
            var size = Tensor.of(new float[] {sizes.get(level)[1], sizes.get(level)[0]}, 2);
            return share.narrow(1, level, 1).mul(size.to(places.device()));
        }
    }

    Sequence sequence(List<Masked> maps) {
        var places = new ArrayList<Tensor>();
        var positions = new ArrayList<Tensor>();
        var padding = new ArrayList<Tensor>();
        var sizes = new ArrayList<long[]>();
        var shares = new ArrayList<Tensor>();
        for (int level = 0; level < maps.size(); level++) {
            var map = maps.get(level);
            int height = (int) map.map().dim(2);
            int width = (int) map.map().dim(3);
            sizes.add(new long[] {height, width});
            places.add(map.map().flatten(2, 3).transpose(1, 2));
            positions.add(map.position()
                    .flatten(2, 3)
                    .transpose(1, 2)
                    .add(levelEmbedding.value().select(0, level)));
            padding.add(map.padding().flatten(1, 2));
            var picture = map.padding().logicalNot().to(DType.FLOAT32); // [N, H, W]
            shares.add(Tensor.stack(
                    List.of(
                            picture.select(1, 0).sum(false, 1).div((double) width),
                            picture.select(2, 0).sum(false, 1).div((double) height)),
                    1));
        }
        return new Sequence(
                Tensor.cat(places, 1),
                Tensor.cat(positions, 1),
                Tensor.cat(padding, 1),
                sizes,
                Tensor.stack(shares, 1));
    }

    Tensor encode(Sequence sequence) {
        return encoder.call(sequence);
    }

    /** Learned queries {@code [Q, 2 width]}: positions and contents. */
    Queries queries(Tensor learned, long pictures) {
        var halves = learned.unsqueeze(0)
                .expand(pictures, learned.dim(0), learned.dim(1))
                .chunk(2, 2);
        return new Queries(
                halves.get(1),
                halves.get(0),
                referencePoints.call(halves.get(0)).sigmoid());
    }

    /** What the encoder says about each place that can be the centre of a box. */
    Tensor proposed(Sequence sequence, Tensor memory) {
        var proposals = proposals(sequence);
        return proposedNorm.call(proposed.call(memory.mul(proposals.valid())));
    }

    /** Queries at proposed boxes {@code [N, Q, 4]} (logits). */
    Queries queries(Tensor boxes) {
        var references = boxes.sigmoid();
        var waves =
                SinePositions.waves(references.mul(2 * Math.PI), form.width / 2).flatten(2, 3);
        var halves = positionNorm.call(positionOf.call(waves)).chunk(2, 2);
        return new Queries(halves.get(1), halves.get(0), references);
    }

    /** A box at each place, as {@link SetAnchors}, as part of each picture without its padding. */
    SetAnchors proposals(Sequence sequence) {
        var boxes = new ArrayList<Tensor>();
        for (int level = 0; level < sequence.sizes.size(); level++) {
            var centres = sequence.centres(level)
                    .unsqueeze(0)
                    .div(sequence.extent(level).round());
            double side = SetAnchors.FINEST * (1 << level);
            boxes.add(Tensor.cat(List.of(centres, centres.mul(0).add(side)), 2));
        }
        return SetAnchors.of(Tensor.cat(boxes, 1), sequence.padding);
    }

    /** Contents and positions {@code [N, Q, width]}, and where they look first: {@code [N, Q, 2]} places or {@code [N, Q, 4]} boxes. */
    record Queries(Tensor contents, Tensor positions, Tensor references) {}

    /** After each layer: queries {@code [layers, N, Q, width]} and references {@code [layers, N, Q, 2 or 4]}. */
    record Decoded(Tensor states, Tensor references) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(states, references);
        }
    }

    /** @param refining moves references after each layer, or null */
    Decoded decode(Queries queries, Sequence sequence, Tensor memory, List<Perceptron> refining) {
        return decoder.call(queries, sequence, memory, refining);
    }

    private static final class Encoder extends Module {
        private final ModuleList<EncoderLayer> layers;

        Encoder(Form form) {
            layers = child("layers", ModuleList.of(Collections.nCopies(form.encoderLayers, (LayerSpec<EncoderLayer>)
                    () -> new EncoderLayer(form))));
        }

        Tensor call(Sequence sequence) {
            return run(() -> {
                var references = sequence.references();
                var x = sequence.places;
                for (var layer : layers) {
                    x = layer.call(x, references, sequence);
                }
                return x;
            });
        }
    }

    private static final class EncoderLayer extends Module {
        private final DeformableAttention attention;
        private final LayerNorm norm1;
        private final Linear linear1;
        private final Linear linear2;
        private final LayerNorm norm2;

        EncoderLayer(Form form) {
            attention = child("self_attn", form.attention());
            norm1 = child("norm1", LayerNorm.of(form.width));
            linear1 = child("linear1", Linear.of(form.width, form.hidden));
            linear2 = child("linear2", Linear.of(form.hidden, form.width));
            norm2 = child("norm2", LayerNorm.of(form.width));
        }

        Tensor call(Tensor x, Tensor references, Sequence sequence) {
            return run(() -> {
                var found = attention.call(x.add(sequence.positions), references, x, sequence.sizes, sequence.padding);
                var y = norm1.call(x.add(found));
                return norm2.call(y.add(linear2.call(linear1.call(y).relu())));
            });
        }
    }

    private static final class Decoding extends Module {
        private final ModuleList<DecoderLayer> layers;

        Decoding(Form form) {
            layers = child("layers", ModuleList.of(Collections.nCopies(form.decoderLayers, (LayerSpec<DecoderLayer>)
                    () -> new DecoderLayer(form))));
        }

        void name(Module boxes, Module classes) {
            alias("bbox_embed", boxes);
            if (classes != null) {
                alias("class_embed", classes);
            }
        }

        Decoded call(Queries queries, Sequence sequence, Tensor memory, List<Perceptron> refining) {
            return run(() -> {
                var states = new ArrayList<Tensor>();
                var references = new ArrayList<Tensor>();
                var x = queries.contents;
                var reference = queries.references;
                var share = sequence.share.unsqueeze(1); // [N, 1, levels, 2]
                var shares = Tensor.cat(List.of(share, share), 3);
                for (int i = 0; i < layers.size(); i++) {
                    var inMaps = reference.unsqueeze(2).mul(reference.dim(2) == 4 ? shares : share);
                    x = layers.get(i).call(x, queries.positions, inMaps, sequence, memory);
                    if (refining != null) {
                        reference = moved(refining.get(i).call(x), reference).detach();
                    }
                    states.add(x);
                    references.add(reference);
                }
                return new Decoded(Tensor.stack(states, 0), Tensor.stack(references, 0));
            });
        }
    }

    /** A change {@code [N, Q, 4]} of places or boxes, as boxes. */
    static Tensor moved(Tensor change, Tensor reference) {
        var from = Perceptron.inverseSigmoid(reference);
        if (reference.dim(2) == 4) {
            return change.add(from).sigmoid();
        }
        return Tensor.cat(List.of(change.narrow(2, 0, 2).add(from), change.narrow(2, 2, 2)), 2)
                .sigmoid();
    }

    private static final class DecoderLayer extends Module {
        private final DeformableAttention crossAttention;
        private final LayerNorm norm1;
        private final MultiheadAttention selfAttention;
        private final LayerNorm norm2;
        private final Linear linear1;
        private final Linear linear2;
        private final LayerNorm norm3;

        DecoderLayer(Form form) {
            crossAttention = child("cross_attn", form.attention());
            norm1 = child("norm1", LayerNorm.of(form.width));
            selfAttention = child(
                    "self_attn", MultiheadAttention.of(form.width, form.heads).inBatches());
            norm2 = child("norm2", LayerNorm.of(form.width));
            linear1 = child("linear1", Linear.of(form.width, form.hidden));
            linear2 = child("linear2", Linear.of(form.hidden, form.width));
            norm3 = child("norm3", LayerNorm.of(form.width));
        }

        Tensor call(Tensor queries, Tensor positions, Tensor references, Sequence sequence, Tensor memory) {
            return run(() -> {
                var placed = queries.add(positions);
                var x = norm2.call(queries.add(selfAttention.call(placed, placed, queries, AttentionMask.NONE)));
                var found = crossAttention.call(x.add(positions), references, memory, sequence.sizes, sequence.padding);
                x = norm1.call(x.add(found));
                return norm3.call(x.add(linear2.call(linear1.call(x).relu())));
            });
        }
    }
}
