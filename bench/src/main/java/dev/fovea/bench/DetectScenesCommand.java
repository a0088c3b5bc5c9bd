package dev.fovea.bench;

import dev.fovea.bench.quality.DetectTrial;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.train.detect.DetectData;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.DoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What each detector learns of generated scenes within the same time. */
@Command(
        name = "detect-scenes",
        mixinStandardHelpOptions = true,
        description =
                "Trains detectors on generated scenes (one to five objects, difficulty 0.4, seed 0), each for as many epochs as fit into the"
                        + " same time, and judges them on test scenes. How fast each one is, is measured first (leave the machine alone"
                        + " meanwhile). What is known already, in the folder of the runs, is not done again.")
final class DetectScenesCommand implements Callable<Integer> {
    /** Every detector, in a size that learns within minutes: its recipe, and the network. */
    private static final List<String> DETECTORS = List.of(
            "yolox-small=yolox_nano",
            "yolox-small=yolox_tiny",
            "scenes=ssdlite320_mobilenet_v3_large(backbone=mobilenet_v3_small)",
            "scenes=fasterrcnn_resnet50_fpn(backbone=resnet18)",
            "scenes=retinanet_resnet50_fpn(backbone=resnet18)",
            "scenes=fcos_resnet50_fpn(backbone=resnet18)",
            "scenes-set=detr_resnet50(backbone=resnet18)",
            "scenes-set=rtdetr_r18vd");

    private static final int SPEED_EPOCHS = 2;

    /** Pictures of which speed is measured. */
    private static final int SPEED_LIMIT = 96;

    @Option(
            names = "--minutes",
            defaultValue = "10",
            description = "Minutes of training for each, judging its epochs included (default ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--scenes",
            defaultValue = "scenes:160:2000",
            description = "Side of the pictures and how many to learn from (default ${DEFAULT-VALUE}).")
    private String scenes;

    @Option(
            names = "--size",
            defaultValue = "160",
            description = "Side of the networks' input, or of pictures' shorter side (default ${DEFAULT-VALUE}).")
    private int size;

    @Option(
            names = "--models",
            split = ";",
            description =
                    "Others than one of each kind, as RECIPE=NAME(OPTIONS), with ';' between; RECIPE is the name of a file in the folder of"
                            + " recipes.")
    private List<String> models = DETECTORS;

    @Option(
            names = "--recipes",
            defaultValue = "recipes/detect",
            description = "The folder of recipes (default ${DEFAULT-VALUE}).")
    private Path recipes;

    @Option(names = "--threads", defaultValue = "2", description = "Threads (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--out",
            defaultValue = "runs/detect-scenes",
            description = "Where the runs and their figures go (default ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        models.forEach(m -> Models.detector(ModelSpec.parse(network(m)).name())); // before the first training
        int pictures = DetectData.open(scenes, 0).train().size();
        var table = new FigureTable(
                "detector",
                "parameters",
                "epochs",
                "mAP50",
                "mAP",
                "small",
                "medium",
                "large",
                "training, pictures/s",
                "ms a picture");
        for (String model : models) {
            var speed = DetectTrial.Found.parse(trial("speeds.txt", model, SPEED_EPOCHS, SPEED_LIMIT));
            int epochs = (int) Math.max(1, minutes * 60 / (pictures / speed.trained() + speed.judging()));
            var found = DetectTrial.Found.parse(trial("trained-" + minutes + "-minutes.txt", model, epochs, 0));
            DoubleFunction<String> share = v -> Double.isNaN(v) ? "-" : String.format(Locale.ROOT, "%.3f", v);
            table.add(List.of(
                    network(model),
                    String.format(Locale.ROOT, "%,d", found.parameters()),
                    String.valueOf(epochs),
                    share.apply(found.figures().get("map50")),
                    share.apply(found.figures().get("map")),
                    share.apply(found.figures().get("ap_small")),
                    share.apply(found.figures().get("ap_medium")),
                    share.apply(found.figures().get("ap_large")),
                    String.format(Locale.ROOT, "%.1f", found.trained()),
                    String.format(Locale.ROOT, "%.1f", found.milliseconds())));
        }
        System.out.println(scenes + ", " + minutes + " minutes of training each\n\n" + table);
        System.out.println(Machine.describe(threads));
        return 0;
    }

    private String trial(String fileName, String model, int epochs, int limit) throws IOException {
        return new Trials(out, DetectTrial.class)
                .answer(
                        fileName,
                        model,
                        recipes.resolve(model.substring(0, model.indexOf('=')) + ".yaml")
                                .toString(),
                        scenes,
                        network(model),
                        String.valueOf(size),
                        String.valueOf(epochs),
                        String.valueOf(limit),
                        String.valueOf(threads));
    }

    private static String network(String model) {
        int at = model.indexOf('=');
        if (at < 1) {
            throw new IllegalArgumentException(
                    "'" + model + "' has no recipe; write RECIPE=NAME(OPTIONS), for example yolox-small=yolox_nano");
        }
        return model.substring(at + 1);
    }
}
