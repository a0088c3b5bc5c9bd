package dev.fovea.cli;

import dev.fovea.runtime.BoxSelection;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
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
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
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

    /** Pictures that a thread takes at a time. More keep weights in caches no better and are shared less evenly. */
    private static final int MOST_IN_A_GROUP = 4;

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

    @Mixin
    private final TileFlags tiles = new TileFlags();

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
        tiles.refuse(spec);
        if (out != null) {
            throw new ParameterException(
                    new CommandLine(spec), "--out is for networks that find objects; this one names whole pictures");
        }
        var crop = Optional.ofNullable(region).map(Crop::parse);
        var files = PictureFiles.find(arguments);
        var output = json ? new JsonOutput() : csv ? new CsvOutput() : new TextOutput(files.size() > 1);
        int failed = network.isExported() && network.isOnProcessor()
                ? predictApart(files, crop, views, output)
                : predictTogether(files, crop, views, output);
        output.end(spec.commandLine().getOut());
        return failed == 0 ? Main.DONE : Main.FAILED;
    }

    /**
     * Each thread reads and recognises pictures of its own, which on processors is faster than batches whose operations are shared by all
     * threads. The natives for pictures and those of ONNX Runtime load side by side, which is half of a short call.
     */
    private int predictApart(List<Path> files, Optional<Crop> crop, TestViews views, Output output) throws IOException {
        int workers = Math.min(network.threads(), files.size());
        int group = Math.min(MOST_IN_A_GROUP, (files.size() + workers - 1) / workers);
        int each = workers > 1 ? 1 : network.threads();
        var loaded = new CompletableFuture<Recogniser>();
        try (var pictures = new OrderedWork<>(
                files, workers, group, 2 * workers, crop, i -> loaded.join().predict(i))) {
            try (var recogniser = network.recogniser(spec, group, each, views);
                    pictures) {
                loaded.complete(recogniser);
                int failed = 0;
                while (pictures.hasNext()) {
                    Interruption.check();
                    var next = pictures.next();
                    failed += failure(output, next) ? 1 : 0;
                    next.result().ifPresent(prediction -> tell(output, next.file(), prediction));
                }
                return failed;
            } finally {
                loaded.cancel(false); // if it could not be loaded, threads wait for it
            }
        }
    }

    private int predictTogether(List<Path> files, Optional<Crop> crop, TestViews views, Output output)
            throws IOException {
        int failed = 0;
        try (var recogniser = network.recogniser(spec, batch, network.threads(), views);
                var batches = new PictureBatches(files, batch, crop)) {
            while (batches.hasNext()) {
                Interruption.check();
                var next = batches.next();
                for (var read : next) {
                    failed += failure(output, read) ? 1 : 0;
                }
                var readable = next.stream().filter(r -> r.result().isPresent()).toList();
                var predictions = readable.isEmpty()
                        ? List.<Classification>of()
                        : recogniser.predict(readable.stream()
                                .flatMap(r -> r.result().stream())
                                .toList());
                for (int i = 0; i < predictions.size(); i++) {
                    tell(output, readable.get(i).file(), predictions.get(i));
                }
            }
        }
        return failed;
    }

    private void tell(Output output, Path file, Classification prediction) {
        output.prediction(spec.commandLine().getOut(), file, prediction.top(top == null ? USUAL_TOP : top));
    }

    /** Whether nothing came of a file, which is told, or thrown if one such picture is too many. */
    private boolean failure(Output output, OrderedWork.Done<?> done) throws IOException {
        if (done.failure().isEmpty()) {
            return false;
        }
        var failure = done.failure().get();
        if (strict) {
            throw failure(failure);
        }
        String reason = naming(done.file(), failure.getMessage());
        output.failure(spec.commandLine().getOut(), spec.commandLine().getErr(), done.file(), reason);
        return true;
    }

    private int predictObjects(List<String> arguments) throws IOException {
        if (region != null) {
            throw new ParameterException(
                    new CommandLine(spec), "--region does not go with a network that finds objects; leave it out");
        }
        var files = PictureFiles.find(arguments);
        int failed = network.isExported() && network.isOnProcessor()
                ? findApart(files)
                : network.isExported() ? findTogetherExported(files) : findTogether(files);
        return failed == 0 ? Main.DONE : Main.FAILED;
    }

    /** As {@link #predictApart}: each thread reads, looks at and draws on pictures of its own. */
    private int findApart(List<Path> files) throws IOException {
        int workers = Math.min(network.threads(), files.size());
        try (var detector = network.exportedDetector(spec, 1, workers > 1 ? 1 : network.threads())) {
            var chosen = most(selection.shown(detector.selection()));
            var finder = finder(images -> detector.detect(images, chosen));
            try (var found = new OrderedWork<>(files, workers, 1, 2 * workers, Optional.empty(), finder::find)) {
                return finder.run(found, strict, form());
            }
        }
    }

    private int findTogetherExported(List<Path> files) throws IOException {
        try (var detector = network.exportedDetector(spec, batch, network.threads())) {
            var chosen = most(selection.shown(detector.selection()));
            return findInBatches(files, images -> detector.detect(images, chosen));
        }
    }

    private int findTogether(List<Path> files) throws IOException {
        try (var detector = network.detector(spec)) {
            var kept = selection.shown(detector.selection());
            var chosen = top == null ? kept : kept.withMost(Math.min(top, kept.most()));
            return findInBatches(files, images -> detector.detect(images, chosen));
        }
    }

    private int findInBatches(List<Path> files, Function<List<Image>, List<Detections>> detector) throws IOException {
        var finder = finder(detector);
        try (var batches = new PictureBatches(files, batch, Optional.empty())) {
            return finder.run(finder.inBatches(batches), strict, form());
        }
    }

    private BoxSelection most(BoxSelection kept) {
        return top == null ? kept : kept.withMost(Math.min(top, kept.most()));
    }

    private ObjectFinder finder(Function<List<Image>, List<Detections>> detector) {
        return new ObjectFinder(spec, tiles.sliced(spec, detector, selection, top), Optional.ofNullable(out));
    }

    private ObjectFinder.Form form() {
        return json ? ObjectFinder.Form.JSON : csv ? ObjectFinder.Form.CSV : ObjectFinder.Form.TEXT;
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
