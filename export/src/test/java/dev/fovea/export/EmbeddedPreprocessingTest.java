package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.GraphValue;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddedPreprocessingTest {
    private static final List<Size> SIZES = List.of(
            new Size(100, 77),
            new Size(77, 100),
            new Size(40, 40),
            new Size(33, 301),
            new Size(9, 6),
            new Size(24, 24));

    /** A graph that gives back the picture that it is given. */
    private static Graph mirror(Preprocessing preprocessing) {
        var graph = new Graph(20);
        List<Object> dims = List.of("batch", (long) preprocessing.channels(), "h", "w");
        graph.addInput(new GraphValue("input", DType.FLOAT32, dims));
        graph.nodes().add(GraphNode.of("Identity", List.of("input"), List.of(graph.freshName("seen")), Map.of(), ""));
        graph.outputs().add(new GraphValue("seen", DType.FLOAT32, null));
        return graph;
    }

    private static Image noise(Size size, int channels) {
        var pixels = new byte[(int) size.area() * channels];
        new Random(size.area()).nextBytes(pixels);
        return Image.wrap(size.width(), size.height(), channels, pixels);
    }

    private static float[] seen(Session session, Image image) {
        var raw = ByteBuffer.allocateDirect(image.pixels().length)
                .order(ByteOrder.nativeOrder())
                .put(image.pixels())
                .flip();
        try (var scope = Scope.open()) {
            return session.run(Tensor.wrap(raw, DType.UINT8, 1, image.height(), image.width(), image.channels()))
                    .toFloatArray();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resize28-crop24-bilinear",
                "resize24-crop24-bicubic",
                "resize20-crop24-bilinear",
                "resize24-crop32x16-bilinear",
                "stretch24-bilinear",
                "stretch17x30-bicubic",
                "letterbox24-fill114-bilinear",
                "letterbox31x20-fill0-bicubic"
            })
    void pixels_are_those_of_the_policy(String policy) {
        for (var normalize : List.of(Normalize.IMAGENET, new Normalize(List.of(0.1307f), List.of(0.3081f)))) {
            var preprocessing = new Preprocessing(ResizePolicy.parse(policy), normalize);
            float level =
                    1 / 255f / normalize.std().stream().min(Float::compare).orElseThrow();
            try (var session = Session.open(new EmbeddedPreprocessing(preprocessing).apply(mirror(preprocessing)))) {
                for (var size : SIZES) {
                    var image = noise(size, preprocessing.channels());
                    float[] expected = normalize.apply(preprocessing.apply(image));
                    float[] actual = seen(session, image);
                    assertThat(actual).as(policy + " " + size).hasSameSizeAs(expected);
                    double sum = 0;
                    for (int i = 0; i < expected.length; i++) {
                        // Ties are rounded another way: by one level, by two where both passes meet one.
                        float off = Math.abs(actual[i] - expected[i]);
                        assertThat(off).as(policy + " " + size + " at " + i).isLessThan(level * 2.02f);
                        sum += off;
                    }
                    assertThat(sum / expected.length).as(policy + " " + size).isLessThan(level * 0.25);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stretch24-lanczos", "stretch24-nearest", "resize24-crop24-hamming", "letterbox24-fill0-box"})
    void filters_without_an_operator_are_refused(String policy) {
        var preprocessing = new Preprocessing(ResizePolicy.parse(policy), Normalize.UNIT);
        assertThatThrownBy(() -> new EmbeddedPreprocessing(preprocessing))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(policy)
                .hasMessageContaining("has no operator in ONNX");
    }
}
