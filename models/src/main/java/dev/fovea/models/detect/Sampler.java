package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Chooses what is trained on, so that the many places without an object do not drown the few with one.
 *
 * @param count how many of each picture
 * @param positives the largest share of places with an object among them
 */
record Sampler(int count, double positives) {
    Sampler {
        if (count < 1 || !(positives >= 0 && positives <= 1)) {
            throw new IllegalArgumentException(
                    "a sampler needs at least 1 place and a share of 0-1, got " + count + " and " + positives);
        }
    }

    /** What was chosen: places with and without an object, int64. */
    record Sample(Tensor positive, Tensor negative) {
        Tensor all() {
            return Tensor.cat(List.of(positive, negative), 0);
        }
    }

    /** Chooses among marks {@code [A]}: 0 and above an object, {@link BoxMatcher#BACKGROUND} none, others are left out. */
    Sample sample(Tensor matches, RandomGenerator random) {
        var marks = matches.toLongArray();
        var positive = new long[marks.length];
        var negative = new long[marks.length];
        int found = 0;
        int empty = 0;
        for (int i = 0; i < marks.length; i++) {
            if (marks[i] >= 0) {
                positive[found++] = i;
            } else if (marks[i] == BoxMatcher.BACKGROUND) {
                negative[empty++] = i;
            }
        }
        int wanted = Math.min(found, (int) (count * positives));
        int rest = Math.min(empty, count - wanted);
        return new Sample(
                tensor(chosen(positive, found, wanted, random), matches),
                tensor(chosen(negative, empty, rest, random), matches));
    }

    private static Tensor tensor(long[] values, Tensor like) {
        return Tensor.of(values, values.length).to(like.device());
    }

    /** {@code wanted} of the first {@code size} values, each set equally likely. */
    private static long[] chosen(long[] values, int size, int wanted, RandomGenerator random) {
        if (wanted < size) {
            for (int i = 0; i < wanted; i++) {
                int j = i + random.nextInt(size - i);
                long swapped = values[i];
                values[i] = values[j];
                values[j] = swapped;
            }
        }
        return Arrays.copyOf(values, wanted);
    }
}
