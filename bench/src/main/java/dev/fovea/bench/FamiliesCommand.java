package dev.fovea.bench;

import dev.fovea.bench.step.StepSettings;
import dev.fovea.models.Models;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One network of each family against torchvision's, training and inference. */
@Command(
        name = "families",
        mixinStandardHelpOptions = true,
        description =
                "One network of each family: a training step and a pass of inference, against the same network of torchvision.")
final class FamiliesCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "alexnet,vgg11,googlenet,inception_v3,resnet18,resnext50_32x4d,wide_resnet50_2,densenet121,"
                    + "squeezenet1_1,shufflenet_v2_x1_0,mnasnet1_0,mobilenet_v2,mobilenet_v3_small,efficientnet_b0,"
                    + "efficientnet_v2_s,regnet_y_400mf,convnext_tiny,vit_b_16,swin_t,swin_v2_t,maxvit_t",
            description = "Names that the registry and torchvision share (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--precision",
            defaultValue = "float32",
            description = "float32 or bf16 (default ${DEFAULT-VALUE}).")
    private String precision;

    @Option(names = "--batch", defaultValue = "8", description = "Pictures a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public Integer call() throws IOException {
        models.forEach(Models::get); // a wrong name is told before the first race
        var rows = new ArrayList<String>();
        for (String model : models) {
            var settings =
                    StepSettings.of(model, precision, batch, Models.get(model).imageSize(), flags.threads);
            var training = race("training", settings, "fovea-step", "training-step");
            var inference = race("inference", settings, "fovea-inference", "inference");
            rows.add(
                    "| " + model + " | " + settings.side() + " | " + cells(training) + " | " + cells(inference) + " |");
        }
        System.out.println("float32".equals(precision) ? "" : precision);
        System.out.println(
                "| model | side | training ms, Fovea | Python | ratio | inference ms, Fovea | Python | ratio |");
        System.out.println("|---|--:|--:|--:|--:|--:|--:|--:|");
        rows.forEach(System.out::println);
        return 0;
    }

    private List<Outcome> race(String what, StepSettings settings, String ours, String theirs) throws IOException {
        return flags.run(
                what + ", " + settings.model() + ", " + settings.side() + "x" + settings.side() + ", batch " + batch
                        + ", " + settings.precisionWord(),
                List.of(
                        new Contender("fovea", Commands.java(settings.command(ours))),
                        new Contender("python", Commands.python(flags.python, settings.command(theirs)))),
                1,
                4);
    }

    private static String cells(List<Outcome> outcomes) {
        if (outcomes.size() == 2
                && outcomes.get(0) instanceof Outcome.Measured fovea
                && outcomes.get(1) instanceof Outcome.Measured python) {
            double ours = fovea.samples().median();
            double theirs = python.samples().median();
            return String.format(Locale.ROOT, "%.1f | %.1f | %.2f", ours * 1000, theirs * 1000, theirs / ours);
        }
        return "– | – | –";
    }
}
