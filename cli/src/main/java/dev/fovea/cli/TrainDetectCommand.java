package dev.fovea.cli;

import dev.fovea.models.ModelSpec;
import dev.fovea.train.RunFolder;
import dev.fovea.train.detect.DetectRecipe;
import dev.fovea.train.detect.DetectRun;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea train detect}: flags over a recipe over the defaults. */
@Command(
        name = "detect",
        description = "Train a network that finds objects and draws boxes around them.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "What is not given is chosen from the data and the model and written to run.yaml.",
            "Example: fovea train detect --data cells/ --model yolox_nano --size 320 --epochs 50 --out runs/cells"
        })
final class TrainDetectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(exclusive = false, validate = false, heading = "%nData%n")
    private final DataFlags data = new DataFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nModel%n")
    private final ModelFlags model = new ModelFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nOptimiser and schedule%n")
    private final OptimizerFlags optimizer = new OptimizerFlags();

    @ArgGroup(exclusive = false, validate = false, heading = "%nRun%n")
    private final RunFlags run = new RunFlags();

    static final class DataFlags {
        @Option(
                names = "--data",
                paramLabel = "PATH",
                description = "Pictures with boxes: COCO JSON, Pascal VOC XML, YOLO text, CSV, or 'scenes'.")
        String path;

        @Option(
                names = "--size",
                paramLabel = "PIXELS",
                description = "Side of the network's input, or the shorter side where pictures keep their shape.")
        Integer size;

        @Option(
                names = "--augment",
                paramLabel = "PIPELINE",
                description = "none, or steps such as 'flip|jitter(0.2)'.")
        String augment;

        @Option(names = "--mosaic", paramLabel = "P", description = "Put four pictures into one with this probability.")
        Double mosaic;

        @Option(
                names = "--mixup",
                paramLabel = "P",
                description = "Let another picture shine through with this probability.")
        Double mixup;

        @Option(
                names = "--mosaic-off",
                paramLabel = "EPOCHS",
                description = "Train without mosaic and MixUp for so many epochs at the end.")
        Integer mosaicOff;

        @Option(
                names = "--multiscale",
                paramLabel = "STEPS",
                description = "Change the size of batches by up to so many steps of the network's stride; 5 is usual.")
        Integer multiscale;

        @Option(names = "--cache", paramLabel = "WHERE", description = "Decoded pictures in memory: auto, none, ram.")
        String cache;

        @Option(names = "--workers", paramLabel = "N", description = "Loader threads.")
        Integer workers;

        @Option(names = "--limit", paramLabel = "N", description = "Train on at most so many pictures.")
        Integer limit;

        @Option(names = "--strict", description = "Stop at the first picture that cannot be read.")
        Boolean strict;
    }

    static final class ModelFlags {
        @Option(
                names = "--model",
                paramLabel = "NAME",
                description = "A detector, with options if need be: 'yolox_nano(width=0.5)'.")
        String name;

        @Option(
                names = "--weights",
                paramLabel = "FILE",
                description = "Start from these weights (.pth, .pt, .safetensors).")
        String weights;

        @Option(
                names = "--backbone-weights",
                paramLabel = "FILE",
                description = "Start the backbone from a classifier's weights; 'pretrained' for published ones.")
        String backboneWeights;

        @Option(
                names = "--freeze",
                paramLabel = "WHAT",
                description = "backbone: train all but what comes from a classifier.")
        String freeze;

        @Option(
                names = "--unfreeze-at",
                paramLabel = "EPOCH",
                description = "Train a frozen backbone too from this epoch on.")
        Integer unfreezeAt;
    }

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var err = spec.commandLine().getErr();
        run.checkResume(spec, flags());
        DetectRun.Result result;
        try (var progress = new Progress(err)) {
            if (run.resume != null) {
                result = DetectRun.resume(RunFolder.open(run.resume), List.of(progress), err::println);
            } else {
                var recipe = run.recipe(RecipeTree.of(DetectRecipe.defaults()), flags())
                        .as(DetectRecipe.class);
                var prepared = DetectRun.prepare(recipe);
                var folder = run.folder(DetectRecipe.TASK);
                err.println("run      " + folder.path());
                try {
                    result = prepared.train(folder, List.of(progress), err::println);
                } catch (Interruption.StoppedException e) {
                    throw new Interruption.StoppedException(
                            "stopped; go on with 'fovea train detect --resume " + folder.path() + "'");
                }
            }
        }
        if (run.json) {
            Json.print(out, RunOutput.json(result, result.evaluation().samples()));
        } else {
            RunOutput.print(out, result, DetectOutput.figures(result.evaluation(), result.split()));
        }
        return Main.DONE;
    }

    /** Every flag that was given, by its place in the recipe. */
    private Map<String, Object> flags() {
        var flags = new LinkedHashMap<String, Object>();
        flags.put("data.path", data.path);
        flags.put("data.size", data.size);
        flags.put("data.augment", data.augment);
        flags.put("data.mosaic", data.mosaic);
        flags.put("data.mixup", data.mixup);
        flags.put("data.mosaic_off", data.mosaicOff);
        flags.put("data.multiscale", data.multiscale);
        flags.put("data.cache", data.cache);
        flags.put("data.workers", data.workers);
        flags.put("data.limit", data.limit);
        flags.put("data.strict", data.strict);
        if (model.name != null) {
            var parsed = ModelSpec.parse(model.name);
            flags.put("model.name", parsed.name());
            flags.put("model.options", parsed.options().isEmpty() ? null : parsed.options());
        }
        flags.put("model.weights", model.weights);
        flags.put("model.backbone_weights", model.backboneWeights);
        flags.put("model.freeze", model.freeze);
        flags.put("model.unfreeze_at", model.unfreezeAt);
        optimizer.addTo(flags);
        run.addTo(flags);
        return flags;
    }
}
