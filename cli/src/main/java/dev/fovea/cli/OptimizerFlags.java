package dev.fovea.cli;

import java.util.Map;
import picocli.CommandLine.Option;

/** How weights change, in training of any task. */
final class OptimizerFlags {
    @Option(names = "--optimizer", paramLabel = "NAME", description = "adamw, adam, sgd, rmsprop.")
    String name;

    @Option(names = "--lr", paramLabel = "RATE", description = "The highest learning rate.")
    Double lr;

    @Option(
            names = "--backbone-lr",
            paramLabel = "FACTOR",
            description = "The first layers' learning rate as a factor of --lr.")
    Double backboneLr;

    @Option(names = "--weight-decay", paramLabel = "DECAY", description = "Pull weights towards zero.")
    Double weightDecay;

    @Option(names = "--momentum", paramLabel = "M", description = "Of sgd and rmsprop.")
    Double momentum;

    @Option(names = "--rmsprop-alpha", paramLabel = "A", description = "Decay of rmsprop's running mean of squares.")
    Double alpha;

    @Option(names = "--eps", paramLabel = "E", description = "Added to the root in rmsprop, adam and adamw.")
    Double eps;

    @Option(names = "--clip", paramLabel = "NORM", description = "Limit the norm of the gradients.")
    Double clip;

    @Option(
            names = "--adaptive-clip",
            paramLabel = "FACTOR",
            description = "Limit each unit's gradient to FACTOR times its weights; 0.01 is usual.")
    Double adaptiveClip;

    @Option(names = "--ema", paramLabel = "DECAY", description = "Average the weights; 0.999 is usual.")
    Double ema;

    @Option(
            names = "--schedule",
            paramLabel = "NAME",
            description = "one-cycle, cosine, step, polynomial, constant, plateau.")
    String schedule;

    @Option(
            names = "--warmup",
            paramLabel = "SHARE",
            description = "The share of all steps in which the learning rate rises.")
    Double warmup;

    /** Adds what was given, by its place in the recipe. */
    void addTo(Map<String, Object> flags) {
        flags.put("optimizer.name", name);
        flags.put("optimizer.lr", lr);
        flags.put("optimizer.backbone_lr", backboneLr);
        flags.put("optimizer.weight_decay", weightDecay);
        flags.put("optimizer.momentum", momentum);
        flags.put("optimizer.alpha", alpha);
        flags.put("optimizer.eps", eps);
        flags.put("optimizer.clip", clip);
        flags.put("optimizer.adaptive_clip", adaptiveClip);
        flags.put("optimizer.ema", ema);
        flags.put("schedule.name", schedule);
        flags.put("schedule.warmup", warmup);
    }
}
