package dev.fovea.cli;

import dev.fovea.vision.Classification;
import dev.fovea.vision.transform.Crop;
import dev.fovea.vision.transform.TestViews;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea predict NETWORK PICTURES…}. */
@Command(
        name = "predict",
        description = "Recognise what is in pictures.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "Pictures are files, folders, globs such as 'photos/*.jpg', or - for a list on standard input, a path a line."
        })
final class PredictCommand implements Callable<Integer> {
    private static final int USUAL_TOP = 5;

    @Spec
    private CommandSpec spec;

    @Mixin
    private NetworkFlags network;

    @Parameters(index = "1..*", paramLabel = "PICTURE", description = "What to look at.")
    private List<String> pictures = new ArrayList<>();

    @Option(
            names = "--top",
            paramLabel = "K",
            description = "How many classes to show (default 5), or objects (default: all).")
    private Integer top;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Of detectors: write pictures with boxes and a COCO results file there.")
    private Path out;

    @Mixin
    private final SelectionFlags selection = new SelectionFlags();

    @Option(
            names = "--region",
            paramLabel = "X,Y,W,H",
            description = "Look at this part of each picture alone, in pixels.")
    private String region;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Pictures at a time (default ${DEFAULT-VALUE}).",
            defaultValue = "8")
    private int batch;

    @Option(
            names = "--tta",
            paramLabel = "VIEWS",
            description = "Average over views: flip, five-crop, ten-crop, scales(0.9,1,1.15), or some joined by +.",
            defaultValue = "none")
    private String tta;

    @Option(names = "--strict", description = "Stop at the first picture that cannot be read.")
    private boolean strict;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Option(names = "--csv", description = "Print lines of path,rank,class,score.")
    private boolean csv;

    @Override
    public Integer call() throws IOException {
        if ((top != null && top < 1) || batch < 1) {
            throw new ParameterException(new CommandLine(spec), "--top and --batch must be at least 1");
        }
        if (json && csv) {
            throw new ParameterException(new CommandLine(spec), "--json and --csv exclude each other");
        }
        var arguments = new ArrayList<>(pictures);
        if (network.isPublished() && network.first() != null) {
            arguments.add(0, network.first().toString());
        }
        if (arguments.isEmpty()) {
            throw new ParameterException(new CommandLine(spec), "no picture given");
        }
        var views = TestViews.parse(tta);
        if (network.isDetector()) {
            DetectOutput.refuseViews(spec, views);
            return predictObjects(arguments);
        }
        selection.refuse(spec);
        if (out != null) {
            throw new ParameterException(
                    new CommandLine(spec), "--out is for networks that find objects; this one names whole pictures");
        }
        var crop = Optional.ofNullable(region).map(Crop::parse);
        // The natives for pictures and those of ONNX Runtime load side by side, which is half of a short call.
        var early =
                network.isExported() ? Optional.of(batches(arguments, crop).begun()) : Optional.<PictureBatches>empty();
        try (var recogniser = network.recogniser(spec, batch, views)) {
            var batches = early.isPresent() ? early.get() : batches(arguments, crop);
            var output = json ? new JsonOutput() : csv ? new CsvOutput() : new TextOutput(batches.files() > 1);
            int failed = predictAll(recogniser, batches, output);
            output.end(spec.commandLine().getOut());
            return failed == 0 ? Main.DONE : Main.FAILED;
        }
    }

    private int predictObjects(List<String> arguments) throws IOException {
        if (region != null) {
            throw new ParameterException(
                    new CommandLine(spec), "--region does not go with a network that finds objects; leave it out");
        }
        try (var detector = network.detector(spec)) {
            var kept = selection.shown(detector.selection());
            var finder = new ObjectFinder(
                    spec,
                    detector,
                    top == null ? kept : kept.withMost(Math.min(top, kept.most())),
                    Optional.ofNullable(out));
            int failed = finder.run(
                    batches(arguments, Optional.empty()),
                    strict,
                    json ? ObjectFinder.Form.JSON : csv ? ObjectFinder.Form.CSV : ObjectFinder.Form.TEXT);
            return failed == 0 ? Main.DONE : Main.FAILED;
        }
    }

    private PictureBatches batches(List<String> arguments, Optional<Crop> crop) throws IOException {
        return new PictureBatches(PictureFiles.find(arguments), batch, crop);
    }

    private int predictAll(Recogniser network, PictureBatches batches, Output output) throws IOException {
        var out = spec.commandLine().getOut();
        int failed = 0;
        while (batches.hasNext()) {
            Interruption.check();
            var batch = batches.next();
            for (var read : batch) {
                if (read.failure().isPresent()) {
                    if (strict) {
                        throw failure(read.failure().get());
                    }
                    failed++;
                    String reason = naming(read.file(), read.failure().get().getMessage());
                    output.failure(out, spec.commandLine().getErr(), read.file(), reason);
                }
            }
            var readable = batch.stream().filter(r -> r.image().isPresent()).toList();
            if (!readable.isEmpty()) {
                var predictions = network.predict(
                        readable.stream().flatMap(r -> r.image().stream()).toList());
                for (int i = 0; i < predictions.size(); i++) {
                    output.prediction(
                            out, readable.get(i).file(), predictions.get(i).top(top == null ? USUAL_TOP : top));
                }
            }
        }
        return failed;
    }

    static IOException failure(Exception e) {
        if (e instanceof RuntimeException runtime) {
            throw runtime;
        }
        return e instanceof IOException io ? io : new IOException(e);
    }

    /** A reason that names the file: those of readers do, those of a region do not. */
    static String naming(Path file, String reason) {
        return reason.startsWith(file.toString()) ? reason : file + ": " + reason;
    }

    /** A cell of a CSV file. */
    static String cell(String text) {
        return text.matches("[^\",\r\n]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    private interface Output {
        void prediction(PrintWriter out, Path file, List<Classification.Score> scores);

        void failure(PrintWriter out, PrintWriter err, Path file, String reason);

        default void end(PrintWriter out) {}
    }

    private static final class TextOutput implements Output {
        private final boolean many;

        TextOutput(boolean many) {
            this.many = many;
        }

        @Override
        public void prediction(PrintWriter out, Path file, List<Classification.Score> scores) {
            if (many) {
                out.println(file);
            }
            int width = scores.stream()
                    .mapToInt(s -> s.label().name().length())
                    .max()
                    .orElse(0);
            for (var s : scores) {
                String bar = "#".repeat(Math.round(s.score() * 30));
                out.println(String.format(
                                Locale.ROOT,
                                "  %-" + Math.max(1, width) + "s  %6.2f %%  %s",
                                s.label().name(),
                                s.score() * 100,
                                bar)
                        .stripTrailing());
            }
        }

        @Override
        public void failure(PrintWriter out, PrintWriter err, Path file, String reason) {
            err.println("fovea: " + reason);
        }
    }

    private static final class CsvOutput implements Output {
        private boolean begun;

        @Override
        public void prediction(PrintWriter out, Path file, List<Classification.Score> scores) {
            if (!begun) {
                out.println("path,rank,class,score");
                begun = true;
            }
            for (int i = 0; i < scores.size(); i++) {
                out.println(cell(file.toString()) + "," + (i + 1) + ","
                        + cell(scores.get(i).label().name()) + ","
                        + scores.get(i).score());
            }
        }

        @Override
        public void failure(PrintWriter out, PrintWriter err, Path file, String reason) {
            err.println("fovea: " + reason);
        }
    }

    private static final class JsonOutput implements Output {
        private final List<Map<String, Object>> predictions = new ArrayList<>();
        private final List<Map<String, Object>> failures = new ArrayList<>();

        @Override
        public void prediction(PrintWriter out, Path file, List<Classification.Score> scores) {
            var classes = new ArrayList<Map<String, Object>>();
            for (var s : scores) {
                var entry = new LinkedHashMap<String, Object>();
                entry.put("class", s.label().name());
                entry.put("index", s.label().index());
                entry.put("score", s.score());
                classes.add(entry);
            }
            var prediction = new LinkedHashMap<String, Object>();
            prediction.put("path", file.toString());
            prediction.put("classes", classes);
            predictions.add(prediction);
        }

        @Override
        public void failure(PrintWriter out, PrintWriter err, Path file, String reason) {
            var failure = new LinkedHashMap<String, Object>();
            failure.put("path", file.toString());
            failure.put("reason", reason);
            failures.add(failure);
        }

        @Override
        public void end(PrintWriter out) {
            var all = new LinkedHashMap<String, Object>();
            all.put("predictions", predictions);
            all.put("failures", failures);
            Json.print(out, all);
        }
    }
}
