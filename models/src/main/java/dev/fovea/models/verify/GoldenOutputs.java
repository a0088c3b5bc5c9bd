package dev.fovea.models.verify;

import dev.fovea.models.Backbone;
import dev.fovea.models.Reconstructing;
import dev.fovea.models.Reconstructing.Reconstruction;
import dev.fovea.models.TrainingLogits;
import dev.fovea.nn.loss.MarginLoss;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * What a network gives under the names that golden files use, computed when it is first asked for: {@code out} of every network, and
 * what those can do that do more.
 */
final class GoldenOutputs {
    /** The publication's weight of the reconstruction, for each pixel. */
    private static final double RECONSTRUCTION = 0.0005;

    /** {@code result} gives null where the network has no output of that name after all. */
    private record Rule(Pattern name, BiFunction<MatchResult, Tensor, Tensor> result) {}

    private final Backbone network;
    private final Tensor input;
    private final List<Rule> rules = new ArrayList<>();
    private Tensor logits;
    private TrainingLogits trainingLogits;

    GoldenOutputs(Backbone network, Tensor input) {
        this.network = network;
        this.input = input;
        rule("(train_mode_)?out", (name, image) -> logits());
        rule("train_mode_logits", (name, image) -> trainingLogits().logits());
        rule("train_mode_(aux_.*)", (name, image) -> auxiliary(name.group(1)));
        if (network instanceof Reconstructing capsules) {
            reconstructions(capsules);
        }
    }

    private void rule(String name, BiFunction<MatchResult, Tensor, Tensor> result) {
        rules.add(new Rule(Pattern.compile(name), result));
    }

    private Tensor logits() {
        if (logits == null) {
            logits = network.call(input);
        }
        return logits;
    }

    private TrainingLogits trainingLogits() {
        if (trainingLogits == null) {
            trainingLogits = network.trainingLogits(input);
        }
        return trainingLogits;
    }

    private Tensor auxiliary(String name) {
        return trainingLogits().auxiliary().stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .map(TrainingLogits.Auxiliary::logits)
                .orElse(null);
    }

    private void reconstructions(Reconstructing capsules) {
        rule("lengths", (name, image) -> logits().sigmoid());
        rule("reconstruction_of_longest", (name, image) -> capsules.reconstruct(
                        image, oneHot(logits().argmax(1, false)))
                .image());
        rule("reconstruction_of_class(\\d{1,6})", (name, image) -> ofClass(capsules, name)
                .image());
        rule("caps_loss_class(\\d{1,6})", (name, image) -> {
            var said = ofClass(capsules, name);
            var margin = MarginLoss.of().compute(said.logits().sigmoid(), shares(name));
            double pixels = (double) image.numel() / image.dim(0);
            return said.image()
                    .mseLoss(image, Tensor.Reduction.MEAN)
                    .mul(RECONSTRUCTION * pixels)
                    .add(margin)
                    .reshape(1);
        });
    }

    private Reconstruction ofClass(Reconstructing capsules, MatchResult name) {
        return capsules.reconstruct(input, shares(name));
    }

    private Tensor shares(MatchResult name) {
        long index = Long.parseLong(name.group(1));
        if (index >= network.classes()) {
            throw new IllegalArgumentException(
                    "the file has an output of class " + index + ", the network has " + network.classes());
        }
        return oneHot(Tensor.full((double) index, DType.INT64, input.device(), input.dim(0)));
    }

    private Tensor oneHot(Tensor indices) {
        return indices.oneHot(network.classes()).to(DType.FLOAT32);
    }

    /** The output of that name; empty if the network has none. */
    Optional<Tensor> get(String name) {
        for (var rule : rules) {
            var matcher = rule.name.matcher(name);
            if (matcher.matches()) {
                return Optional.ofNullable(rule.result.apply(matcher, input));
            }
        }
        return Optional.empty();
    }
}
