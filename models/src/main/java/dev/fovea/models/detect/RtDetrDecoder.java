package dev.fovea.models.detect;

import dev.fovea.models.detect.SetOutput.Layer;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.nn.layer.AttentionMask;
import dev.fovea.nn.layer.DeformableAttention;
import dev.fovea.nn.layer.Embedding;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.MultiheadAttention;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The decoder of RT-DETR: the places of the encoder's maps that most likely show an object become queries, which each layer moves.
 */
final class RtDetrDecoder extends Module {
    private static final double PRIOR = 0.01;

    /** What the decoder is made of. */
    record Form(
            int width,
            int heads,
            int hidden,
            int layers,
            int queries,
            int denoising,
            List<Integer> points,
            boolean discrete,
            boolean second) {}

    private final Form form;
    private final ModuleList<Sequential> inputProjection;
    private final Layers decoder;
    private final Perceptron queryPositions;
    private final Sequential encoderOutput;
    private final Perceptron encoderBoxes;
    private final ModuleList<Perceptron> boxes;
    private int classCount;
    private Embedding denoisingClasses;
    private Linear encoderScores;
    private ModuleList<Linear> scores;

    RtDetrDecoder(Form form, List<Integer> channels, int classCount) {
        this.form = form;
        this.classCount = classCount;
        int width = form.width;
        inputProjection = child(
                "input_proj",
                ModuleList.of(channels.stream()
                        .map(in -> HybridEncoder.projection(in, width, true))
                        .toList()));
        decoder = child("decoder", new Layers(form));
        denoisingClasses =
                form.denoising > 0 ? child("denoising_class_embed", Embedding.of(classCount + 1, width)) : null;
        queryPositions = child("query_pos_head", Perceptron.of(4, 2 * width, width));
        var output = new LinkedHashMap<String, LayerSpec<? extends dev.fovea.nn.Layer>>();
        output.put(form.second ? "proj" : "0", Linear.of(width, width));
        output.put(form.second ? "norm" : "1", LayerNorm.of(width));
        encoderOutput = child("enc_output", Sequential.named(output));
        encoderScores = child("enc_score_head", scoring());
        encoderBoxes = Perceptron.startingAtZero(child("enc_bbox_head", Perceptron.ofBoxes(width)));
        scores = child("dec_score_head", each(this::scoring));
        boxes = child("dec_bbox_head", each(() -> Perceptron.ofBoxes(width)));
        boxes.forEach(Perceptron::startingAtZero);
        rare();
    }

    private <M extends Module> LayerSpec<ModuleList<M>> each(Supplier<LayerSpec<M>> spec) {
        var specs = new ArrayList<LayerSpec<M>>();
        for (int i = 0; i < form.layers; i++) {
            specs.add(spec.get());
        }
        return ModuleList.of(specs);
    }

    private LayerSpec<Linear> scoring() {
        return Linear.of(form.width, classCount);
    }

    private void rare() {
        double bias = -Math.log((1 - PRIOR) / PRIOR);
        Init.constant(encoderScores.bias(), bias);
        scores.forEach(s -> Init.constant(s.bias(), bias));
    }

    void setClasses(int count) {
        classCount = count;
        if (denoisingClasses != null) {
            denoisingClasses = replaceChild(
                    "denoising_class_embed", Embedding.of(count + 1, form.width).build());
        }
        encoderScores = replaceChild("enc_score_head", scoring().build());
        scores = replaceChild("dec_score_head", each(this::scoring).build());
        rare();
    }

    /** Maps of the encoder to sets. */
    SetOutput call(List<Tensor> maps) {
        return run(() -> {
            var memory = memory(maps);
            var proposed = encoderOutput.call(memory.seen());
            var logits = encoderScores.call(proposed);
            var raw = encoderBoxes.call(proposed).add(memory.anchors);
            if (logits.dim(1) < form.queries) {
                throw new IllegalArgumentException("pictures have " + logits.dim(1) + " places for " + form.queries
                        + " queries; enlarge them or build the network with fewer num_queries");
            }
            var best = logits.max(2, false).values().topk(form.queries, 1, true).indices();
            var references = chosen(raw, best);
            var proposals = new Layer(chosen(logits, best), references.sigmoid());
            var queries = chosen(proposed, best).detach();
            boolean repairs = isTraining() && denoisingClasses != null;
            var passed = decoder.call(queries, references.detach().sigmoid(), memory, null, List.of());
            return new SetOutput(passed.said, proposals, repairs ? new Repair(memory, passed.states) : null);
        });
    }

    private static Tensor chosen(Tensor rows, Tensor places) {
        return rows.gather(1, places.unsqueeze(2).expand(places.dim(0), places.dim(1), rows.dim(2)));
    }

    /** Repairs objects beside the queries of the same pass, as if both had run together: the queries do not see them. */
    private final class Repair implements SetOutput.Denoiser {
        private final Memory memory;
        private final List<State> states;

        Repair(Memory memory, List<State> states) {
            this.memory = memory;
            this.states = states;
        }

        @Override
        public SetOutput.Repaired repair(List<SetTargets> targets, RandomGenerator random) {
            var group = Denoising.of(targets, form.denoising, classCount, random);
            if (group == null) {
                return new SetOutput.Repaired(List.of(), List.of(), 1);
            }
            var device = memory.places.device();
            var boxes = group.boxes().to(device);
            var queries = denoisingClasses
                    .weight()
                    .value()
                    .indexSelect(0, group.classes().to(device).reshape(-1))
                    .reshape(boxes.dim(0), boxes.dim(1), form.width);
            var mask = group.mask(form.queries).to(device);
            var passed = decoder.call(queries, boxes, memory, mask, states);
            return new SetOutput.Repaired(passed.said, group.matches(), group.groups());
        }

        @Override
        public List<Tensor> tensors() {
            var all = new ArrayList<>(List.of(memory.places, memory.anchors, memory.valid));
            states.forEach(state -> all.addAll(List.of(state.keys, state.values)));
            return all;
        }
    }

    // --- the encoder's maps as places ------------------------------------------------------------------------------

    /**
     * All places of all maps.
     *
     * @param places {@code [N, S, width]}
     * @param anchors {@code [1, S, 4]}: logits of a box at each place, infinite near the rim
     * @param valid {@code [1, S, 1]}: 1 for places that are not near the rim
     */
    private record Memory(Tensor places, List<long[]> sizes, Tensor anchors, Tensor valid) {
        Tensor seen() {
            return places.mul(valid);
        }
    }

    private Memory memory(List<Tensor> maps) {
        var places = new ArrayList<Tensor>();
        var sizes = new ArrayList<long[]>();
        for (int i = 0; i < maps.size(); i++) {
            var map = inputProjection.get(i).call(maps.get(i));
            sizes.add(new long[] {map.dim(2), map.dim(3)});
            places.add(map.flatten(2, 3).transpose(1, 2));
        }
        var all = Tensor.cat(places, 1);
        var anchors = SetAnchors.of(sizes);
        return new Memory(
                all,
                sizes,
                anchors.logits().to(all.device()).to(all.dtype()),
                anchors.valid().to(all.device()).to(all.dtype()));
    }

    // --- layers ----------------------------------------------------------------------------------------------------

    /** What the queries of a layer show to others. */
    private record State(Tensor keys, Tensor values) {
        State and(State other) {
            return new State(Tensor.cat(List.of(keys, other.keys), 1), Tensor.cat(List.of(values, other.values), 1));
        }
    }

    /** What layers say, in evaluation the last alone, and what queries showed in each. */
    private record Passed(List<Layer> said, List<State> states) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            var all = new ArrayList<Tensor>();
            said.forEach(layer -> all.addAll(List.of(layer.boxes(), layer.logits())));
            states.forEach(state -> all.addAll(List.of(state.keys, state.values)));
            return all;
        }
    }

    private final class Layers extends Module {
        private final ModuleList<DecoderLayer> layers;

        Layers(Form form) {
            var specs = new ArrayList<LayerSpec<DecoderLayer>>();
            for (int i = 0; i < form.layers; i++) {
                specs.add(() -> new DecoderLayer(form));
            }
            layers = child("layers", ModuleList.of(specs));
        }

        /**
         * Runs all layers.
         *
         * @param references {@code [N, Q, 4]}: boxes, 0-1
         * @param mask where queries must not look, or null
         * @param others what other queries showed in each layer, which these see too; none without a mask
         */
        Passed call(Tensor queries, Tensor references, Memory memory, Tensor mask, List<State> others) {
            return run(() -> {
                var said = new ArrayList<Layer>();
                var states = new ArrayList<State>();
                var x = queries;
                var box = references;
                var learned = references;
                for (int i = 0; i < form.layers; i++) {
                    var position = queryPositions.call(box);
                    var layer = layers.get(i);
                    var seen = new State(x.add(position), x);
                    if (mask == null) {
                        states.add(seen);
                    } else {
                        seen = seen.and(others.get(i));
                    }
                    x = layer.call(x, position, box, memory, seen, new AttentionMask(mask, null));
                    var change = boxes.get(i).call(x);
                    var moved = change.add(Perceptron.inverseSigmoid(box)).sigmoid();
                    boolean last = i == form.layers - 1;
                    if (isTraining() || last) {
                        var own = isTraining() && i > 0
                                ? change.add(Perceptron.inverseSigmoid(learned)).sigmoid()
                                : moved;
                        said.add(new Layer(scores.get(i).call(x), own));
                    }
                    learned = moved;
                    box = isTraining() ? moved.detach() : moved;
                }
                return new Passed(List.copyOf(said), isTraining() ? List.copyOf(states) : List.of());
            });
        }
    }

    private static final class DecoderLayer extends Module {
        private final MultiheadAttention selfAttention;
        private final DeformableAttention crossAttention;
        private final LayerNorm norm1;
        private final LayerNorm norm2;
        private final LayerNorm norm3;
        private final Linear linear1;
        private final Linear linear2;

        DecoderLayer(Form form) {
            selfAttention = child(
                    "self_attn", MultiheadAttention.of(form.width, form.heads).inBatches());
            norm1 = child("norm1", LayerNorm.of(form.width));
            crossAttention = child(
                    "cross_attn",
                    DeformableAttention.of(form.width, form.heads, form.points)
                            .discrete(form.discrete)
                            .scaled(form.second));
            norm2 = child("norm2", LayerNorm.of(form.width));
            linear1 = child("linear1", Linear.of(form.width, form.hidden));
            linear2 = child("linear2", Linear.of(form.hidden, form.width));
            norm3 = child("norm3", LayerNorm.of(form.width));
        }

        Tensor call(Tensor queries, Tensor position, Tensor boxes, Memory memory, State seen, AttentionMask mask) {
            return run(() -> {
                var attended = selfAttention.call(queries.add(position), seen.keys(), seen.values(), mask);
                var x = norm1.call(queries.add(attended));
                var found = crossAttention.call(x.add(position), boxes.unsqueeze(2), memory.places, memory.sizes, null);
                x = norm2.call(x.add(found));
                return norm3.call(x.add(linear2.call(linear1.call(x).relu())));
            });
        }
    }
}
