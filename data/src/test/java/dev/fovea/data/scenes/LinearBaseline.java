package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Scenes.Options;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * How far a linear classifier on the pixels gets, as a measure of how much the pictures ask for: the best test accuracy
 * over the epochs of softmax regression with momentum. Not a test; run its {@code main} with a difficulty and a size.
 */
final class LinearBaseline {
    private static final int TRAIN = 8000;
    private static final int TEST = 2000;
    private static final int EPOCHS = 12;
    private static final int BATCH = 50;
    private final int classes = Scenes.BACKGROUND;
    private final float[][] weights;
    private final float[][] momentum;

    private LinearBaseline(int inputs) {
        weights = new float[classes][inputs + 1];
        momentum = new float[classes][inputs + 1];
    }

    public static void main(String[] args) {
        double difficulty = args.length > 0 ? Double.parseDouble(args[0]) : Options.DEFAULT_DIFFICULTY;
        int side = args.length > 1 ? Integer.parseInt(args[1]) : 32;
        var options = Options.classify(Size.square(side), TRAIN).withDifficulty(difficulty);
        var parts = Scenes.splits(options, 0, TEST);
        var model = new LinearBaseline(3 * side * side);
        float[][] train = inputs(parts.train());
        float[][] test = inputs(parts.test());
        double best = 0;
        for (int epoch = 0; epoch < EPOCHS; epoch++) {
            model.epoch(parts.train(), train, epoch);
            best = Math.max(best, model.accuracy(parts.test(), test));
        }
        System.out.printf(
                Locale.ROOT,
                "linear classifier on %dx%d pixels, difficulty %.2f: %.1f %% of %d test pictures%n",
                side,
                side,
                difficulty,
                100 * best,
                TEST);
    }

    private static float[][] inputs(Scenes scenes) {
        float[][] inputs = new float[scenes.size()][];
        for (int i = 0; i < inputs.length; i++) {
            byte[] pixels = scenes.image(i).pixels();
            inputs[i] = new float[pixels.length + 1];
            for (int p = 0; p < pixels.length; p++) {
                inputs[i][p] = (pixels[p] & 0xff) / 127.5f - 1;
            }
            inputs[i][pixels.length] = 1;
        }
        return inputs;
    }

    private void epoch(Scenes scenes, float[][] inputs, int epoch) {
        var random = new Random(epoch);
        float rate = 0.003f * (1 - (float) epoch / EPOCHS);
        float[][] gradient = new float[classes][weights[0].length];
        for (int step = 0; step < inputs.length / BATCH; step++) {
            for (float[] row : gradient) {
                Arrays.fill(row, 0);
            }
            for (int b = 0; b < BATCH; b++) {
                int i = random.nextInt(inputs.length);
                double[] share = probabilities(inputs[i]);
                share[scenes.label(i).index()] -= 1;
                for (int c = 0; c < classes; c++) {
                    float slope = (float) share[c] / BATCH;
                    for (int p = 0; p < inputs[i].length; p++) {
                        gradient[c][p] += slope * inputs[i][p];
                    }
                }
            }
            for (int c = 0; c < classes; c++) {
                for (int p = 0; p < weights[c].length; p++) {
                    momentum[c][p] = 0.9f * momentum[c][p] + gradient[c][p] + 1e-3f * weights[c][p];
                    weights[c][p] -= rate * momentum[c][p];
                }
            }
        }
    }

    private double[] probabilities(float[] input) {
        double[] scores = new double[classes];
        for (int c = 0; c < classes; c++) {
            float sum = 0;
            for (int p = 0; p < input.length; p++) {
                sum += weights[c][p] * input[p];
            }
            scores[c] = sum;
        }
        double top = Arrays.stream(scores).max().orElseThrow();
        double total = 0;
        for (int c = 0; c < classes; c++) {
            scores[c] = Math.exp(scores[c] - top);
            total += scores[c];
        }
        for (int c = 0; c < classes; c++) {
            scores[c] /= total;
        }
        return scores;
    }

    private double accuracy(Scenes scenes, float[][] inputs) {
        int right = 0;
        for (int i = 0; i < inputs.length; i++) {
            double[] share = probabilities(inputs[i]);
            int best = 0;
            for (int c = 1; c < classes; c++) {
                best = share[c] > share[best] ? c : best;
            }
            right += best == scenes.label(i).index() ? 1 : 0;
        }
        return (double) right / inputs.length;
    }
}
