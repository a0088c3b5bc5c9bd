package dev.fovea.train.classify;

import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Which unlabelled pictures a noisy student learns from, and what the teacher says of them.
 *
 * @param chosen in the order of the pictures
 * @param confident how many pictures the teacher was sure enough of
 */
record PseudoLabels(List<Chosen> chosen, int confident) {
    /** The targets are the teacher's probabilities. */
    static final String SOFT = "soft";

    /** The targets are the teacher's best classes. */
    static final String HARD = "hard";

    private static final String PROBABILITIES = "probabilities";

    PseudoLabels {
        chosen = List.copyOf(chosen);
    }

    /**
     * A picture with its pseudo-label.
     *
     * @param index its place among the unlabelled pictures
     * @param best the teacher's best class
     * @param shares what is learned, {@code [classes]}
     * @param times how often an epoch shows it, at least 1
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Chosen(int index, int best, float confidence, float[] shares, int times) {}

    /**
     * Chooses as the recipe says: pictures of which the teacher is sure enough; with balance, of each class equally many, the surest
     * ones, repeated where there are too few.
     *
     * @param probabilities {@code [pictures][classes]}; null for pictures that could not be read
     */
    static PseudoLabels of(float[][] probabilities, ClassifyRecipe.Student recipe) {
        List<List<Chosen>> byClass = new ArrayList<>();
        int confident = 0;
        for (int i = 0; i < probabilities.length; i++) {
            var p = probabilities[i];
            if (p == null) {
                continue;
            }
            while (byClass.size() < p.length) {
                byClass.add(new ArrayList<>());
            }
            int best = best(p);
            if (p[best] >= recipe.confidence()) {
                confident++;
                byClass.get(best).add(new Chosen(i, best, p[best], shares(p, best, recipe), 1));
            }
        }
        if (confident == 0) {
            throw new IllegalArgumentException("student: the teacher is nowhere as sure as student.confidence "
                    + recipe.confidence() + " on the " + probabilities.length
                    + " unlabelled pictures; use a lower confidence, or a better teacher");
        }
        var chosen = new ArrayList<Chosen>();
        int wanted = recipe.perClass() != null ? recipe.perClass() : (confident + byClass.size() - 1) / byClass.size();
        for (var candidates : byClass) {
            chosen.addAll(recipe.balance() ? balanced(candidates, wanted) : candidates);
        }
        chosen.sort(Comparator.comparingInt(Chosen::index));
        return new PseudoLabels(chosen, confident);
    }

    private static int best(float[] p) {
        int best = 0;
        for (int c = 1; c < p.length; c++) {
            if (p[c] > p[best]) {
                best = c;
            }
        }
        return best;
    }

    private static float[] shares(float[] p, int best, ClassifyRecipe.Student recipe) {
        if (recipe.labels().equals(SOFT)) {
            return p;
        }
        var hard = new float[p.length];
        hard[best] = 1;
        return hard;
    }

    /** The surest; the very surest of them once more than the others where they must be repeated. */
    private static List<Chosen> balanced(List<Chosen> candidates, int wanted) {
        var surest = new ArrayList<>(candidates);
        surest.sort(Comparator.comparing(Chosen::confidence).reversed().thenComparing(Chosen::index));
        int n = Math.min(wanted, surest.size());
        var taken = new ArrayList<Chosen>();
        for (int i = 0; i < n; i++) {
            var c = surest.get(i);
            int times = wanted / n + (i < wanted % n ? 1 : 0);
            taken.add(new Chosen(c.index(), c.best(), c.confidence(), c.shares(), times));
        }
        return taken;
    }

    // --- kept with the run, so that a resumed one goes on with the same ---------------------------------------------

    /** Writes a teacher's answers; pictures that could not be read are rows of NaN. */
    static void write(Path file, float[][] probabilities, int classes) throws IOException {
        var flat = new float[Math.multiplyExact(probabilities.length, classes)];
        for (int i = 0; i < probabilities.length; i++) {
            if (probabilities[i] == null) {
                Arrays.fill(flat, i * classes, (i + 1) * classes, Float.NaN);
            } else {
                System.arraycopy(probabilities[i], 0, flat, i * classes, classes);
            }
        }
        try (var scope = Scope.open()) {
            Safetensors.write(file, Map.of(PROBABILITIES, Tensor.of(flat, probabilities.length, classes)), Map.of());
        }
    }

    /** Reads what {@link #write} wrote for as many pictures and classes. */
    static float[][] read(Path file, int pictures, int classes) throws IOException {
        try (var scope = Scope.open()) {
            var tensor = Safetensors.read(file).stateDict().get(PROBABILITIES);
            if (tensor == null || tensor.rank() != 2 || tensor.dim(0) != pictures || tensor.dim(1) != classes) {
                throw new IOException(file + " does not belong to the " + pictures + " unlabelled pictures and "
                        + classes + " classes of this run; put the pictures back that were there when it began");
            }
            var flat = tensor.toFloatArray();
            var rows = new float[pictures][];
            for (int i = 0; i < pictures; i++) {
                rows[i] = Float.isNaN(flat[i * classes])
                        ? null
                        : Arrays.copyOfRange(flat, i * classes, (i + 1) * classes);
            }
            return rows;
        }
    }
}
