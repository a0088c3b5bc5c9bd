package dev.fovea.train.detect;

import dev.fovea.data.Dataset;
import dev.fovea.data.DatasetException;
import dev.fovea.data.Datasets;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.Subset;
import dev.fovea.data.scenes.Scenes;
import dev.fovea.train.ScenesPath;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Opens pictures with boxes. */
public final class DetectData {
    private static final int SCENES_SIDE = 160;
    private static final int SCENES_COUNT = 2000;

    private DetectData() {}

    /** Opens pictures with boxes in any form there is; {@code path} may also be {@code scenes}, with a size and a count. */
    public static SplitDatasets open(String path, long seed) throws IOException {
        if (path == null) {
            throw new IllegalArgumentException(
                    "no data given; use --data FOLDER, or --data scenes for generated pictures");
        }
        var scenes = scenes(path);
        if (scenes.isPresent()) {
            return generated(scenes.get(), seed);
        }
        var data = Datasets.open(Path.of(path));
        requireBoxes(data.train(), path);
        return data;
    }

    /** The same, of whose training part only the first pictures are taken. */
    static SplitDatasets open(String path, long seed, Integer limit) throws IOException {
        var data = open(path, seed);
        if (limit == null || limit >= data.train().size()) {
            return data;
        }
        return new SplitDatasets(
                Subset.of(data.train(), IntStream.range(0, limit).toArray()),
                data.validation(),
                data.test(),
                data.classes(),
                data.multiLabel(),
                data.description() + "; training limited to " + limit);
    }

    /** The pictures to judge a network by; labels carry the indices of its {@code classes}. */
    public static Dataset openForEvaluation(String path, List<String> classes) throws IOException {
        var scenes = scenes(path);
        if (scenes.isEmpty()) {
            var data = Datasets.openForEvaluation(Path.of(path), classes);
            requireBoxes(data, path);
            return data;
        }
        var data = generated(scenes.get(), 0);
        if (!data.classes().equals(classes)) {
            throw new IOException("the classes of generated pictures are " + data.classes() + ", those of the network "
                    + classes + "; give the network's own data");
        }
        return data.test().orElseThrow();
    }

    private static Optional<ScenesPath> scenes(String path) {
        return ScenesPath.parse(path, SCENES_SIDE, SCENES_COUNT);
    }

    private static SplitDatasets generated(ScenesPath scenes, long seed) {
        var options =
                Scenes.Options.scene(Size.square(scenes.side()), scenes.count()).withSeed(seed);
        return Scenes.splits(options, scenes.heldOut(), scenes.heldOut()).datasets();
    }

    private static void requireBoxes(Dataset data, String path) throws DatasetException {
        for (int i = 0; i < data.size(); i++) {
            if (!data.annotation(i).instances().isEmpty()) {
                return;
            }
        }
        throw new DatasetException(path + " has no boxes to learn from or to judge by; give pictures with boxes, or use"
                + " 'fovea train classify' for classes of whole pictures");
    }
}
