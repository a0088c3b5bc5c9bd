package dev.fovea.bench.quality;

import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.data.IdxImages;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Some of MNIST's training pictures, drawn at random, equally many of each class; the others, whose classes nobody shall see; and the test
 * pictures. Written in MNIST's own form, so that trainings are those of the command line.
 */
final class DigitFolder {
    private final Dataset train;
    private final Dataset test;
    private final int[] chosen;
    private final int[] others;

    private DigitFolder(Dataset train, Dataset test, int[] chosen, int[] others) {
        this.train = train;
        this.test = test;
        this.chosen = chosen;
        this.others = others;
    }

    /** Draws so many pictures of each class. */
    static DigitFolder choose(Path mnist, int perClass, long seed) throws IOException {
        var test = Datasets.open(mnist)
                .test()
                .orElseThrow(
                        () -> new IllegalArgumentException(mnist + " has no test part; give the four files of MNIST"));
        var train = IdxImages.open(file(mnist, "train-images-idx3-ubyte"), file(mnist, "train-labels-idx1-ubyte"));
        int[] order = IntStream.range(0, train.size()).toArray();
        var random = new SplittableRandom(seed);
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swap = order[i];
            order[i] = order[j];
            order[j] = swap;
        }
        int[] taken = new int[train.classes().size()];
        boolean[] isChosen = new boolean[order.length];
        for (int i : order) {
            isChosen[i] = taken[label(train, i)]++ < perClass;
        }
        return new DigitFolder(
                train,
                test,
                Arrays.stream(order).filter(i -> isChosen[i]).toArray(),
                Arrays.stream(order).filter(i -> !isChosen[i]).toArray());
    }

    private static Path file(Path folder, String name) {
        var packed = folder.resolve(name + ".gz");
        return Files.exists(packed) ? packed : folder.resolve(name);
    }

    private static int label(Dataset data, int index) {
        return data.annotation(index).labels().get(0).index();
    }

    /** Writes the chosen training pictures and all test pictures. */
    Path write(Path folder) throws IOException {
        write(folder, "train", train, chosen, true);
        write(folder, "t10k", test, IntStream.range(0, test.size()).toArray(), true);
        return folder;
    }

    /** Writes the other training pictures, all under label 0. */
    Path writeOthers(Path folder) throws IOException {
        write(folder, "train", train, others, false);
        return folder;
    }

    private static void write(Path folder, String part, Dataset data, int[] indices, boolean labelled)
            throws IOException {
        Files.createDirectories(folder);
        try (var images = open(folder.resolve(part + "-images-idx3-ubyte"));
                var labels = open(folder.resolve(part + "-labels-idx1-ubyte"))) {
            var size = data.image(indices[0], Optional.empty()).size();
            for (int word : new int[] {0x803, indices.length, size.height(), size.width()}) {
                images.writeInt(word);
            }
            labels.writeInt(0x801);
            labels.writeInt(indices.length);
            for (int i : indices) {
                images.write(data.image(i, Optional.empty()).pixels());
                labels.writeByte(labelled ? label(data, i) : 0);
            }
        }
    }

    private static DataOutputStream open(Path file) throws IOException {
        return new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(file)));
    }
}
