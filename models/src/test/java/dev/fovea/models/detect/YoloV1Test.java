package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class YoloV1Test extends DetectorContract {
    private static final SplittableRandom RANDOM = new SplittableRandom(1);

    @Override
    Stream<String> detectors() {
        return Stream.of(
                "yolov1_resnet18(classes=3, image_size=64, grid=3, hidden=32, channels=16,"
                        + " backbone=\"mobilenet_v2(width_mult=0.1)\")",
                "yolov1_fast(classes=3, image_size=128, grid=2)");
    }

    @Test
    void outputs_that_minimise_the_loss_decode_to_the_objects() {
        try (var scope = Scope.open()) {
            var pictures = Pictures.of(Tensor.zeros(2, 3, 48, 64));
            var nothing = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));
            var objects = new BoxTargets(
                    Tensor.of(new float[] {3, 5, 12, 14, 20, 18, 38, 45, 40, 2, 62, 30}, 3, 4),
                    Tensor.of(new long[] {2, 0, 1}, 3));
            var cells = Tensor.full(0.3, DType.FLOAT32, Device.CPU, 2, 4, 4, 13).requiresGrad(true);
            Descent.until(
                    () -> new YoloV1Criterion(5, 0.5)
                            .losses(new GridOutput(cells, 2), pictures, List.of(nothing, objects), RANDOM),
                    List.of(cells),
                    300,
                    0.2);
            var found =
                    new YoloV1Decoder().decode(new GridOutput(cells, 2), pictures, new Selection(0.5, 0.45, 100, 10));
            assertThat(found.get(0).count()).isZero();
            Descent.assertFound(found.get(1), objects, 0.9);
        }
    }

    @Test
    void the_terms_are_those_of_the_paper() {
        try (var scope = Scope.open()) {
            // One cell, one box, one class: box in the middle, half as wide and high as the picture.
            var said = Tensor.of(new float[] {0.5f, 0.5f, 0.5f, 0.5f, 0.6f, 0.7f}, 1, 1, 1, 6);
            var pictures = Pictures.of(Tensor.zeros(1, 3, 10, 10));
            var object = new BoxTargets(Tensor.of(new float[] {2, 2, 10, 10}, 1, 4), Tensor.of(new long[1], 1));
            var terms = new YoloV1Criterion(5, 0.5).losses(new GridOutput(said, 1), pictures, List.of(object), RANDOM);
            double root = Math.sqrt(0.8);
            assertThat(terms.get("coord_loss").item())
                    .isCloseTo(5 * (2 * 0.01 + 2 * Math.pow(0.5 - root, 2)), within(1e-5));
            // The said box goes from 3.75 to 6.25, inside the object: 2.5² of 8² are common.
            assertThat(terms.get("object_loss").item()).isCloseTo(Math.pow(0.6 - 6.25 / 64, 2), within(1e-5));
            assertThat(terms.get("no_object_loss").item()).isZero();
            assertThat(terms.get("class_loss").item()).isCloseTo(0.09, within(1e-5));
            var nothing = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));
            var empty = new YoloV1Criterion(5, 0.5).losses(new GridOutput(said, 1), pictures, List.of(nothing), RANDOM);
            assertThat(empty.get("no_object_loss").item()).isCloseTo(0.5 * 0.36, within(1e-5));
            assertThat(empty.get("coord_loss").item() + empty.get("class_loss").item())
                    .isZero();
        }
    }
}
