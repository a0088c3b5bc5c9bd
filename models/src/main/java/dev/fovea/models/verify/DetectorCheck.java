package dev.fovea.models.verify;

import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.verify.Comparison.Part;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
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
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;

/**
 * Compares one detector with the numbers of one golden file: keys, prepared pictures, every named output (those of
 * {@link Detector#named}, else those of inner modules by their paths), boxes found, losses and gradients.
 *
 * @param <R> the detector's raw outputs
 */
final class DetectorCheck<R> {
    private static final double SHALLOW = 1e-4;
    private static final double DEEP = 1e-3;
    private static final int DEEP_LAYERS = 100;
    private static final double NOISE_FACTOR = 50;
    private static final double LOSS = 1e-3;
    private static final double GRADIENT = 1e-2;

    private final DetectionCase golden;
    private final Detector<R> network;
    private final Device device;
    private final DetectorFindings findings = new DetectorFindings();

    DetectorCheck(DetectionCase golden, Detector<R> network, Device device) {
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
        findings.problems().addAll(GoldenKeys.problems(golden.file(), network));
        if (!findings.problems().isEmpty()) {
            return;
        }
        golden.file().fill().fill(network);
        network.to(device);
        try (var scope = Scope.open()) {
            var images = golden.images().stream().map(i -> i.to(device)).toList();
            if (images.isEmpty()) {
                findings.problems().add("the file has no 'inputs', so there is nothing to run the network on");
                return;
            }
            evaluate(images);
            if (!golden.objects().isEmpty()) {
                golden.file().fill().fill(network);
                trainStep(images);
            }
        }
    }

    // --- evaluation ------------------------------------------------------------------------------------------------

    private void evaluate(List<Tensor> images) throws Exception {
        network.eval();
        try (var mode = Grad.off();
                var scope = Scope.open()) {
            var pictures = network.preparation().batch(images);
            var inner = new LinkedHashMap<String, Tensor>();
            R outputs = observed(pictures, inner);
            var named = new LinkedHashMap<>(inner);
            named.put("transform.images", pictures.pixels());
            named.put("transform.image_sizes", sizes(pictures));
            named.putAll(network.named(outputs, pictures));
            for (var expected : golden.file().outputs().entrySet()) {
                if (!expected.getKey().startsWith("detections.")) {
                    compare(expected.getKey(), expected.getValue(), named.get(expected.getKey()));
                }
            }
            detections(images, pictures, outputs);
        }
    }

    /** Raw outputs, with the results of inner modules by path; items of several as {@code path.0}, {@code path.1}, …. */
    private R observed(Pictures pictures, Map<String, Tensor> inner) throws Exception {
        var paths = new IdentityHashMap<Module, String>();
        network.modules().forEach((path, module) -> paths.put(module, path));
        var wanted = golden.file().outputs().keySet();
        try (var observer = Module.observe((module, result) -> {
            String path = paths.get(module);
            if (path != null && wanted.stream().anyMatch(w -> w.equals(path) || w.startsWith(path + "."))) {
                collect(path, result, inner);
            }
        })) {
            return network.outputs(pictures);
        }
    }

    private static void collect(String path, Object result, Map<String, Tensor> into) {
        if (result instanceof Tensor t) {
            into.putIfAbsent(path, Scope.release(t.copy()));
        } else if (result instanceof Collection<?> many) {
            int i = 0;
            for (var item : many) {
                collect(path + "." + i++, item, into);
            }
        } else if (result instanceof TensorOutput output) {
            collect(path, output.tensors(), into);
        }
    }

    private static Tensor sizes(Pictures pictures) {
        var values = pictures.sizes().stream()
                .flatMapToLong(s -> LongStream.of(s.height(), s.width()))
                .toArray();
        return Tensor.of(values, pictures.count(), 2);
    }

    private void compare(String name, TensorSummary expected, Tensor actual) {
        if (actual == null) {
            findings.problems().add("the network gives no output '" + name + "'");
            return;
        }
        findings.add(new Comparison(Part.OUTPUT, name, expected.difference(actual), limit(name)));
    }

    private double limit(String output) {
        long layers = golden.file().keys().stream()
                .filter(k -> k.shape().rank() >= 2 && k.name().endsWith("weight"))
                .count();
        double noise = golden.file().noise().getOrDefault(output, 0.0);
        return Math.max(layers >= DEEP_LAYERS ? DEEP : SHALLOW, NOISE_FACTOR * noise);
    }

    private void detections(List<Tensor> images, Pictures pictures, R outputs) {
        var found = network.decoder().decode(outputs, pictures, network.selection());
        for (int i = 0; i < images.size(); i++) {
            var expected = BoxList.of(golden.file().outputs(), "detections." + i + ".");
            if (expected.isEmpty()) {
                continue;
            }
            var prepared = pictures.sizes().get(i);
            var own = DetectionCase.size(images.get(i));
            var boxes = Boxes.scaled(
                    found.get(i).boxes(),
                    (float) own.width() / prepared.width(),
                    (float) own.height() / prepared.height());
            var ours = BoxList.of(boxes, found.get(i).scores(), found.get(i).labels(), -network.firstClass());
            findings.add(new Comparison(
                    Part.OUTPUT, "detections." + i, expected.get().without(ours), BoxList.EXCUSED));
        }
    }

    // --- one step of training --------------------------------------------------------------------------------------

    private void trainStep(List<Tensor> images) throws IOException {
        DetectorFindings.trainWithoutDropout(network);
        try (var mode = Grad.on();
                var scope = Scope.open()) {
            var pictures = network.preparation().batch(images);
            var outputs = network.outputs(pictures);
            var losses = network.criterion()
                    .losses(outputs, pictures, targets(images, pictures), RandomGenerator.of("L64X128MixRandom"));
            golden.losses().forEach((name, expected) -> {
                var loss = losses.get(name);
                findings.train(
                        name,
                        loss == null ? Double.NaN : loss.item(),
                        expected,
                        Math.max(LOSS, NOISE_FACTOR * golden.trainNoise("losses", name)));
            });
            if (losses.size() != golden.losses().size()) {
                findings.problems()
                        .add("the losses are " + losses.keySet() + ", expected "
                                + golden.losses().keySet());
            }
            losses.values().stream().reduce(Tensor::add).orElseThrow().backward();
        }
        gradients();
        network.clearGrads();
    }

    private List<BoxTargets> targets(List<Tensor> images, Pictures pictures) throws IOException {
        var objects = golden.objects();
        if (objects.size() != images.size()) {
            throw new IOException("there are objects for " + objects.size() + " of " + images.size() + " pictures");
        }
        var targets = new ArrayList<BoxTargets>();
        for (int i = 0; i < images.size(); i++) {
            var prepared = pictures.sizes().get(i);
            var own = DetectionCase.size(images.get(i));
            var labels = objects.get(i).labels().stream()
                    .mapToLong(label -> label + network.firstClass())
                    .toArray();
            var corners = objects.get(i).boxes().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            var boxes = Tensor.of(corners, labels.length, 4).to(DType.FLOAT32);
            targets.add(new BoxTargets(
                    Boxes.scaled(
                                    boxes,
                                    (float) prepared.width() / own.width(),
                                    (float) prepared.height() / own.height())
                            .to(device),
                    Tensor.of(labels, labels.length).to(device)));
        }
        return targets;
    }

    private void gradients() {
        golden.gradients()
                .forEach((key, expected) -> findings.train(
                        "gradient of " + key,
                        DetectorFindings.gradientLength(network, key),
                        expected,
                        Math.max(GRADIENT, NOISE_FACTOR * golden.trainNoise("grad_l2", key))));
    }
}
