package dev.fovea.train.detect;

import dev.fovea.models.detect.FoundBoxes;
import dev.fovea.tensor.DType;
import dev.fovea.vision.Box;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Geometry;
import dev.fovea.vision.Label;
import java.util.ArrayList;
import java.util.List;

/** What a network found, in pixels of the original picture. */
final class FoundObjects {
    private FoundObjects() {}

    /** Boxes taken back through a picture's geometry and cut to it; those of which nothing is left are dropped. */
    static Detections of(FoundBoxes found, Geometry geometry, List<String> classes) {
        float[] corners = found.boxes().to(DType.FLOAT32).toFloatArray();
        float[] scores = found.scores().to(DType.FLOAT32).toFloatArray();
        long[] labels = found.labels().toLongArray();
        var items = new ArrayList<Detection>();
        for (int i = 0; i < scores.length; i++) {
            double[] a = geometry.toOriginal(corners[4 * i], corners[4 * i + 1]);
            double[] b = geometry.toOriginal(corners[4 * i + 2], corners[4 * i + 3]);
            var box = new Box(
                            (float) Math.min(a[0], b[0]),
                            (float) Math.min(a[1], b[1]),
                            (float) Math.max(a[0], b[0]),
                            (float) Math.max(a[1], b[1]))
                    .clip(geometry.original());
            if (box.area() > 0) {
                int label = (int) labels[i];
                items.add(new Detection(new Label(label, classes.get(label)), scores[i], box));
            }
        }
        return new Detections(geometry.original(), items);
    }
}
