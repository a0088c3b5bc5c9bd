package dev.fovea.models.verify;

import dev.fovea.models.Backbone;
import dev.fovea.models.verify.Comparison.Part;
import dev.fovea.models.verify.GoldenFile.TrainStep;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Dropout2d;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares one network with the numbers of one golden file. */
final class GoldenCheck {
    private static final double SHALLOW = 1e-4;
    private static final double DEEP = 1e-3;
    private static final double GRADIENT = 1e-3;
    private static final double LOSS = 1e-4;
    private static final double NOISE_FACTOR = 50;

    /** Two runs in float32 differ by little more than either does from float64. */
    private static final double OWN_NOISE_FACTOR = 4;

    private static final int DEEP_LAYERS = 100;

    /** Losses below this are compared absolutely: a float32 log-softmax rounds at about 1e-7 whatever its size. */
    private static final double SMALL_LOSS = 1e-2;

    private final GoldenFile file;
    private final Backbone network;
    private final Device device;
    private final List<String> problems = new ArrayList<>();
    private final List<Comparison> comparisons = new ArrayList<>();

    GoldenCheck(GoldenFile file, Backbone network, Device device) {
        this.file = file;
        this.network = network;
        this.device = device;
    }

    List<String> problems() {
        return problems;
    }

    List<Comparison> comparisons() {
        return comparisons;
    }

    /** Runs everything the file has numbers for. Without equal keys the fill means nothing, so it ends there. */
    void run() throws Exception {
        problems.addAll(GoldenKeys.problems(file, network));
        if (file.inputShape().isEmpty()) {
            problems.add("the file has no 'input_shape', so there is nothing to run the network on");
        }
        if (!problems.isEmpty()) {
            return;
        }
        file.fill().fill(network);
        network.to(device);
        try (var scope = Scope.open()) {
            var input = file.fill()
                    .input("input", file.inputShape().orElseThrow().toArray())
                    .to(device);
            evaluate(input);
            trainingModeOutputs(input);
            if (file.trainStep().isPresent()) {
                file.fill().fill(network);
                trainStep(input, file.trainStep().get());
            }
        }
    }

    // --- evaluation ------------------------------------------------------------------------------------------------

    private void evaluate(Tensor input) throws Exception {
        network.eval();
        var paths = new IdentityHashMap<Module, String>();
        network.modules().forEach((path, module) -> paths.put(module, path));
        var seen = new HashSet<String>();
        try (var mode = Grad.off();
                var scope = Scope.open();
                var observer = Module.observe((module, result) -> tap(paths.get(module), result, seen))) {
            var outputs = new GoldenOutputs(network, input);
            for (var expected : file.outputs().entrySet()) {
                if (!expected.getKey().startsWith("train_mode_")) {
                    compareOutput(expected.getKey(), expected.getValue(), outputs);
                }
            }
        }
        for (String path : file.taps().keySet()) {
            if (!seen.contains(path)) {
                problems.add("no module '" + path + "' ran, of which the file has the output");
            }
        }
    }

    /** Summarised at once: what comes next may work on the same memory. */
    private void tap(String path, Object result, Set<String> seen) {
        var expected = path == null ? null : file.taps().get(path);
        if (expected != null && result instanceof Tensor t && seen.add(path)) {
            comparisons.add(new Comparison(Part.TAP, path, expected.difference(t), limit(noise("out"))));
        }
    }

    private void compareOutput(String name, TensorSummary expected, GoldenOutputs outputs) {
        outputs.get(name).ifPresentOrElse(out -> compareOutput(name, expected, out, limit(noise(name))), () -> {
            problems.add("the network gives no output '" + name + "'");
        });
    }

    private void compareOutput(String name, TensorSummary expected, Tensor out, double limit) {
        comparisons.add(new Comparison(Part.OUTPUT, name, expected.difference(out), limit));
    }

    private void trainingModeOutputs(Tensor input) {
        var expected = new LinkedHashMap<>(file.outputs());
        expected.keySet().removeIf(name -> !name.startsWith("train_mode_"));
        if (expected.isEmpty()) {
            return;
        }
        trainWithoutDropout();
        try (var mode = Grad.off();
                var scope = Scope.open()) {
            var outputs = new GoldenOutputs(network, input);
            expected.forEach((name, summary) -> {
                var out = outputs.get(name);
                boolean roundingMatters =
                        out.isPresent() && !file.noise().containsKey(name) && summary.difference(out.get()) > limit(0);
                if (roundingMatters) {
                    compareOutput(name, summary, out.get(), Math.max(limit(0), ownNoise(name, out.get(), input)));
                } else {
                    compareOutput(name, summary, outputs);
                }
            });
        }
    }

    /**
     * How far two runs in float32 may part, by the distance of this one from a run in float64. Statistics of a small batch can lie so
     * close together that rounding alone exceeds the usual limit, and not every file says how far it goes.
     */
    private double ownNoise(String name, Tensor out, Tensor input) {
        network.to(Device.CPU);
        network.to(DType.FLOAT64);
        try (var scope = Scope.open()) {
            var exact = new GoldenOutputs(network, input.to(Device.CPU).to(DType.FLOAT64))
                    .get(name)
                    .orElseThrow()
                    .flatten(0, -1);
            var rounded = out.to(Device.CPU).to(DType.FLOAT64).flatten(0, -1);
            double distance = exact.sub(rounded).abs().max().item();
            return OWN_NOISE_FACTOR * distance / exact.std(0, false, 0).item();
        } finally {
            network.to(DType.FLOAT32);
            network.to(device);
        }
    }

    private double noise(String output) {
        return file.noise().getOrDefault(output, 0.0);
    }

    /** 1e-4 of a standard deviation; 1e-3 for very deep networks and transformers; or 50 times the reference's own rounding. */
    private double limit(double noise) {
        long layers = file.keys().stream()
                .filter(k -> k.shape().rank() >= 2 && k.name().endsWith("weight"))
                .count();
        boolean attention = file.keys().stream()
                .anyMatch(k -> k.name().contains("attn") || k.name().contains("attention"));
        return Math.max(layers >= DEEP_LAYERS || attention ? DEEP : SHALLOW, NOISE_FACTOR * noise);
    }

    // --- one step of training --------------------------------------------------------------------------------------

    private void trainWithoutDropout() {
        network.train(true);
        network.modules().values().stream()
                .filter(m -> m instanceof Dropout || m instanceof Dropout2d || m instanceof StochasticDepth)
                .forEach(Module::eval);
    }

    private void trainStep(Tensor input, TrainStep step) {
        if (!step.mode().startsWith("train") || !step.lossFunction().startsWith("softmax cross entropy, mean")) {
            problems.add("train_step: mode '" + step.mode() + "' with loss '" + step.lossFunction()
                    + "' is not known here; known is 'train (…)' with 'softmax cross entropy, mean over batch'");
            return;
        }
        trainWithoutDropout();
        network.clearGrads();
        var target = Tensor.of(
                        step.target().stream().mapToLong(Long::longValue).toArray(),
                        step.target().size())
                .to(device);
        try (var mode = Grad.on();
                var scope = Scope.open()) {
            var logits = network.call(input);
            step.logits()
                    .ifPresent(expected -> train("logits", expected.difference(logits), limit(noise(step, "logits"))));
            var loss = loss(logits, target);
            loss("loss", loss.item(), step.loss(), noise(step, "loss"));
            loss.backward();
        }
        gradients(step);
        var states = network.stateDict();
        step.statistics().forEach((key, expected) -> {
            var actual = states.get(key);
            train(key, actual == null ? Double.POSITIVE_INFINITY : expected.difference(actual), limit(0));
        });
        if (!Double.isNaN(step.learningRate())) {
            descend(step.learningRate());
            try (var mode = Grad.off();
                    var scope = Scope.open()) {
                loss("loss after one step", loss(network.call(input), target).item(), step.lossAfter(), 0);
            }
        }
        network.clearGrads();
    }

    private static Tensor loss(Tensor logits, Tensor target) {
        return logits.crossEntropy(target, null, Tensor.Reduction.MEAN, -100, 0);
    }

    private void gradients(TrainStep step) {
        Map<String, double[]> gradients = new HashMap<>();
        var wanted = new HashSet<>(step.gradientLengths().keySet());
        wanted.addAll(step.firstGradients().keySet());
        network.parameters().forEach((key, parameter) -> {
            if (wanted.contains(key)) {
                try (var scope = Scope.open()) {
                    parameter.value().grad().ifPresent(g -> gradients.put(key, g.toDoubleArray()));
                }
            }
        });
        step.gradientLengths().forEach((key, expected) -> {
            var gradient = gradients.get(key);
            double limit = Math.max(GRADIENT, NOISE_FACTOR * noise(step, "grad_l2." + key));
            train(
                    "gradient of " + key,
                    gradient == null ? Double.POSITIVE_INFINITY : apart(length(gradient), expected, 0),
                    limit);
        });
        step.firstGradients().forEach((key, expected) -> {
            var gradient = gradients.get(key);
            double worst = gradient == null || gradient.length < expected.size() ? Double.POSITIVE_INFINITY : 0;
            double typical = gradient == null ? 1 : length(gradient) / Math.sqrt(gradient.length);
            for (int i = 0; worst < Double.POSITIVE_INFINITY && i < expected.size(); i++) {
                worst = Math.max(worst, Math.abs(gradient[i] - expected.get(i)) / Math.max(typical, Double.MIN_NORMAL));
            }
            train("first gradients of " + key, worst, GRADIENT);
        });
    }

    private void descend(double rate) {
        try (var mode = Grad.off()) {
            network.parameters().values().forEach(p -> {
                try (var scope = Scope.open()) {
                    p.value().grad().ifPresent(g -> p.value().addInPlace(g, -rate));
                }
            });
        }
    }

    private void loss(String name, double actual, double expected, double noise) {
        train(name, apart(actual, expected, SMALL_LOSS), Math.max(LOSS, NOISE_FACTOR * noise));
    }

    private void train(String name, double difference, double limit) {
        comparisons.add(new Comparison(
                Part.TRAIN, name, Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference, limit));
    }

    private static double noise(TrainStep step, String name) {
        return step.noise().getOrDefault(name, 0.0);
    }

    private static double apart(double actual, double expected, double floor) {
        return Math.abs(actual - expected) / Math.max(Math.max(Math.abs(expected), floor), Double.MIN_NORMAL);
    }

    private static double length(double[] values) {
        double squares = 0;
        for (double v : values) {
            squares += v * v;
        }
        return Math.sqrt(squares);
    }
}
