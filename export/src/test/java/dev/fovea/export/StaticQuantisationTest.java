package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.export.graph.OnnxFile;
import dev.fovea.export.quantise.CalibrationMethod;
import dev.fovea.export.quantise.StaticQuantisation;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.Scope;
import dev.fovea.vision.Size;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StaticQuantisationTest {
    @Test
    void a_network_in_eight_bits_is_a_quarter_as_large_and_computes_nearly_the_same() {
        try (var scope = Scope.open();
                var network = Models.classify("resnet18", Map.of("classes", 10))) {
            new GoldenFill("int8/", 1).fill(network);
            var graph = OnnxExport.graph(network, Size.square(64), ExportOptions.STANDARD);
            var pictures = List.of(Samples.image(1, 4, 3, 64, 64), Samples.image(2, 4, 3, 64, 64));
            var measured = StaticQuantisation.measure(graph, pictures, CalibrationMethod.MIN_MAX);
            var eight = measured.graph(Set.of());
            assertThat((double) OnnxFile.toBytes(eight).length / OnnxFile.toBytes(graph).length)
                    .isLessThan(0.3);
            assertThat(ExportReport.operators(eight)).doesNotContainKey("Relu").containsEntry("Conv", 20);
            var image = Samples.image(3, 4, 3, 64, 64);
            try (var exact = Session.open(graph);
                    var whole = Session.open(eight);
                    var mostly = Session.open(measured.graph(Set.copyOf(measured.layers())))) {
                float[] expected = exact.run(image).toFloatArray();
                double off = Deviation.between(expected, whole.run(image).toFloatArray())
                        .relative();
                assertThat(off).isBetween(1e-4, 0.3);
                assertThat(Deviation.between(expected, mostly.run(image).toFloatArray())
                                .relative())
                        .isLessThan(1e-4);
            }
        }
    }
}
