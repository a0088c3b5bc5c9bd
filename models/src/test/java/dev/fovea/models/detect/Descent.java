package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Gradient descent on raw outputs themselves: what a network would learn to say if it could say anything. */
final class Descent {
    private Descent() {}

    /** Plain steps of the given length along the gradient of the sum of all terms. */
    static void until(Supplier<Map<String, Tensor>> losses, List<Tensor> outputs, int steps, double rate) {
        for (int step = 0; step < steps; step++) {
            try (var scope = Scope.open()) {
                losses.get().values().stream().reduce(Tensor::add).orElseThrow().backward();
                try (var off = Grad.off()) {
                    for (var output : outputs) {
                        output.addInPlace(output.grad().orElseThrow(), -rate);
                        output.clearGrad();
                    }
                }
            }
        }
    }

    /** Checks that each object was found once, with its class, and nothing else. */
    static void assertFound(FoundBoxes found, BoxTargets objects, double iou) {
        assertThat(found.count()).isEqualTo(objects.count());
        var overlaps = Boxes.iou(objects.boxes(), found.boxes());
        var best = overlaps.max(1, false);
        var labels = found.labels().toLongArray();
        var places = best.indices().toLongArray();
        var values = best.values().toFloatArray();
        for (int i = 0; i < objects.count(); i++) {
            assertThat(values[i]).as("overlap with object %d", i).isGreaterThan((float) iou);
            assertThat(labels[(int) places[i]]).isEqualTo(objects.labels().toLongArray()[i]);
        }
    }
}
