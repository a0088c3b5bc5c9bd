package dev.fovea.cli;

import dev.fovea.data.scenes.Scenes;
import dev.fovea.train.RunFolder;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea demo}: the main job on generated pictures, with nothing downloaded. */
@Command(
        name = "demo",
        description = "Train on generated pictures, recognise one, write a report.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DemoCommand implements Callable<Integer> {
    private static final int SIDE = 32;
    private static final String ARCH =
            "conv16-bn-pool,conv32-bn,conv32-bn-pool,conv64-bn,conv64-bn-pool,conv64-bn-gap,dropout0.2";

    @Spec
    private CommandSpec spec;

    @Option(names = "--out", paramLabel = "FOLDER", description = "The run's folder (default runs/demo-N).")
    private Path out;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Passes over the pictures (default ${DEFAULT-VALUE}).",
            defaultValue = "7")
    private int epochs;

    @Option(names = "--pictures", hidden = true, defaultValue = "8000")
    private int pictures;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var err = spec.commandLine().getErr();
        long begin = System.nanoTime();
        var run = ClassifyRun.prepare(recipe());
        var folder = out != null ? RunFolder.create(out) : RunFolder.createNumbered(Path.of("runs"), "demo");
        ClassifyRun.Result result;
        try (var progress = new Progress(err)) {
            result = run.train(folder, List.of(progress), err::println);
        }
        var test = Scenes.splits(Scenes.Options.classify(Size.square(SIDE), pictures), pictures / 10, pictures / 10)
                .test();
        var picture = folder.path().resolve("picture.png");
        var image = test.image(0);
        ImageWriter.write(image, picture);
        List<Classification.Score> top;
        try (var classifier = TrainedClassifier.open(folder.path())) {
            top = classifier.predict(List.of(image)).get(0).top(5);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        print(result, picture, test.annotation(0).labels().get(0).name(), top, seconds);
        return Main.DONE;
    }

    private ClassifyRecipe recipe() {
        return RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", "scenes:" + SIDE + ":" + pictures)
                .with("data.augment", "crop(" + SIDE + ",3)")
                .with("model.name", "simple_cnn")
                .with("model.options", Map.of("arch", ARCH))
                .with("optimizer.lr", 0.006)
                .with("loss.label_smoothing", 0.05)
                .with("run.epochs", epochs)
                .as(ClassifyRecipe.class);
    }

    private void print(
            ClassifyRun.Result result, Path picture, String truth, List<Classification.Score> top, double seconds) {
        var stdout = spec.commandLine().getOut();
        if (json) {
            var answer = new LinkedHashMap<String, Object>();
            answer.put("accuracy", result.evaluation().top1());
            answer.put("seconds", seconds);
            answer.put("report", result.folder().report().toString());
            answer.put("run", result.folder().path().toString());
            answer.put("train_seconds", result.trainSeconds());
            answer.put("samples", result.evaluation().samples());
            answer.put("picture", picture.toString());
            answer.put("truth", truth);
            var classes = new ArrayList<Map<String, Object>>();
            top.forEach(s -> {
                var entry = new LinkedHashMap<String, Object>();
                entry.put("class", s.label().name());
                entry.put("score", s.score());
                classes.add(entry);
            });
            answer.put("top5", classes);
            Json.print(stdout, answer);
            return;
        }
        RunOutput.print(stdout, result, ClassifyOutput.figures(result.evaluation(), result.split()));
        stdout.println();
        stdout.println(picture + " shows a " + truth + "; the network says");
        for (var s : top) {
            stdout.println(
                    String.format(Locale.ROOT, "  %-10s %6.2f %%", s.label().name(), s.score() * 100));
        }
        stdout.println();
        stdout.println(String.format(
                Locale.ROOT,
                "%.1f %% of %d new pictures recognised after %.0f s; open %s",
                result.evaluation().top1() * 100,
                result.evaluation().samples(),
                seconds,
                result.folder().report()));
    }
}
