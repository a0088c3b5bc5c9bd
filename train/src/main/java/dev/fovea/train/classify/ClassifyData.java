package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.scenes.Scenes;
import dev.fovea.train.ScenesPath;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Opens the pictures of a run and looks at some of them, to choose what the recipe leaves open. */
public final class ClassifyData {
    private static final int PROBES = 24;
    private static final int LARGEST_NATIVE_SIDE = 96;

    private ClassifyData() {}

    /** Opens pictures with classes in any form there is; {@code path} may also be {@code scenes}, with a size and a count. */
    public static SplitDatasets open(String path, long seed) throws IOException {
        if (path == null) {
            throw new IllegalArgumentException(
                    "no data given; use --data FOLDER, or --data scenes for generated pictures");
        }
        var scenes = scenes(path);
        if (scenes.isEmpty()) {
            return Datasets.open(Path.of(path));
        }
        int heldOut = scenes.get().heldOut();
        var options = Scenes.Options.classify(
                        Size.square(scenes.get().side()), scenes.get().count())
                .withSeed(seed);
        return Scenes.splits(options, heldOut, heldOut).datasets();
    }

    /** The pictures to judge a network by; labels carry the indices of its {@code classes}. */
    public static Dataset openForEvaluation(String path, List<String> classes) throws IOException {
        if (scenes(path).isEmpty()) {
            return Datasets.openForEvaluation(Path.of(path), classes);
        }
        var scenes = open(path, 0);
        if (!scenes.classes().equals(classes)) {
            throw new IOException("the classes of generated pictures are " + scenes.classes()
                    + ", those of the network " + classes + "; give the network's own data");
        }
        return scenes.test().orElseThrow();
    }

    /** Pictures whose classes are not looked at, in any form there is. */
    public static Dataset openUnlabelled(String path, long seed) throws IOException {
        return scenes(path).isPresent() ? open(path, seed).train() : Datasets.openUnlabelled(Path.of(path));
    }

    private static Optional<ScenesPath> scenes(String path) {
        return ScenesPath.parse(path, 48, 6000);
    }

    /**
     * What some pictures have in common.
     *
     * @param size the size of all of them, if they are equal and small
     * @param grey whether none has colour
     */
    record Look(Optional<Size> size, boolean grey) {}

    /** Looks at pictures spread over the data; unreadable ones are passed over (the loader will list them). */
    static Look look(Dataset data) {
        Size common = null;
        boolean equal = true;
        boolean grey = true;
        boolean any = false;
        int step = Math.max(1, data.size() / PROBES);
        for (int i = 0; i < data.size(); i += step) {
            Image image;
            try {
                image = data.image(i, Optional.empty());
            } catch (IOException e) {
                continue; // listed by the loader when it meets it
            }
            any = true;
            grey &= image.channels() == 1;
            equal &= common == null || common.equals(image.size());
            common = image.size();
        }
        boolean small = any && equal && Math.max(common.width(), common.height()) <= LARGEST_NATIVE_SIDE;
        return new Look(small ? Optional.of(common) : Optional.empty(), any && grey);
    }
}
