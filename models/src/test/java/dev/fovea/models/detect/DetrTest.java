package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Architecture;
import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class DetrTest extends DetectorContract {
    private static final String SMALL =
            "classes=3, backbone=resnet18, hidden_dim=32, nheads=4, enc_layers=1, dec_layers=2, dim_feedforward=32, num_queries=8";

    @Override
    Stream<String> detectors() {
        return Stream.of(
                "detr_resnet50(" + SMALL + ", dropout=0)",
                "deformable_detr_r50(" + SMALL + ")",
                "deformable_detr_r50_refine(" + SMALL + ")",
                "deformable_detr_r50_two_stage(" + SMALL + ")");
    }

    @Test
    void has_the_published_sizes() {
        try (var off = Init.off()) {
            var all = Stream.of(Detr.architectures(), DeformableDetr.architectures())
                    .flatMap(List::stream)
                    .toList();
            for (Architecture<Detector<?>> architecture : all) {
                try (var network = Models.detect(architecture.name(), Map.of())) {
                    assertThat(network.parameterCount()).as(architecture.name()).isEqualTo(architecture.parameters());
                }
            }
        }
    }

    @Test
    void positions_count_what_is_picture() {
        try (var scope = Scope.open()) {
            var padding = Tensor.of(new byte[] {0, 0, 1, 0, 0, 1, 1, 1, 1}, DType.BOOL, 1, 3, 3);
            var positions = new SinePositions(4, false).call(padding);
            assertThat(positions.shape().toArray()).containsExactly(1, 4, 3, 3);
            // the first row of two is half the way round: sin(pi) and cos(pi)
            var values = positions.select(2, 0).select(2, 0).toFloatArray();
            assertThat(values[0]).isCloseTo((float) Math.sin(Math.PI), within(1e-5f));
            assertThat(values[1]).isCloseTo((float) Math.cos(Math.PI), within(1e-5f));
            assertThat(positions.select(2, 1).select(2, 1).toFloatArray()[2])
                    .isCloseTo((float) Math.sin(2 * Math.PI), within(1e-5f));
        }
    }
}
