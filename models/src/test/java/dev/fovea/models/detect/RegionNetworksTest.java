package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Models;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.SelectiveSearch;
import dev.fovea.vision.Size;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Networks that classify regions found by selective search. */
final class RegionNetworksTest extends DetectorContract {
    @Override
    Stream<String> detectors() {
        return Stream.of(
                "fastrcnn_resnet18(classes=3, hidden=24, neck_channels=8, backbone=\"mobilenet_v2(width_mult=0.1)\")",
                "fastrcnn_vgg16(classes=3, hidden=24, dropout=0, backbone=\"vgg11_bn(cfg=[8,0,8,0,12,0,16,0,16,0], num_features=8)\")",
                "rcnn_resnet18(classes=3, warped_size=32, context=2, backbone=\"mobilenet_v2(width_mult=0.1)\")",
                "rcnn_alexnet(classes=3, warped_size=64, context=4, backbone=\"squeezenet1_1\")");
    }

    private static Pictures pictures(Preparation preparation, Image image) {
        try (var scope = Scope.open()) {
            var values = new float[3 * image.width() * image.height()];
            int plane = image.width() * image.height();
            for (int p = 0; p < plane; p++) {
                for (int c = 0; c < 3; c++) {
                    values[c * plane + p] = (image.pixels()[3 * p + c] & 0xff) / 255f;
                }
            }
            var batch = preparation.batch(List.of(Tensor.of(values, 3, image.height(), image.width())));
            scope.keep(batch.pixels());
            return batch;
        }
    }

    @Test
    void regions_are_those_of_the_picture_before_it_was_normalised() {
        try (var scope = Scope.open();
                var network = Models.detect("fastrcnn_resnet18", Map.of("min_size", 64, "max_size", 96, "hidden", 8))) {
            var image = Image.filled(96, 64, 90, 120, 150);
            for (int y = 10; y < 50; y++) {
                for (int x = 20; x < 70; x++) {
                    image.pixels()[3 * (y * 96 + x)] = (byte) 230;
                }
            }
            var search = new SelectiveSearch(8, 2000);
            var regions = new RegionSearch(network.preparation(), search)
                    .of(pictures(network.preparation(), image))
                    .get(0);
            var expected = search.regions(image);
            assertThat(regions.dim(0)).isEqualTo(expected.size() + 1);
            var corners = regions.toFloatArray();
            for (int i = 0; i < expected.size(); i++) {
                assertThat(new Box(corners[4 * i], corners[4 * i + 1], corners[4 * i + 2], corners[4 * i + 3]))
                        .isEqualTo(expected.get(i));
            }
            assertThat(corners).endsWith(0, 0, 96, 64);
        }
    }

    @Test
    void a_picture_smaller_than_its_batch_has_regions_in_itself_alone() {
        try (var scope = Scope.open();
                var off = Grad.off();
                var network = Models.detect("fastrcnn_resnet18", Map.of("hidden", 8))) {
            var batch = new Pictures(Tensor.zeros(1, 3, 64, 64), List.of(new Size(40, 30)));
            var output = (SearchedOutput) network.outputs(batch);
            assertThat(output.regions().get(0).toFloatArray()).endsWith(0, 0, 30, 40);
            assertThat(output.regions().get(0).amax(false, 0).toFloatArray()).containsExactly(0, 0, 30, 40);
        }
    }

    @Test
    void regions_are_answered_in_parts_as_they_are_together() {
        try (var scope = Scope.open();
                var network = (RegionCnn) Models.detect(
                        "rcnn_resnet18",
                        Map.of(
                                "classes",
                                2,
                                "warped_size",
                                32,
                                "context",
                                3,
                                "backbone",
                                "mobilenet_v2(width_mult=0.1)"))) {
            network.eval();
            var pixels = Tensor.randn(DType.FLOAT32, Device.CPU, 2, 3, 40, 50);
            var corners = new float[4 * 100];
            for (int i = 0; i < 100; i++) {
                corners[4 * i] = i % 30;
                corners[4 * i + 1] = i % 20;
                corners[4 * i + 2] = i % 30 + 5 + i % 16;
                corners[4 * i + 3] = i % 20 + 4 + i % 17;
            }
            var regions = List.of(Tensor.of(corners, 100, 4), Tensor.of(new float[] {0, 0, 50, 40}, 1, 4));
            var whole = network.heads().call(List.of(pixels), regions, Pictures.of(pixels));
            try (var off = Grad.off()) {
                var parts = network.heads().call(List.of(pixels), regions, Pictures.of(pixels));
                assertThat(parts.classes().sub(whole.classes()).abs().max().item())
                        .isLessThan(1e-4);
                assertThat(parts.boxes().sub(whole.boxes()).abs().max().item()).isLessThan(1e-4);
                assertThat(parts.classes().dim(0)).isEqualTo(101);
            }
        }
    }

    @Test
    void surroundings_that_leave_nothing_of_a_region_are_refused() {
        assertThatThrownBy(() -> Models.detect("rcnn_alexnet", Map.of("warped_size", 32, "context", 16)))
                .hasMessageContaining("'context' of 16");
    }
}
