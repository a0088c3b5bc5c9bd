package dev.fovea.cli;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.NetworkCost;
import dev.fovea.models.picture.ArchitecturePicture;
import dev.fovea.nn.Summary;
import dev.fovea.vision.codec.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea models show NAME}: the layers of a network. */
@Command(
        name = "show",
        description = "Print the layers of a network: output shapes, parameters, FLOPs, receptive field, memory.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ModelsShowCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "A name that 'fovea models' lists, with options if need be: 'resnet18(classes=10)'.")
    private String name;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Height and width of the input (default: the model's own).")
    private Integer size;

    @Option(
            names = "--svg",
            paramLabel = "FILE",
            description = "Draw the architecture: layers, repeats, shapes, and where parameters and work lie.")
    private Path picture;

    @Override
    public Integer call() throws IOException {
        var parsed = ModelSpec.parse(name);
        var architecture = Models.any(parsed.name());
        int side = size == null ? architecture.imageSize() : size;
        if (Models.findDetector(parsed.name()).isPresent()) {
            if (picture != null) {
                throw new ParameterException(
                        spec.commandLine(), "--svg draws networks that classify; leave it out for " + parsed.name());
            }
            try (var network = Models.buildDetector(parsed)) {
                print(architecture, network.spec(), NetworkCost.summary(network, side));
            }
            return Main.DONE;
        }
        try (var network = Models.build(parsed)) {
            print(architecture, network.spec(), Summary.of(network, network.inChannels(), side, side));
            if (picture != null) {
                var svg = ArchitecturePicture.of(network, architecture.paper(), side);
                WholeFile.write(picture, svg.getBytes(StandardCharsets.UTF_8));
                spec.commandLine().getOut().println("drawn into " + picture);
            }
        }
        return Main.DONE;
    }

    private void print(Architecture<?> architecture, ModelSpec network, Summary summary) {
        var out = spec.commandLine().getOut();
        out.println(network + ": " + architecture.paper());
        out.println(summary);
        out.println("options");
        architecture
                .options()
                .forEach(o -> out.println("  " + o.name() + " = " + o.standard() + "  (" + o.meaning() + ")"));
    }
}
