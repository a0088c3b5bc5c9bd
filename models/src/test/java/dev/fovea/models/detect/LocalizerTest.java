package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Models;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LocalizerTest extends DetectorContract {
    @Override
    Stream<String> detectors() {
        return Stream.of(
                "localizer(classes=3, image_size=64, hidden=64, backbone=\"resnet18(layers=[1,1,1,1])\")",
                "localizer(classes=3, image_size=64, hidden=64, box_loss=smooth_l1,"
                        + " backbone=\"resnet18(layers=[1,1,1,1])\")");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputs_that_minimise_the_loss_decode_to_the_largest_object(boolean overlap) {
        try (var scope = Scope.open();
                var network =
                        Models.detect("localizer", Map.of("classes", 3, "backbone", "resnet18(layers=[1,1,1,1])"))) {
            var pictures = Pictures.of(Tensor.zeros(2, 3, 40, 80));
            var nothing = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));
            var both = new BoxTargets(
                    Tensor.of(new float[] {1, 1, 9, 9, 30, 5, 70, 35}, 2, 4), Tensor.of(new long[] {0, 2}, 2));
            var largest =
                    new BoxTargets(both.boxes().narrow(0, 1, 1), both.labels().narrow(0, 1, 1));
            var classes = Tensor.zeros(2, 4).requiresGrad(true);
            var boxes = Tensor.zeros(2, 4).requiresGrad(true);
            var criterion = new OneObjectCriterion(overlap, 2);
            Descent.until(
                    () -> criterion.losses(
                            new OneObjectOutput(classes, boxes.sigmoid()),
                            pictures,
                            List.of(nothing, both),
                            new SplittableRandom(1)),
                    List.of(classes, boxes),
                    400,
                    0.5);
            @SuppressWarnings("unchecked") // a localizer's
            var decoder = (Decoder<OneObjectOutput>) network.decoder();
            var found = decoder.decode(
                    new OneObjectOutput(classes, boxes.sigmoid()),
                    pictures,
                    network.selection().withLeastScore(0.5));
            assertThat(found.get(0).count()).isZero();
            Descent.assertFound(found.get(1), largest, 0.8);
        }
    }
}
