package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Detectors that stand on whatever classifier is named, with either neck. */
final class AnyBackboneTest extends DetectorContract {
    private static final String SMALL = "backbone=\"mobilenet_v2(width_mult=0.1)\"";

    @Override
    Stream<String> detectors() {
        return Stream.of(
                "fasterrcnn(classes=3, neck_channels=8, rpn_post_nms_top_n_train=50, " + SMALL + ")",
                "fasterrcnn(classes=3, neck=bifpn, neck_channels=8, neck_rounds=1, norm=frozen, " + SMALL + ")",
                "retinanet(classes=3, neck_channels=8, " + SMALL + ")",
                "retinanet(classes=3, neck=bifpn, neck_channels=16, neck_rounds=2,"
                        + " backbone=\"resnet18(layers=[1,1,1,1])\")",
                "fcos(classes=3, neck=bifpn, neck_channels=32, score_thresh=0, " + SMALL + ")");
    }

    @Override
    double learningRate() {
        return 3e-3; // thin networks begin with nearly nothing in their maps
    }

    @TestFactory
    Stream<DynamicTest> the_stated_parameter_counts_are_true() {
        return Models.detectors().stream()
                .filter(a -> a.reference().equals("own names"))
                .map(a -> DynamicTest.dynamicTest(a.name(), () -> {
                    try (var off = Init.off();
                            var network = Models.detect(a.name(), Map.of())) {
                        assertThat(network.parameterCount()).isEqualTo(a.parameters());
                    }
                }));
    }

    @Test
    void a_backbone_without_the_maps_is_refused_with_the_ones_it_has() {
        assertThatThrownBy(() -> Models.detect("retinanet", Map.of("backbone", "squeezenet1_1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("squeezenet1_1 has maps of strides")
                .hasMessageContaining("[8, 16, 32]");
        assertThatThrownBy(() -> Models.detect("ssdlite", Map.of("backbone", "mobilnet_v2")))
                .hasMessageContaining("did you mean");
        assertThatThrownBy(() -> Models.detect("ssdlite", Map.of("backbone", "mobilenet_v2(in_channels=1)")))
                .hasMessageContaining("3 channels");
    }
}
