package dev.fovea.examples.plain;

import dev.fovea.runtime.Classifier;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Says what is in pictures: {@code Recognise MODEL.onnx PICTURE…}. */
public final class Recognise {
    private static final int TOP = 3;

    private Recognise() {}

    public static void main(String[] args) throws IOException {
        if (args.length < 2) {
            System.err.println("usage: Recognise MODEL.onnx PICTURE…");
            System.exit(2);
        }
        var pictures =
                List.of(args).subList(1, args.length).stream().map(Path::of).toList();
        print(Path.of(args[0]), pictures, System.out);
    }

    /** A line for each picture: its name and its best classes. */
    static void print(Path model, List<Path> pictures, PrintStream out) throws IOException {
        var reader = new ImageReader();
        // Loading takes much longer than recognising: one classifier serves a whole program, from any number of
        // threads.
        try (var classifier = Classifier.load(model)) {
            for (Path picture : pictures) {
                out.print(picture.getFileName());
                for (var score : classifier.predict(reader.read(picture)).top(TOP)) {
                    out.printf(Locale.ROOT, "  %s %.1f %%", score.label().name(), score.score() * 100);
                }
                out.println();
            }
        }
    }
}
