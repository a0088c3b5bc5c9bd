package dev.fovea.models.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.CellOutput;
import dev.fovea.models.detect.Criterion;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.YoloxCriterion;
import dev.fovea.models.verify.Comparison.Part;
import dev.fovea.models.weights.Renaming;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Compares one detector with the numbers of one {@link PreparedCase}: keys, results of inner modules, raw outputs, boxes found, losses and
 * gradients.
 *
 * @param <R> the detector's raw outputs
 */
final class PreparedCheck<R> {
    private static final double LIMIT = 1e-3;
    private static final double SHALLOW = 1e-4;
    private static final double NOISE_FACTOR = 50;
    private static final double LOSS = 1e-4;
    private static final double GRADIENT = 1e-2;

    private final PreparedCase golden;
    private final Detector<R> network;
    private final Device device;
    private final DetectorFindings findings = new DetectorFindings();

    PreparedCheck(PreparedCase golden, Detector<R> network, Device device) {
        this.golden = golden;
        this.network = network;
        this.device = device;
    }

    List<String> problems() {
        return findings.problems();
    }

    List<Comparison> comparisons() {
        return findings.comparisons();
    }

    /** Runs everything the file has numbers for. Without equal keys the fill means nothing, so it ends there. */
    void run() throws Exception {
        if (!golden.isHub()) {
            findings.problems().addAll(GoldenKeys.problems(golden.file(), network));
        } else if (network.parameterCount() != golden.file().parameterCount()) {
            findings.problems()
                    .add(network.parameterCount() + " parameters, expected "
                            + golden.file().parameterCount());
        }
        if (!findings.problems().isEmpty()) {
            return;
        }
        try (var scope = Scope.open()) {
            fill();
            network.to(device);
            var given = golden.pictures();
            var pictures = new Pictures(given.pixels().to(device), given.sizes());
            evaluate(pictures);
            for (var step : golden.steps().entrySet()) {
                fill();
                train(step.getKey(), step.getValue(), pictures);
            }
        }
    }

    /** By the network's own names; of a file with other names by those, of two names of one tensor by the later. */
    private void fill() {
        if (!golden.isHub()) {
            golden.file().fill().fill(network);
            return;
        }
        var tensors = new LinkedHashMap<String, Tensor>();
        for (var key : golden.file().keys()) {
            var shape = key.shape().toArray();
            var values = key.type().equals("float32") ? golden.file().fill().values(key.name(), shape) : new float[0];
            tensors.put(key.name(), values.length == 0 ? Tensor.zeros(shape) : Tensor.of(values, shape));
        }
        network.loadStrict(Renaming.of(network, tensors).tensors());
    }

    // --- evaluation ------------------------------------------------------------------------------------------------

    private void evaluate(Pictures pictures) throws Exception {
        network.eval();
        try (var mode = Grad.off();
                var scope = Scope.open()) {
            var named = new LinkedHashMap<String, List<Tensor>>();
            R outputs = observed(pictures, named);
            network.named(outputs, pictures).forEach((name, tensor) -> named.put(name, List.of(tensor)));
            for (var expected : golden.file().outputs().entrySet()) {
                if (!expected.getKey().startsWith("detections.")) {
                    compare(Part.OUTPUT, expected.getKey(), expected.getValue(), named.get(expected.getKey()));
                }
            }
            for (var expected : golden.file().taps().entrySet()) {
                if (!golden.isHub()) { // its modules have other names
                    compare(Part.TAP, expected.getKey(), expected.getValue(), named.get(expected.getKey()));
                }
            }
            detections(pictures, outputs);
        }
    }

    /** Raw outputs, with the results of inner modules by path; items of several as {@code path.0}, {@code path.1}, …. */
    private R observed(Pictures pictures, Map<String, List<Tensor>> inner) throws Exception {
        var paths = new IdentityHashMap<Module, String>();
        network.modules().forEach((path, module) -> paths.put(module, path));
        try (var observer = Module.observe((module, result) -> {
            String path = paths.get(module);
            if (path != null && !inner.containsKey(path)) {
                var all = new ArrayList<Tensor>();
                collect(result, all);
                var copies = all.stream().map(t -> Scope.release(t.copy())).toList();
                inner.put(path, copies);
                for (int i = 0; copies.size() > 1 && i < copies.size(); i++) {
                    inner.putIfAbsent(path + "." + i, List.of(copies.get(i)));
                }
            }
        })) {
            return network.outputs(pictures);
        }
    }

    private static void collect(Object result, List<Tensor> into) {
        if (result instanceof Tensor t) {
            into.add(t);
        } else if (result instanceof Collection<?> many) {
            many.forEach(item -> collect(item, into));
        } else if (result instanceof TensorOutput output) {
            into.addAll(output.tensors());
        }
    }

    /** Of several results of a module the first that has the shape, perhaps with another dimension of one before, is meant. */
    private void compare(Part part, String name, TensorSummary expected, List<Tensor> actual) {
        if (actual == null) {
            findings.problems().add("the network gives no output '" + name + "'");
            return;
        }
        double difference = Double.POSITIVE_INFINITY;
        for (var tensor : actual) {
            for (var form : List.of(tensor, tensor.unsqueeze(0))) {
                if (form.shape().equals(expected.shape())) {
                    difference = Math.min(difference, expected.difference(form));
                }
            }
        }
        findings.add(new Comparison(part, name, difference, limit(name)));
    }

    private double limit(String output) {
        boolean convolutional = golden.file().model().startsWith("yolox");
        double noise = golden.file().noise().getOrDefault(output, 0.0);
        return Math.max(convolutional ? SHALLOW : LIMIT, NOISE_FACTOR * noise);
    }

    private void detections(Pictures pictures, R outputs) {
        var found = network.decoder().decode(outputs, pictures, golden.selection(network.selection()));
        for (int i = 0; i < pictures.count(); i++) {
            var expected = PreparedBoxes.of(
                    golden.file().outputs(), i, pictures.sizes().get(i));
            if (expected.isPresent()) {
                double lost = expected.get().without(PreparedBoxes.of(found.get(i)));
                findings.add(new Comparison(Part.OUTPUT, "detections." + i, lost, PreparedBoxes.EXCUSED));
            }
        }
    }

    // --- one step of training --------------------------------------------------------------------------------------

    private void train(String name, JsonNode step, Pictures pictures) throws IOException {
        var labelled = step.has("labels") || step.path("targets").isArray()
                ? step
                : golden.steps().values().iterator().next(); // later steps have the objects of the first
        var targets = new ArrayList<BoxTargets>();
        for (var target : golden.objects(labelled, pictures)) {
            targets.add(
                    new BoxTargets(target.boxes().to(device), target.labels().to(device)));
        }
        DetectorFindings.trainWithoutDropout(network);
        String prefix = name.isEmpty() ? "" : name + " ";
        try (var mode = Grad.on();
                var scope = Scope.open()) {
            var losses = criterion(name).losses(network.outputs(pictures), pictures, targets, new SplittableRandom(1));
            var total = losses.values().stream().reduce(Tensor::add).orElseThrow();
            for (var expected : step.path("losses").properties()) {
                Optional.ofNullable(losses.get(expected.getKey())).ifPresent(loss -> {
                    double weight = weight(step, expected.getKey());
                    findings.train(
                            prefix + expected.getKey(),
                            loss.item() / weight,
                            expected.getValue().asDouble(),
                            LOSS);
                });
            }
            for (String sum : List.of("total_loss", "weighted_total")) {
                var expected =
                        step.has(sum) ? step.path(sum) : step.path("losses").path(sum);
                if (expected.isNumber()) {
                    findings.train(prefix + sum, total.item(), expected.asDouble(), LOSS);
                }
            }
            total.backward();
        }
        gradients(prefix, step);
        network.clearGrads();
    }

    @SuppressWarnings("unchecked") // a network whose steps are so called gives cells
    private Criterion<R> criterion(String step) {
        return step.equals("with_l1")
                ? (Criterion<R>) (Criterion<CellOutput>) new YoloxCriterion(true)
                : network.criterion();
    }

    /** What ours is multiplied by and the file's is not. */
    private double weight(JsonNode step, String loss) {
        boolean weighted = !step.path("mode").asText("").contains("unweighted") && !step.has("weighted_total");
        if (weighted) {
            return 1;
        } else if (loss.startsWith("loss_bbox")) {
            return 5;
        } else if (loss.startsWith("loss_giou")) {
            return 2;
        }
        return loss.startsWith("loss_ce") && golden.file().model().startsWith("deformable") ? 2 : 1;
    }

    private void gradients(String prefix, JsonNode step) {
        for (var expected : step.path("grad_l2").properties()) {
            findings.train(
                    prefix + "gradient of " + expected.getKey(),
                    DetectorFindings.gradientLength(network, expected.getKey()),
                    expected.getValue().asDouble(),
                    GRADIENT);
        }
    }
}
