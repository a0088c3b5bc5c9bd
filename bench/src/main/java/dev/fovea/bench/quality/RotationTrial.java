package dev.fovea.bench.quality;

import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.data.Subset;
import dev.fovea.models.ModelSpec;
import dev.fovea.train.classify.ClassifyJudge;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What is left of the accuracy of a network that saw upright digits alone when digits are turned, or their parts change places. */
public final class RotationTrial {
    private static final int BATCH = 200;

    /** Networks by the name of their row: the first two have equally many parameters, and so, among themselves, the last two. */
    public static final Map<String, String> NETWORKS = networks();

    /** What happens to test pictures, by the name of its column. */
    public static final Map<String, Transform> CHANGES = changes();

    private final Path folder;
    private final int epochs;
    private final Dataset test;
    private final long seed;
    private final int threads;

    /**
     * @param mnist the four files of MNIST
     * @param limit training pictures a class, a tenth of which chooses the best epoch
     * @param work where the chosen pictures are put
     * @param tests how many of the test pictures
     */
    public RotationTrial(Path mnist, int limit, Path work, int epochs, int tests, long seed, int threads)
            throws IOException {
        folder = DigitFolder.choose(mnist, limit, seed).write(work.resolve("digits"));
        this.epochs = epochs;
        this.seed = seed;
        this.threads = threads;
        var all = Datasets.open(folder).test().orElseThrow();
        test = Subset.of(all, IntStream.range(0, Math.min(tests, all.size())).toArray());
    }

    private static Map<String, String> networks() {
        var map = new LinkedHashMap<String, String>();
        map.put("capsnet", "capsnet(channels=64)");
        map.put("cnn", "simple_cnn(arch=\"conv64k5-pool,conv64k5-pool,fc640,dropout0.5\")");
        map.put("p4cnn", "p4cnn");
        map.put("z2cnn", "z2cnn(channels=21)");
        return Collections.unmodifiableMap(map);
    }

    private static Map<String, Transform> changes() {
        var map = new LinkedHashMap<String, Transform>();
        map.put("upright", (picture, random) -> picture);
        for (int degrees : new int[] {30, 60, 90, 180}) {
            map.put("±" + degrees + "°", Altered.turned(degrees));
        }
        map.put("quarter turns", Altered::quarterTurned);
        map.put("quarters shuffled", Altered::quartersShuffled);
        return Collections.unmodifiableMap(map);
    }

    /** Trains a network and gives its row: name, parameters, seconds of training, then the accuracy under each change. */
    public List<String> row(String name, Path run) throws IOException {
        var spec = ModelSpec.parse(NETWORKS.get(name));
        var recipe = Runs.recipe(folder, threads, seed)
                .with("data.augment", "none")
                .with("model.name", spec.name())
                .with("model.options", spec.options())
                .with("optimizer.name", "adam")
                .with("optimizer.lr", 0.001)
                .with("run.epochs", epochs)
                .with("run.batch", 50);
        var result = Runs.train(recipe, run);
        var cells = new ArrayList<String>();
        try (var classifier = TrainedClassifier.open(run)) {
            cells.add(name);
            cells.add(String.format(Locale.ROOT, "%,d", classifier.network().parameterCount()));
            cells.add(String.format(Locale.ROOT, "%.0f", result.trainSeconds()));
            for (var change : CHANGES.values()) {
                var judged = ClassifyJudge.judge(classifier, new Altered(test, change), BATCH, true);
                cells.add(Runs.percent(judged.evaluation().top1()));
            }
        }
        return cells;
    }
}
