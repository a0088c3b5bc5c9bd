package dev.fovea.bench;

import dev.fovea.bench.quality.BudgetTrial;
import dev.fovea.data.Datasets;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What one network of each family learns within the same time. */
@Command(
        name = "budget",
        mixinStandardHelpOptions = true,
        description =
                "Trains one network of each family from scratch on small colour pictures, all with the same settings and as many epochs as"
                        + " fit into the same time. First measures how fast each one is (leave the machine alone meanwhile), which decides"
                        + " the epochs; then trains. What is known already, in the folder of the runs, is not measured again.")
final class BudgetCommand implements Callable<Integer> {
    /** Every family, at 32 pixels or at the smallest side that it takes. */
    private static final List<String> FAMILIES = List.of(
            "resnet20_cifar",
            "p4cnn(in_channels=3)",
            "vit_tiny",
            "squeezenet1_1",
            "shufflenet_v2_x1_0",
            "mobilenet_v3_small",
            "mobilenet_v2",
            "mnasnet1_0(momentum=0.1)",
            "regnet_y_400mf",
            "efficientnet_b0",
            "resnet18",
            "seresnet18",
            "googlenet(aux_logits=false)",
            "alexnet@64",
            "vgg11_bn",
            "resnext50_32x4d",
            "wide_resnet50_2",
            "densenet121",
            "efficientnet_v2_s",
            "inception_v3(aux_logits=false)@75",
            "convnext_tiny",
            "swin_t(window_size=[4,4])",
            "swin_v2_t(window_size=[4,4])",
            "maxvit_t(input_size=[64,64],partition_size=2,stem_channels=32,block_channels=[32,64,128,256],block_layers=[1,1,2,1])@64",
            "eca_nfnet_l0",
            "capsnet(in_channels=3)");

    private static final int SIDE = 32;

    /** Pictures of each class, and epochs, of which speed is measured. */
    private static final int SPEED_LIMIT = 32;

    private static final int SPEED_EPOCHS = 2;

    @Parameters(
            paramLabel = "DATA",
            description = "Pictures in train/ and test/, a folder for each class; or an archive of them.")
    private Path data;

    @Option(
            names = "--minutes",
            defaultValue = "10",
            description =
                    "Minutes of training for each network, on this machine when quiet (default ${DEFAULT-VALUE}).")
    private double minutes;

    @Option(
            names = "--models",
            split = ";",
            description = "Other networks than one of each family, as NAME(OPTIONS)@SIDE, with ';' between.")
    private List<String> models = FAMILIES;

    @Option(names = "--speed-only", description = "Ends when speeds are known.")
    private boolean speedOnly;

    @Option(names = "--threads", defaultValue = "2", description = "Threads (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--out",
            defaultValue = "runs/budget",
            description = "Where the runs and their figures go (default ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        models.forEach(
                m -> Models.get(ModelSpec.parse(name(m)).name())); // a wrong name is told before the first training
        var speeds = measured("speeds.txt", Map.of());
        if (speedOnly) {
            return 0;
        }
        int pictures = Datasets.open(data).train().size();
        var epochs = new LinkedHashMap<String, Integer>();
        speeds.forEach(
                (model, found) -> epochs.put(model, Math.max(1, (int) (minutes * 60 * found.trained() / pictures))));
        var trained = measured("trained-" + minutes + "-minutes.txt", epochs);
        var table = new FigureTable(
                "network",
                "side",
                "epochs",
                "test accuracy",
                "training, pictures/s",
                "inference, pictures/s",
                "peak memory, MB");
        speeds.forEach((model, speed) -> table.add(List.of(
                name(model),
                String.valueOf(side(model)),
                String.valueOf(epochs.get(model)),
                percent(trained.get(model).accuracy()),
                String.format(Locale.ROOT, "%.0f", speed.trained()),
                String.format(Locale.ROOT, "%.0f", speed.recognised()),
                String.format(Locale.ROOT, "%.0f", trained.get(model).peakBytes() / 1e6))));
        System.out.println(minutes + " minutes of training each, float32\n\n" + table);
        System.out.println(Machine.describe(threads));
        return 0;
    }

    /**
     * The figures of all models.
     *
     * @param epochs of each model; without, a short training for its speed
     */
    private Map<String, BudgetTrial.Found> measured(String fileName, Map<String, Integer> epochs) throws IOException {
        var trials = new Trials(out, BudgetTrial.class);
        var all = new LinkedHashMap<String, BudgetTrial.Found>();
        for (String model : models) {
            boolean isWhole = epochs.containsKey(model);
            String answer = trials.answer(
                    fileName,
                    model,
                    data.toString(),
                    name(model),
                    String.valueOf(side(model)),
                    String.valueOf(isWhole ? epochs.get(model) : SPEED_EPOCHS),
                    String.valueOf(isWhole ? 0 : SPEED_LIMIT),
                    String.valueOf(threads));
            all.put(model, BudgetTrial.Found.parse(answer));
        }
        return all;
    }

    private static String name(String model) {
        int at = model.indexOf('@');
        return at < 0 ? model : model.substring(0, at);
    }

    private static int side(String model) {
        int at = model.indexOf('@');
        return at < 0 ? SIDE : Integer.parseInt(model.substring(at + 1));
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f %%", share * 100);
    }
}
