package dev.fovea.cli;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.Detector;
import dev.fovea.runtime.Network;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Threads;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.detect.TrainedDetector;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import dev.fovea.vision.transform.TestViews;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which trained network to use, and where it runs. */
final class NetworkFlags extends WeightsFlags {
    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "auto, cpu, cuda, cuda:N, mps (default ${DEFAULT-VALUE}).",
            defaultValue = "auto")
    private String device;

    @Option(
            names = "--precision",
            paramLabel = "TYPE",
            description = "float32, bf16, auto (default ${DEFAULT-VALUE}).",
            defaultValue = "float32")
    private String precision;

    @Option(names = "--threads", paramLabel = "N", description = "Threads an operation may use.")
    private Integer threads;

    /** How many threads may work. */
    int threads() {
        return threads == null || threads < 1 ? Runtime.getRuntime().availableProcessors() : threads;
    }

    /** Whether it runs on processors, as exported networks do unless told otherwise. */
    boolean isOnProcessor() {
        return device.equals("auto") || device.equals("cpu");
    }

    /**
     * For recognising alone, which exported networks do without libtorch.
     *
     * @param each threads that one batch may use, of an exported network
     */
    Recogniser recogniser(CommandSpec spec, int batch, int each, TestViews views) throws IOException {
        if (isExported() && views.count() > 1) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "an exported network sees each picture once; leave out --tta, or recognise with the run itself");
        }
        return isExported()
                ? new ExportedNetwork((Classifier) exported(spec, batch, each))
                : new TrainedNetwork(open(spec), views);
    }

    private Network exported(CommandSpec spec, int batch, int each) throws IOException {
        if (weights != null || !precision.matches("float32|auto")) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "an exported network has its own weights and precision; leave out "
                            + (weights != null ? "--weights" : "--precision"));
        }
        if (resize == null && (mean != null || std != null)) {
            throw new ParameterException(
                    new CommandLine(spec), "--mean and --std of an exported network need --resize");
        }
        return ExportedNetwork.load(
                run,
                device,
                each,
                batch,
                labels == null ? Optional.empty() : Optional.of(labels(existing(labels))),
                Optional.ofNullable(resize).map(policy -> new Preprocessing(ResizePolicy.parse(policy), normalize())));
    }

    /**
     * The exported network that finds objects.
     *
     * @param each threads that one batch may use
     */
    Detector exportedDetector(CommandSpec spec, int batch, int each) throws IOException {
        return (Detector) exported(spec, batch, each);
    }

    /** The network that finds objects. */
    TrainedDetector detector(CommandSpec spec) throws IOException {
        if (threads != null) {
            Threads.set(threads);
        }
        var place = Device.parse(device);
        var type = Precision.parse(precision, place);
        return loadDetector(spec).on(place, type);
    }

    TrainedClassifier open(CommandSpec spec) throws IOException {
        if (threads != null) {
            Threads.set(threads);
        }
        var place = Device.parse(device);
        var type = Precision.parse(precision, place);
        return load(spec).on(place, type);
    }
}
