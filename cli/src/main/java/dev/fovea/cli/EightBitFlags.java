package dev.fovea.cli;

import dev.fovea.data.DatasetException;
import dev.fovea.export.Session;
import dev.fovea.export.quantise.CalibrationMethod;
import dev.fovea.export.quantise.DynamicQuantisation;
import dev.fovea.export.quantise.IntoEightBits;
import dev.fovea.export.quantise.Limits;
import dev.fovea.export.quantise.StaticQuantisation;
import dev.fovea.train.classify.ClassifyData;
import dev.fovea.train.classify.TrainedClassifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Stack;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Exporting in eight bits: how, on which pictures it is measured, and what it may cost. */
final class EightBitFlags {
    /** Which values are in eight bits. */
    enum Kind {
        /** Convolutions, linear layers and what lies between them; ranges are measured beforehand. */
        STATIC,
        /** The weights and inputs of linear layers; ranges are found while recognising. */
        DYNAMIC
    }

    /** Takes the next argument if it is a kind; else it is an argument of its own, such as the run. */
    static final class KindOrNext implements CommandLine.IParameterConsumer {
        @Override
        public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
            boolean named = !arguments.isEmpty()
                    && Arrays.stream(Kind.values()).anyMatch(k -> k.name().equalsIgnoreCase(arguments.peek()));
            option.setValue(named ? Kind.valueOf(arguments.pop().toUpperCase(Locale.ROOT)) : Kind.STATIC);
        }
    }

    @Option(
            names = "--int8",
            arity = "0..1",
            parameterConsumer = KindOrNext.class,
            paramLabel = "KIND",
            description = "Compute in 8 bits: static (convolutions too; if no kind is given) or dynamic (linear layers"
                    + " alone, for transformers).")
    private Kind kind;

    @Option(
            names = "--calibrate",
            paramLabel = "PATH",
            description = "With --int8: pictures like those of real use, to measure ranges and what is lost.")
    private String calibrate;

    @Option(
            names = "--calibration",
            paramLabel = "METHOD",
            description = "How ranges follow from values: minmax, percentile or entropy (default ${DEFAULT-VALUE}).",
            defaultValue = "percentile")
    private String calibration;

    @Option(
            names = "--calibration-pictures",
            paramLabel = "N",
            description = "At most so many pictures to measure on (default ${DEFAULT-VALUE}).",
            defaultValue = "100")
    private int pictures;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "With --int8: pictures with classes, for the accuracy before and after (default: those of"
                    + " --calibrate, if they have the network's classes).")
    private String data;

    @Option(
            names = "--max-loss",
            paramLabel = "POINTS",
            description = "With --int8: leave the most sensitive layers in float32 until no more points of accuracy are"
                    + " lost.")
    private Double maxLoss;

    @Option(
            names = "--max-deviation",
            paramLabel = "SHARE",
            description = "With --int8: the same until outputs differ by no more of their standard deviation.")
    private Double maxDeviation;

    boolean isAsked() {
        return kind != null;
    }

    /** Refuses what does not go together, before work begins. */
    void check(CommandSpec spec, boolean isHalf) {
        if (kind == null) {
            String useless = calibrate != null
                    ? "--calibrate"
                    : data != null
                            ? "--data"
                            : maxLoss != null ? "--max-loss" : maxDeviation != null ? "--max-deviation" : null;
            if (useless != null) {
                throw new ParameterException(new CommandLine(spec), useless + " needs --int8");
            }
            return;
        }
        if (isHalf) {
            throw new ParameterException(new CommandLine(spec), "--int8 and --fp16 or --bf16 exclude each other");
        }
        if (calibrate == null && kind == Kind.STATIC) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "--int8 needs pictures like those of real use; give a folder of them with --calibrate");
        }
        if (pictures < 1) {
            throw new ParameterException(
                    new CommandLine(spec), "--calibration-pictures must be at least 1, got " + pictures);
        }
        var unusedMethod = CalibrationMethod.parse(calibration); // a wrong name is told before pictures are read
        var unusedLimits = limits();
    }

    private Limits limits() {
        return new Limits(optional(maxDeviation), optional(maxLoss));
    }

    private static OptionalDouble optional(Double value) {
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** Reads pictures and gets ready. */
    Prepared prepare(CommandSpec spec, TrainedClassifier classifier) throws IOException {
        String source = calibrate != null ? calibrate : data;
        var read = source != null
                ? CalibrationPictures.read(source, pictures, classifier.preprocessing())
                : CalibrationPictures.noise(classifier.preprocessing());
        try {
            var notJudged = new StringBuilder();
            var labelled = labelled(classifier, notJudged);
            if (maxLoss != null && labelled.isEmpty()) {
                throw new ParameterException(
                        new CommandLine(spec),
                        "--max-loss needs pictures with the network's classes (" + notJudged
                                + "); give them with --data, or use --max-deviation");
            }
            var method = CalibrationMethod.parse(calibration);
            PrintWriter err = spec.commandLine().getErr();
            var change = new IntoEightBits(
                    graph -> kind == Kind.DYNAMIC
                            ? DynamicQuantisation.of(graph)
                            : StaticQuantisation.measure(graph, read.batches(), method),
                    read.batches(),
                    labelled.<ToDoubleFunction<Session>>map(l -> l::accuracy),
                    limits(),
                    note -> err.println("searching: " + note));
            return new Prepared(this, read, change, labelled, notJudged.toString());
        } catch (IOException | RuntimeException e) {
            read.close();
            throw e;
        }
    }

    private Optional<LabelledPictures> labelled(TrainedClassifier classifier, StringBuilder reason) throws IOException {
        if (data == null && calibrate == null) {
            reason.append("no pictures were given");
            return Optional.empty();
        }
        try {
            var found = ClassifyData.openForEvaluation(data != null ? data : calibrate, classifier.classes());
            return Optional.of(new LabelledPictures(found, classifier));
        } catch (DatasetException e) {
            if (data != null) {
                throw e;
            }
            reason.append(e.getMessage());
            return Optional.empty();
        }
    }

    /** Pictures that were read, and the change of the graph that is measured on them. */
    record Prepared(
            EightBitFlags flags,
            CalibrationPictures pictures,
            IntoEightBits change,
            Optional<LabelledPictures> labelled,
            String notJudged)
            implements AutoCloseable {
        /** For programs. */
        Map<String, Object> toJson() {
            var loss = change.loss();
            var json = new LinkedHashMap<String, Object>();
            json.put("kind", flags.kind.name().toLowerCase(Locale.ROOT));
            if (flags.kind == Kind.STATIC) {
                json.put("calibration", flags.calibration);
            }
            json.put("pictures", pictures.isNoise() ? 0 : pictures.count());
            json.put("deviation", loss.deviation());
            json.put("agreement", loss.agreement());
            json.put("layers", change.layers());
            json.put("float32_layers", change.left());
            loss.accuracy().ifPresent(a -> {
                json.put("accuracy_float32", a.before());
                json.put("accuracy_int8", a.after());
                json.put("accuracy_pictures", labelled.orElseThrow().count());
            });
            return json;
        }

        /** For people. */
        List<String> lines() {
            var loss = change.loss();
            var lines = new java.util.ArrayList<String>();
            String unread = pictures.unreadable() == 0 ? "" : " (" + pictures.unreadable() + " more cannot be read)";
            lines.add(String.format(
                    Locale.ROOT,
                    "In 8 bits, on %d %s%s: outputs differ by %.3f of their standard deviation, the best class is"
                            + " the same for %.1f %%",
                    pictures.count(),
                    pictures.isNoise() ? "pictures of noise" : "pictures",
                    unread,
                    loss.deviation(),
                    loss.agreement() * 100));
            lines.add(loss.accuracy()
                    .map(a -> String.format(
                            Locale.ROOT,
                            "Accuracy on %d pictures: %.2f %% in float32, %.2f %% in 8 bits",
                            labelled.orElseThrow().count(),
                            a.before() * 100,
                            a.after() * 100))
                    .orElseGet(() -> "Accuracy was not measured: " + notJudged + "; give --data"));
            if (!change.left().isEmpty()) {
                lines.add(change.left().size() + " of " + change.layers()
                        + " layers stay in float32, with what each alone" + " changes in 8 bits:");
                change.left()
                        .forEach(c -> lines.add(String.format(Locale.ROOT, "  %.3f  %s", c.deviation(), c.layer())));
            }
            return lines;
        }

        @Override
        public void close() {
            pictures.close();
        }
    }
}
