package dev.fovea.export.lower;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Operations that have no place in an exported graph, and why. */
final class Refusals {
    private static final String RANDOM =
            "its result is random; an exported network must give the same answer every time";
    private static final String LOSS = "is a training loss; export the network without it";
    private static final String TRAINING = "works in training only; put the network into evaluation mode with eval()";
    private static final String ABSENT = "ONNX has no operator for it and none can be made of others without loss";

    private Refusals() {}

    static Map<String, String> reasons() {
        var reasons = new TreeMap<String, String>();
        List.of("rand", "randn", "normal", "uniform", "bernoulli", "randint", "randperm", "multinomial")
                .forEach(name -> reasons.put(name, RANDOM));
        List.of(
                        "cross_entropy",
                        "binary_cross_entropy_with_logits",
                        "mse_loss",
                        "l1_loss",
                        "huber_loss",
                        "smooth_l1_loss",
                        "binary_cross_entropy",
                        "nll_loss",
                        "kl_div",
                        "ctc_loss")
                .forEach(name -> reasons.put(name, LOSS));
        List.of("dropout", "dropout2d", "grad").forEach(name -> reasons.put(name, TRAINING));
        reasons.put("empty", "its numbers are whatever the memory held; make them with zeros or full");
        List.of("erfinv", "qr", "cumprod", "bincount").forEach(name -> reasons.put(name, ABSENT));
        List.of("embedding_bag", "embedding_bag_max")
                .forEach(name -> reasons.put(
                        name, "how many values it adds depends on the boxes, which no fixed graph of ONNX can follow"));
        return Collections.unmodifiableMap(reasons);
    }
}
