package dev.fovea.cli;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.weights.PublishedWeights;
import dev.fovea.models.weights.WeightsFolder;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.runtime.Network;
import dev.fovea.train.TrainedWeights;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.detect.DetectRecipe;
import dev.fovea.train.detect.TrainedDetector;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Which trained network: a run, or published weights with what must be known about them. */
class WeightsFlags {
    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NETWORK",
            description = "The folder of a run, its weights.safetensors, or an exported .onnx file.")
    Path run;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Without a run: the network of --weights, such as mobilenet_v2.")
    private String model;

    @Option(
            names = "--weights",
            paramLabel = "FILE",
            description = "Without a run: published weights (.pth, .pt, .safetensors), or 'pretrained' for those that"
                    + " 'fovea pull' fetched.")
    String weights;

    @Option(
            names = "--labels",
            paramLabel = "FILE",
            description =
                    "Published or foreign: the names of the classes, one a line, in order; not needed for 'pretrained'.")
    Path labels;

    @Option(
            names = "--resize",
            paramLabel = "POLICY",
            description = "Published or foreign: how pictures get their size (default: that of the model's reference).")
    String resize;

    @Option(
            names = "--mean",
            split = ",",
            paramLabel = "M",
            description = "Published or foreign: mean of each channel, 0-1 (default: ImageNet's).")
    List<Float> mean;

    @Option(
            names = "--std",
            split = ",",
            paramLabel = "S",
            description = "Published or foreign: deviation of each channel, 0-1 (default: ImageNet's).")
    List<Float> std;

    /** The first argument; where --model is given it is not a run but the first picture. */
    final Path first() {
        return run;
    }

    final boolean isPublished() {
        return model != null;
    }

    /** The network of {@code --model}. */
    final ModelSpec model() {
        return ModelSpec.parse(model);
    }

    /** Whether it is an ONNX file. */
    final boolean isExported() {
        return !isPublished() && run != null && run.toString().endsWith(ExportedNetwork.EXTENSION);
    }

    final Normalize normalize() {
        return mean == null && std == null
                ? Normalize.IMAGENET
                : new Normalize(
                        mean == null ? Normalize.IMAGENET.mean() : mean, std == null ? Normalize.IMAGENET.std() : std);
    }

    /** The network in float32 on the CPU. */
    final TrainedClassifier load(CommandSpec spec) throws IOException {
        return isPublished() ? published(spec) : trained(spec);
    }

    /** Whether it finds objects: as the run says, or the name of the network. */
    final boolean isDetector() throws IOException {
        if (isPublished()) {
            return Models.findDetector(model().name()).isPresent();
        }
        if (isExported()) {
            return Network.taskOf(run).equals(ModelMetadata.DETECT);
        }
        return first() != null && TrainedWeights.taskOf(first()).equals(Optional.of(DetectRecipe.TASK));
    }

    /** The network that finds objects, in float32 on the CPU. */
    final TrainedDetector loadDetector(CommandSpec spec) throws IOException {
        if (resize != null || mean != null || std != null) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "a detector says itself how pictures are prepared; leave out --resize, --mean"
                            + " and --std, or give its options in --model");
        }
        if (isExported()) {
            throw exportedAlready(spec);
        }
        if (!isPublished()) {
            return TrainedDetector.open(first());
        }
        if (weights == null || labels == null) {
            throw new ParameterException(new CommandLine(spec), "--model needs --weights and --labels");
        }
        var names = labels(existing(labels));
        return new TrainedDetector(
                TrainedDetector.build(model().with("classes", names.size()), existing(Path.of(weights))), names);
    }

    private TrainedClassifier trained(CommandSpec spec) throws IOException {
        if (run == null) {
            throw new ParameterException(
                    new CommandLine(spec), "no network given; name a run, or use --model, --weights and --labels");
        }
        if (!Files.exists(run)) {
            throw new NoSuchFileException(run.toString());
        }
        if (isExported()) {
            throw exportedAlready(spec);
        }
        return TrainedClassifier.open(run);
    }

    private ParameterException exportedAlready(CommandSpec spec) {
        return new ParameterException(
                new CommandLine(spec),
                run + " is an exported network, which only 'fovea predict' and 'serve' use;"
                        + " name the run that it came from");
    }

    private TrainedClassifier published(CommandSpec spec) throws IOException {
        var parsed = ModelSpec.parse(model);
        var known = weights == null ? Optional.<PublishedWeights>empty() : PublishedWeights.meant(weights, parsed);
        if (weights == null || (labels == null && known.isEmpty())) {
            throw new ParameterException(
                    new CommandLine(spec), "--model needs --weights and --labels, or --weights pretrained");
        }
        var file = known.isPresent() ? WeightsFolder.standard().require(known.get()) : existing(Path.of(weights));
        var names = labels == null ? known.orElseThrow().classes() : labels(existing(labels));
        int channels = mean == null ? 3 : mean.size();
        var chosen = parsed.with("classes", names.size())
                .with("in_channels", parsed.options().getOrDefault("in_channels", channels));
        if (known.isPresent()) {
            for (var option : known.get().spec().options().entrySet()) {
                chosen = parsed.options().containsKey(option.getKey())
                        ? chosen
                        : chosen.with(option.getKey(), option.getValue());
            }
        }
        var err = spec.commandLine().getErr();
        var network = TrainedClassifier.build(chosen, file, err::println);
        return new TrainedClassifier(network, names, false, preprocessing(known, parsed));
    }

    /** As the flags say; what they leave open as the published weights ask for, or as is usual. */
    private Preprocessing preprocessing(Optional<PublishedWeights> known, ModelSpec parsed) {
        var usual = known.map(w -> w.preprocessing())
                .orElseGet(() -> new Preprocessing(
                        ResizePolicy.evaluation(Models.get(parsed.name()).imageSize()), Normalize.IMAGENET));
        return new Preprocessing(
                resize == null ? usual.resize() : ResizePolicy.parse(resize),
                mean == null && std == null
                        ? usual.normalize()
                        : new Normalize(
                                mean == null ? usual.normalize().mean() : mean,
                                std == null ? usual.normalize().std() : std));
    }

    static Path existing(Path file) throws NoSuchFileException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        return file;
    }

    static List<String> labels(Path file) throws IOException {
        var names = new ArrayList<>(Files.readAllLines(file));
        names.removeIf(String::isBlank);
        return names;
    }
}
