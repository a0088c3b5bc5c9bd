package dev.fovea.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.Summary;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters and multiply-adds as the authors of the reference implementation publish them. */
class SummaryOfModelsTest {
    @ParameterizedTest
    @CsvSource({
        "resnet18, 11689512, 1.814",
        "resnet50, 25557032, 4.089",
        "mobilenet_v2, 3504872, 0.301",
        "mobilenet_v3_small, 2542856, 0.057",
        "alexnet, 61100840, 0.714",
    })
    void totals_are_the_published_ones(String name, long parameters, double billions) {
        try (var network = Models.classify(name, Map.of())) {
            var summary = Summary.of(network, 3, 224, 224);
            assertThat(summary.parameters()).isEqualTo(parameters);
            assertThat((double) summary.multiplyAdds() / 1e9).isCloseTo(billions, within(0.0006));
        }
    }
}
