package dev.fovea.runtime;

import dev.fovea.vision.Box;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Label;
import dev.fovea.vision.Nms;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Warp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Boxes of one picture that may be kept, in the order in which they were found; grows. */
final class BoxCandidates {
    private float[] corners = new float[4 * 64];
    private float[] scores = new float[64];
    private int[] classes = new int[64];
    private int count;

    /** A box in pixels of the network's input; one that is not finite is left out. */
    void add(float x1, float y1, float x2, float y2, float score, int label) {
        if (!Float.isFinite(x1 + y1 + x2 + y2)) {
            return;
        }
        if (count == scores.length) {
            corners = Arrays.copyOf(corners, corners.length * 2);
            scores = Arrays.copyOf(scores, scores.length * 2);
            classes = Arrays.copyOf(classes, classes.length * 2);
        }
        corners[4 * count] = x1;
        corners[4 * count + 1] = y1;
        corners[4 * count + 2] = x2;
        corners[4 * count + 3] = y2;
        scores[count] = score;
        classes[count++] = label;
    }

    /**
     * The objects.
     *
     * @param input the movement of pixels from the original picture to the network's input
     * @param clipFirst whether boxes are cut to the picture before overlaps are measured
     */
    Detections kept(Size original, Warp input, BoxSelection selection, boolean clipFirst, List<Label> labels) {
        for (int i = 0; i < count; i++) {
            toOriginal(4 * i, input);
            if (clipFirst) {
                clip(4 * i, original);
            }
        }
        int[] order = suppressed(selection);
        var items = new ArrayList<Detection>();
        for (int k = 0; k < order.length && items.size() < selection.most(); k++) {
            int i = order[k];
            clip(4 * i, original);
            var box = new Box(corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3]);
            if (box.area() > 0) {
                items.add(new Detection(label(classes[i], labels), scores[i], box));
            }
        }
        return new Detections(original, items);
    }

    private static Label label(int index, List<Label> labels) {
        return index < labels.size() ? labels.get(index) : new Label(index, Integer.toString(index));
    }

    /** Places of what stays, best first. */
    private int[] suppressed(BoxSelection selection) {
        float[] allScores = Arrays.copyOf(scores, count);
        if (selection.iou().isEmpty()) {
            return BestScores.order(allScores);
        }
        float[] allCorners = Arrays.copyOf(corners, 4 * count);
        double iou = selection.iou().getAsDouble();
        return selection.classwise()
                ? Nms.classwise(allCorners, allScores, Arrays.copyOf(classes, count), iou)
                : Nms.greedy(allCorners, allScores, iou);
    }

    private void toOriginal(int at, Warp input) {
        for (int axis = 0; axis < 2; axis++) {
            double scale = axis == 0 ? input.a() : input.e();
            double shift = axis == 0 ? input.c() : input.f();
            float low = (float) ((corners[at + axis] - shift) / scale);
            float high = (float) ((corners[at + axis + 2] - shift) / scale);
            corners[at + axis] = Math.min(low, high);
            corners[at + axis + 2] = Math.max(low, high);
        }
    }

    private void clip(int at, Size size) {
        for (int c = 0; c < 4; c++) {
            float most = c % 2 == 0 ? size.width() : size.height();
            corners[at + c] = Math.min(Math.max(corners[at + c], 0), most);
        }
    }
}
