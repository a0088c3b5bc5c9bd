package dev.fovea.export.quantise;

import dev.fovea.export.Deviation;
import dev.fovea.export.Session;
import dev.fovea.export.graph.Graph;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/** Compares graphs with the exact one on the same pictures. */
final class LossMeter {
    private final List<Tensor> pictures;
    private final List<float[]> expected;
    private final Optional<ToDoubleFunction<Session>> judge;
    private final OptionalDouble accuracyBefore;

    LossMeter(Graph exact, List<Tensor> pictures, Optional<ToDoubleFunction<Session>> judge) {
        this.pictures = List.copyOf(pictures);
        this.judge = judge;
        try (var session = Session.open(exact)) {
            expected = outputs(session);
            accuracyBefore =
                    judge.isPresent() ? OptionalDouble.of(judge.get().applyAsDouble(session)) : OptionalDouble.empty();
        }
    }

    private LossMeter(List<Tensor> pictures, List<float[]> expected) {
        this.pictures = pictures;
        this.expected = expected;
        this.judge = Optional.empty();
        this.accuracyBefore = OptionalDouble.empty();
    }

    /** A meter that looks at no more pictures than are needed for so many, and at no labels. */
    LossMeter brief(int most) {
        int batches = 0;
        for (long n = 0; n < most && batches < pictures.size(); batches++) {
            n += pictures.get(batches).shape().dim(0);
        }
        return new LossMeter(pictures.subList(0, batches), expected.subList(0, batches));
    }

    Loss measure(Graph graph) {
        try (var session = Session.open(graph)) {
            return measure(session, true);
        }
    }

    /**
     * What a session's outputs lose.
     *
     * @param judged whether labelled pictures are looked at too, if there are any
     */
    Loss measure(Session session, boolean judged) {
        var actual = outputs(session);
        int same = 0;
        int all = 0;
        for (int b = 0; b < actual.size(); b++) {
            int n = (int) pictures.get(b).shape().dim(0);
            int width = expected.get(b).length / n;
            for (int i = 0; i < n; i++, all++) {
                same += best(expected.get(b), i * width, width) == best(actual.get(b), i * width, width) ? 1 : 0;
            }
        }
        float[] before = joined(expected);
        float[] after = joined(actual);
        var largest = Deviation.between(before, after);
        double squares = 0;
        for (int i = 0; i < before.length; i++) {
            squares += Math.pow((double) before[i] - after[i], 2);
        }
        double rms = Math.sqrt(squares / before.length);
        var accuracy = judged && judge.isPresent()
                ? Optional.of(new Loss.Accuracy(
                        accuracyBefore.orElseThrow(), judge.get().applyAsDouble(session)))
                : Optional.<Loss.Accuracy>empty();
        double spread = largest.spread();
        return new Loss(spread > 0 ? rms / spread : rms, largest, (double) same / all, accuracy);
    }

    private List<float[]> outputs(Session session) {
        var outputs = new ArrayList<float[]>();
        for (var batch : pictures) {
            try (var scope = Scope.open()) {
                outputs.add(session.run(batch).toFloatArray());
            }
        }
        return outputs;
    }

    private static int best(float[] values, int from, int width) {
        int best = 0;
        for (int i = 1; i < width; i++) {
            best = values[from + i] > values[from + best] ? i : best;
        }
        return best;
    }

    private static float[] joined(List<float[]> parts) {
        var all = new float[parts.stream().mapToInt(p -> p.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, all, at, part.length);
            at += part.length;
        }
        return all;
    }
}
