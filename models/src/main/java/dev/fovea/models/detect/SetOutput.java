package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * What networks say that predict a set of objects, without anchors and suppression.
 *
 * @param layers after each layer of the decoder that is learned from; the last is the result
 * @param proposals what the encoder proposed, for networks whose queries come from it; null for others
 * @param denoising how the decoder repairs objects that are given to it with errors, which training uses; null if it does not
 */
public record SetOutput(List<Layer> layers, Layer proposals, Denoiser denoising) implements TensorOutput {
    public SetOutput {
        layers = List.copyOf(layers);
    }

    /**
     * One set for each picture.
     *
     * @param logits {@code [N, Q, C]}, or {@code [N, Q, C + 1]} where the last column is for no object
     * @param boxes {@code [N, Q, 4]}: centre, width and height as parts of the picture, 0-1
     */
    public record Layer(Tensor logits, Tensor boxes) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(logits, boxes);
        }
    }

    /** Runs the decoder on objects with errors; its tensors are what it needs of the run before. */
    public interface Denoiser extends TensorOutput {
        /** What the decoder makes of the objects of each picture, after each layer; empty if there are no objects. */
        Repaired repair(List<SetTargets> targets, RandomGenerator random);
    }

    /**
     * What became of objects with errors.
     *
     * @param layers after each layer of the decoder
     * @param matches for each picture which place should say which object
     * @param groups how often each object was given
     */
    public record Repaired(List<Layer> layers, List<SetMatcher.Match> matches, int groups) {}

    static SetOutput of(List<Layer> layers) {
        return new SetOutput(layers, null, null);
    }

    /** The result. */
    public Layer last() {
        return layers.get(layers.size() - 1);
    }

    /** By the names that references use. */
    Map<String, Tensor> named() {
        var named = new LinkedHashMap<String, Tensor>();
        put(named, "pred_", last());
        put(named, "", last());
        for (int i = 0; i < layers.size() - 1; i++) {
            put(named, "aux_outputs." + i + ".pred_", layers.get(i));
        }
        if (proposals != null) {
            put(named, "enc_outputs.pred_", proposals);
            named.put("enc_topk_logits", proposals.logits);
            named.put("enc_topk_bboxes", proposals.boxes);
        }
        return named;
    }

    private static void put(Map<String, Tensor> named, String prefix, Layer layer) {
        named.put(prefix + "logits", layer.logits);
        named.put(prefix + "boxes", layer.boxes);
    }

    @Override
    public List<Tensor> tensors() {
        var all = new ArrayList<>(last().tensors()); // the result first
        layers.subList(0, layers.size() - 1).forEach(layer -> all.addAll(layer.tensors()));
        if (proposals != null) {
            all.addAll(proposals.tensors());
        }
        if (denoising != null) {
            all.addAll(denoising.tensors());
        }
        return all;
    }
}
