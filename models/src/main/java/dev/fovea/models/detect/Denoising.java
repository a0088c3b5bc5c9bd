package dev.fovea.models.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The objects of a batch with errors, for a decoder to repair (DINO, Zhang et al. 2022, arXiv 2203.03605): in groups that hold each object
 * twice, once with a small error, which should become the object, and once with a large one, which should become none.
 *
 * @param classes {@code [N, D]} int64; the class count where there is nothing
 * @param boxes {@code [N, D, 4]}: centre, width and height, 0-1
 * @param groups how many groups
 * @param most how many objects a picture has at most, which is half of a group
 * @param matches for each picture the places that should become objects
 */
record Denoising(Tensor classes, Tensor boxes, int groups, int most, List<SetMatcher.Match> matches) {
    private static final double WRONG_CLASS = 0.25;

    /** Above so many objects in a picture attention between their queries would take gigabytes. */
    private static final int CROWD = 500;

    /**
     * Makes groups for a batch.
     *
     * @param wanted about how many queries there are for half of the objects
     * @return null if there are no objects, or so many in a picture that queries for them would not fit into memory
     */
    static Denoising of(List<SetTargets> targets, int wanted, int classCount, RandomGenerator random) {
        int most = targets.stream().mapToInt(SetTargets::count).max().orElse(0);
        if (most == 0 || most > CROWD) {
            return null;
        }
        int groups = Math.max(1, wanted / most);
        int length = 2 * most * groups;
        var classes = new long[targets.size() * length];
        var boxes = new float[4 * classes.length];
        var matches = new ArrayList<SetMatcher.Match>();
        java.util.Arrays.fill(classes, classCount);
        for (int i = 0; i < targets.size(); i++) {
            int count = targets.get(i).count();
            var own = targets.get(i).boxes().toFloatArray();
            var labels = targets.get(i).labels().toLongArray();
            var match = new SetMatcher.Match(new int[groups * count], new int[groups * count]);
            for (int copy = 0; copy < 2 * groups; copy++) {
                boolean negative = copy % 2 == 1;
                for (int k = 0; k < most; k++) {
                    int place = i * length + copy * most + k;
                    if (k >= count) {
                        write(new float[4], boxes, place);
                        continue;
                    }
                    classes[place] = random.nextDouble() < WRONG_CLASS ? random.nextInt(classCount) : labels[k];
                    write(disturbed(own, 4 * k, negative, random), boxes, place);
                    if (!negative) {
                        match.queries()[copy / 2 * count + k] = copy * most + k;
                        match.objects()[copy / 2 * count + k] = k;
                    }
                }
            }
            matches.add(match);
        }
        return new Denoising(
                Tensor.of(classes, targets.size(), length),
                Tensor.of(boxes, targets.size(), length, 4),
                groups,
                most,
                matches);
    }

    /** Each corner moved by up to half a side, or by half to a whole one. */
    private static float[] disturbed(float[] boxes, int at, boolean much, RandomGenerator random) {
        var corners = new float[4];
        for (int c = 0; c < 4; c++) {
            float half = boxes[at + 2 + c % 2] / 2;
            double sign = random.nextBoolean() ? 1 : -1;
            double part = random.nextDouble() + (much ? 1 : 0);
            double corner = boxes[at + c % 2] + (c < 2 ? -half : half) + sign * part * half;
            corners[c] = (float) Math.min(1, Math.max(0, corner));
        }
        return new float[] {
            (corners[0] + corners[2]) / 2,
            (corners[1] + corners[3]) / 2,
            corners[2] - corners[0],
            corners[3] - corners[1]
        };
    }

    private static void write(float[] box, float[] into, int place) {
        for (int c = 0; c < 4; c++) {
            // kept off the ends as logits are, so that a box that has crossed over is a thin one
            into[4 * place + c] = Math.min(1 - 1e-5f, Math.max(1e-5f, box[c]));
        }
    }

    /** {@code [D, D + queries]}: true between groups; the queries proper are seen by all. */
    Tensor mask(int queries) {
        int length = (int) boxes.dim(1);
        var hidden = new byte[length * (length + queries)];
        for (int q = 0; q < length; q++) {
            for (int k = 0; k < length; k++) {
                hidden[q * (length + queries) + k] = (byte) (q / (2 * most) == k / (2 * most) ? 0 : 1);
            }
        }
        return Tensor.of(hidden, DType.BOOL, length, length + queries).to(Device.CPU);
    }
}
