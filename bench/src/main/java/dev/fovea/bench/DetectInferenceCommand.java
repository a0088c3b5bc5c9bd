package dev.fovea.bench;

import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.inference.PictureFolder;
import dev.fovea.runtime.Detector;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** JPEG files to drawn boxes, a picture a processor and one after the other, against what decoding and ONNX Runtime alone take. */
@Command(
        name = "detect-inference",
        mixinStandardHelpOptions = true,
        description =
                "JPEG files to pictures with boxes drawn on them, on all processors: a picture on each as 'fovea predict' does, and one"
                        + " after the other; against decoding and a bare run of the same graph.")
final class DetectInferenceCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Parameters(index = "0", paramLabel = "MODEL", description = "A detector, ONNX.")
    private Path model;

    @Parameters(index = "1", paramLabel = "FOLDER", description = "A folder of JPEG files.")
    private Path folder;

    @Option(names = "--side", description = "Side of the graph's input; default: what the file says.")
    private Integer side;

    @Override
    public Integer call() throws IOException {
        int files = PictureFolder.jpegs(folder).size();
        var settings = InferenceSettings.of(model, 1, side == null ? side() : side, flags.threads);
        String title = "from " + files + " JPEG files to drawn boxes, " + model.getFileName() + ", " + settings.side()
                + "x" + settings.side();
        var outcomes = flags.run(
                title,
                List.of(
                        new Contender("fovea", found(true)),
                        new Contender("fovea single", found(false)),
                        new Contender(
                                "onnxruntime", Commands.java(settings.command("decoded-and-run", folder.toString())))),
                1,
                2);
        for (var outcome : outcomes) {
            if (outcome instanceof Outcome.Measured measured) {
                System.out.printf(
                        java.util.Locale.ROOT,
                        "%s: %.1f ms a picture%n",
                        measured.name(),
                        1000 / measured.samples().picturesPerSecond());
            }
        }
        return 0;
    }

    private List<String> found(boolean apart) {
        return Commands.java("found-objects", model.toString(), folder.toString(), String.valueOf(apart));
    }

    private int side() throws IOException {
        try (var detector = Detector.load(model)) {
            Size size = detector.inputSize()
                    .orElseThrow(() -> new IllegalArgumentException(
                            model + " takes pictures of any size; say the side of its input by --side"));
            if (size.width() != size.height()) {
                throw new IllegalArgumentException(
                        model + " takes pictures of " + size + ", only squares are measured");
            }
            return size.width();
        }
    }
}
