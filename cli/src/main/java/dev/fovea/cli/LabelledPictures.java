package dev.fovea.cli;

import dev.fovea.data.Dataset;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Sample;
import dev.fovea.export.Session;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.vision.Label;
import dev.fovea.vision.transform.Preprocessing;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Pictures whose classes are known, to count how many of them a graph recognises. */
final class LabelledPictures {
    private static final int BATCH = 16;

    private final Dataset data;
    private final boolean multiLabel;
    private final Preprocessing preprocessing;

    LabelledPictures(Dataset data, TrainedClassifier classifier) {
        this.data = data;
        this.multiLabel = classifier.isMultiLabel();
        this.preprocessing = classifier.preprocessing();
    }

    int count() {
        return data.size();
    }

    private record Answers(Tensor pictures, List<Set<Integer>> right) implements AutoCloseable {
        @Override
        public void close() {
            pictures.close();
        }
    }

    /** The share of readable pictures, 0-1, whose best class is theirs; with several labels a picture, that have exactly theirs. */
    double accuracy(Session session) {
        var loader =
                Loader.of(data, (picture, random) -> picture, this::collate).batchSize(BATCH);
        long right = 0;
        long all = 0;
        try (var batches = loader.epoch(0, 0)) {
            while (batches.hasNext()) {
                try (var batch = batches.next();
                        var scope = Scope.open()) {
                    float[] logits = session.run(batch.pictures()).toFloatArray();
                    int n = batch.right().size();
                    int classes = logits.length / n;
                    for (int i = 0; i < n; i++) {
                        right += answer(logits, i * classes, classes)
                                        .equals(batch.right().get(i))
                                ? 1
                                : 0;
                    }
                    all += n;
                }
            }
        }
        return all == 0 ? Double.NaN : (double) right / all;
    }

    private Answers collate(List<Sample> samples) {
        var images = samples.stream().map(s -> s.picture().image()).toList();
        var right = samples.stream()
                .map(s -> s.picture().annotation().labels().stream()
                        .map(Label::index)
                        .collect(Collectors.toSet()))
                .toList();
        return new Answers(CalibrationPictures.tensor(images, preprocessing), right);
    }

    private Set<Integer> answer(float[] logits, int from, int classes) {
        if (multiLabel) { // a logit of 0 is a probability of one half
            return IntStream.range(0, classes)
                    .filter(c -> logits[from + c] >= 0)
                    .boxed()
                    .collect(Collectors.toSet());
        }
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = logits[from + c] > logits[from + best] ? c : best;
        }
        return Set.of(best);
    }
}
