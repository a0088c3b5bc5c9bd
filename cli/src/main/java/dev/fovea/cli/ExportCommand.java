package dev.fovea.cli;

import dev.fovea.export.Alteration;
import dev.fovea.export.DetectorExport;
import dev.fovea.export.DetectorMetadata;
import dev.fovea.export.EmbeddedPreprocessing;
import dev.fovea.export.ExportOptions;
import dev.fovea.export.ExportReport;
import dev.fovea.export.OnnxExport;
import dev.fovea.export.quantise.IntoEightBits;
import dev.fovea.runtime.Activation;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.detect.TrainedDetector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fovea export RUN --to FILE}. */
@Command(
        name = "export",
        description = "Write a network as an ONNX file that runs anywhere.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Before the file gets its name, ONNX Runtime loads it and its outputs are compared with the network's."
        })
final class ExportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private WeightsFlags network;

    @Option(
            names = "--to",
            paramLabel = "FILE",
            description = "The file to be written (default: model.onnx in the folder of the run).")
    private Path to;

    @Option(
            names = "--opset",
            paramLabel = "N",
            description = "The version of ONNX's operators, 17 to 21 (default ${DEFAULT-VALUE}).",
            defaultValue = "20")
    private int opset;

    @Option(names = "--fp16", description = "Store weights in float16: half the file, computed in float32.")
    private boolean fp16;

    @Option(names = "--bf16", description = "Store weights in bfloat16: half the file, computed in float32.")
    private boolean bf16;

    @Mixin
    private EightBitFlags eightBits;

    @Mixin
    private DetectorFileFlags forDetectors;

    @Option(names = "--dynamic-size", description = "Leave height and width of pictures free.")
    private boolean dynamicSize;

    @Option(names = "--embedding", description = "Give the vector that the head reads as a second output.")
    private boolean embedding;

    @Option(
            names = "--embed-preprocessing",
            description =
                    "Put resizing and normalisation into the graph, which then takes uint8 [N, H, W, C] of any size.")
    private boolean embedPreprocessing;

    @Option(
            names = "--external-data",
            description = "Put weights into a second file, FILE.data; over 2 GB they always are.")
    private boolean externalData;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        if (fp16 && bf16) {
            throw new ParameterException(new CommandLine(spec), "--fp16 and --bf16 exclude each other");
        }
        eightBits.check(spec, fp16 || bf16);
        checkEmbedding();
        var options = options();
        var target = target();
        if (network.isDetector()) {
            checkDetector();
            try (var detector = network.loadDetector(spec)) {
                print(exportDetector(detector, options, target), options, Optional.empty());
            }
            return Main.DONE;
        }
        forDetectors.refuse(spec);
        try (var classifier = network.load(spec)) {
            var alterations = new ArrayList<Alteration>();
            if (!eightBits.isAsked()) {
                embed(classifier, alterations);
                print(export(classifier, options, alterations, target), options, Optional.empty());
                return Main.DONE;
            }
            try (var prepared = eightBits.prepare(spec, classifier)) {
                alterations.add(prepared.change());
                embed(classifier, alterations);
                print(export(classifier, options, alterations, target), options, Optional.of(prepared));
            }
        }
        return Main.DONE;
    }

    private void checkDetector() {
        String useless = eightBits.isAsked()
                ? "--int8"
                : embedding
                        ? "--embedding"
                        : dynamicSize ? "--dynamic-size" : embedPreprocessing ? "--embed-preprocessing" : null;
        if (useless != null) {
            throw new ParameterException(
                    new CommandLine(spec), useless + " is for classifiers; a detector is exported without it");
        }
    }

    private ExportReport exportDetector(TrainedDetector detector, ExportOptions options, Path target)
            throws IOException {
        var form = forDetectors.form(spec, detector.network());
        var metadata = DetectorMetadata.of(detector.network(), detector.classes(), form)
                .withModel(detector.network().spec().toJson());
        metadata = run().map(metadata::withRun).orElse(metadata);
        return DetectorExport.export(detector.network(), form, metadata.toMap(), options, target);
    }

    private void checkEmbedding() {
        if (embedPreprocessing && dynamicSize) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "--embed-preprocessing gives the network pictures of its own size; leave out --dynamic-size");
        }
        if (embedPreprocessing && opset < EmbeddedPreprocessing.LEAST_OPSET) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "--embed-preprocessing needs --opset " + EmbeddedPreprocessing.LEAST_OPSET + " or newer, got "
                            + opset);
        }
    }

    private void embed(TrainedClassifier classifier, List<Alteration> alterations) {
        if (embedPreprocessing) {
            alterations.add(new EmbeddedPreprocessing(classifier.preprocessing()));
        }
    }

    private ExportReport export(
            TrainedClassifier classifier, ExportOptions options, List<Alteration> alterations, Path target)
            throws IOException {
        var size = classifier.preprocessing().size();
        return OnnxExport.export(classifier.network(), size, metadata(classifier), options, alterations, target);
    }

    private ExportOptions options() {
        var options = ExportOptions.STANDARD.opset(opset);
        options = fp16 ? options.weights(DType.FLOAT16) : bf16 ? options.weights(DType.BFLOAT16) : options;
        options = dynamicSize ? options.freeSize() : options;
        options = embedding ? options.embedding() : options;
        return externalData ? options.externalData() : options;
    }

    private Path target() {
        var run = network.first();
        if (to == null && (run == null || !Files.isDirectory(run))) {
            throw new ParameterException(new CommandLine(spec), "no file to write given; name it with --to");
        }
        return to == null ? run.resolve("model.onnx") : to;
    }

    /** The name of the run. */
    private Optional<String> run() {
        return Optional.ofNullable(network.isPublished() ? null : network.first())
                .map(p -> p.toAbsolutePath().normalize())
                .map(p -> Files.isDirectory(p) ? p : p.getParent())
                .map(p -> p.getFileName().toString());
    }

    private Map<String, String> metadata(TrainedClassifier classifier) {
        var metadata = ModelMetadata.classifier(classifier.classes(), classifier.preprocessing())
                .withActivation(classifier.isMultiLabel() ? Activation.SIGMOID : Activation.SOFTMAX)
                .withModel(classifier.network().spec().toJson());
        return run().map(metadata::withRun).orElse(metadata).toMap();
    }

    private void print(ExportReport report, ExportOptions options, Optional<EightBitFlags.Prepared> eight) {
        var out = spec.commandLine().getOut();
        if (json) {
            var answer = new LinkedHashMap<String, Object>();
            answer.put("files", report.files().stream().map(Path::toString).toList());
            answer.put("bytes", report.bytes());
            answer.put("opset", options.opset());
            answer.put(
                    "weights",
                    eight.isPresent() ? IntoEightBits.INT8 : options.weights().toString());
            answer.put("operators", report.operators());
            answer.put("deviation", report.deviation().relative());
            answer.put("seconds", report.seconds());
            eight.ifPresent(e -> answer.put("int8", e.toJson()));
            Json.print(out, answer);
            return;
        }
        String operators = report.operators().entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", "));
        out.println(report.files().stream().map(Path::toString).collect(Collectors.joining(" and "))
                + String.format(Locale.ROOT, ": %.1f MB, %s", report.bytes() / 1e6, operators));
        if (eight.isPresent()) {
            eight.get().lines().forEach(out::println);
        }
        if (embedPreprocessing) {
            out.println("Prepares pictures itself: outputs differ by at most " + report.deviation()
                    + " from those for pictures prepared before");
        } else if (eight.isEmpty()) {
            out.println(
                    "Checked with ONNX Runtime: outputs differ from the network's by at most " + report.deviation());
        }
    }
}
