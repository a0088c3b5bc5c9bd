package dev.fovea.models.verify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.verify.GoldenResult.Outcome;
import dev.fovea.nn.Init;
import dev.fovea.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Checks the networks of the registry, and with them the numerics of this machine, against golden files: regenerates each one's weights and
 * input, runs the network, compares keys, outputs, inner results and a step of training.
 */
public final class Verification {
    private static final int DEEPEST = 16;

    private final Device device;
    private final Consumer<GoldenResult> listener;

    private Verification(Device device, Consumer<GoldenResult> listener) {
        this.device = device;
        this.listener = listener;
    }

    /** Checks all golden files below a folder, or one file, on the CPU. */
    public static VerificationReport run(Path path) throws IOException {
        return on(Device.CPU).check(path);
    }

    /** Networks run on this device. */
    public static Verification on(Device device) {
        return new Verification(device, result -> {});
    }

    /** Tells {@code newListener} each result as soon as it is there, for showing progress. */
    public Verification listener(Consumer<GoldenResult> newListener) {
        return new Verification(device, newListener);
    }

    /** Checks all {@code *.json} files below a folder in the order of their names, or one file; one network after another. */
    public VerificationReport check(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new IOException(path + " does not exist; give a golden file or a folder that has some");
        }
        List<Path> files;
        try (var walk = Files.walk(path, DEEPEST)) {
            files = walk.filter(p -> Files.isRegularFile(p)
                            && (p.equals(path) || p.toString().endsWith(".json")))
                    .sorted()
                    .toList();
        }
        var results = new ArrayList<GoldenResult>();
        for (var file : files) {
            var shown = file.equals(path) ? file.getFileName() : path.relativize(file);
            var result = check(file, shown.toString().replace('\\', '/'));
            listener.accept(result);
            results.add(result);
        }
        return new VerificationReport(results);
    }

    private GoldenResult check(Path file, String shown) {
        long start = System.nanoTime();
        GoldenFile golden;
        try {
            var read = GoldenFile.read(file);
            if (read.isEmpty()) {
                return result(shown, "", Outcome.OTHER, List.of());
            }
            golden = read.get();
        } catch (IOException e) {
            return result(shown, "", Outcome.UNREADABLE, List.of(String.valueOf(e.getMessage())));
        }
        var prepared = PreparedCase.architecture(golden);
        if (prepared.isPresent()) {
            return checkPrepared(golden, prepared.get(), shown, start);
        }
        var detector = golden.detector();
        if (detector.isPresent() && DetectionCase.isKnown(golden)) {
            return checkDetector(golden, detector.get(), shown, start);
        }
        var architecture = golden.architecture();
        return architecture.isEmpty()
                ? result(shown, golden.model(), Outcome.NOT_REGISTERED, List.of())
                : checkClassifier(golden, architecture.get(), shown, start);
    }

    private static GoldenResult result(String file, String model, Outcome outcome, List<String> problems) {
        return new GoldenResult(file, model, "", outcome, 0, problems, List.of(), 0);
    }

    /** The fill overwrites every weight, so none is drawn before, which also leaves the memory of a huge network untouched. */
    private static Backbone unfilled(ModelSpec spec) {
        try (var off = Init.off()) {
            return Models.build(spec);
        }
    }

    private static Detector<?> unfilledDetector(ModelSpec spec) {
        try (var off = Init.off()) {
            return Models.buildDetector(spec);
        }
    }

    private GoldenResult checkPrepared(
            GoldenFile golden, Architecture<Detector<?>> architecture, String shown, long start) {
        var prepared = new PreparedCase(golden, golden.json());
        var spec = prepared.spec(architecture);
        return result(golden, spec, shown, start, findings -> {
            try (var network = unfilledDetector(spec)) {
                findings.parameters = network.parameterCount();
                var check = new PreparedCheck<>(prepared, network, device);
                try {
                    check.run();
                } finally {
                    findings.problems.addAll(check.problems());
                    findings.comparisons.addAll(check.comparisons());
                }
            }
        });
    }

    private GoldenResult checkClassifier(
            GoldenFile golden, Architecture<Backbone> architecture, String shown, long start) {
        var spec = golden.spec(architecture);
        return result(golden, spec, shown, start, findings -> {
            try (var network = unfilled(spec)) {
                findings.parameters = network.parameterCount();
                var check = new GoldenCheck(golden, network, device);
                try {
                    check.run();
                } finally {
                    findings.problems.addAll(check.problems());
                    findings.comparisons.addAll(check.comparisons());
                }
            }
        });
    }

    private GoldenResult checkDetector(
            GoldenFile golden, Architecture<Detector<?>> architecture, String shown, long start) {
        var detection = new DetectionCase(golden, golden.json());
        var spec = detection.spec(architecture);
        return result(golden, spec, shown, start, findings -> {
            try (var network = unfilledDetector(spec)) {
                findings.parameters = network.parameterCount();
                var check = new DetectorCheck<>(detection, network, device);
                try {
                    check.run();
                } finally {
                    findings.problems.addAll(check.problems());
                    findings.comparisons.addAll(check.comparisons());
                }
            }
        });
    }

    /** What checking one network brings to light, as far as it gets. */
    private static final class Findings {
        private final List<String> problems = new ArrayList<>();
        private final List<Comparison> comparisons = new ArrayList<>();
        private long parameters;
    }

    /** Checks a network. */
    private interface Check {
        void run(Findings findings) throws Exception;
    }

    private static GoldenResult result(GoldenFile golden, ModelSpec spec, String shown, long start, Check check) {
        var findings = new Findings();
        try {
            check.run(findings);
        } catch (Exception e) {
            // Whatever goes wrong with one network is its result; the others are still checked.
            findings.problems.add(e.getMessage() == null ? e.toString() : e.getMessage());
        }
        boolean passed =
                findings.problems.isEmpty() && findings.comparisons.stream().allMatch(Comparison::passed);
        return new GoldenResult(
                shown,
                golden.model(),
                spec.toString(),
                passed ? Outcome.PASSED : Outcome.FAILED,
                findings.parameters,
                findings.problems,
                findings.comparisons,
                (System.nanoTime() - start) / 1e9);
    }
}
