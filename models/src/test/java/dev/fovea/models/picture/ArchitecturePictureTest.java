package dev.fovea.models.picture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.nn.Summary;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Pictures of networks are well-formed and say what the networks are. */
class ArchitecturePictureTest {
    private static Document draw(String spec) throws Exception {
        var parsed = ModelSpec.parse(spec);
        try (var network = Models.build(parsed)) {
            var architecture = Models.get(parsed.name());
            return parse(ArchitecturePicture.of(network, architecture.paper(), architecture.imageSize()));
        }
    }

    private static Document parse(String svg) throws Exception {
        var factory = DocumentBuilderFactory.newInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<String> texts(Document svg, String style) {
        var texts = new ArrayList<String>();
        var nodes = svg.getElementsByTagNameNS("*", "text");
        for (int i = 0; i < nodes.getLength(); i++) {
            var element = (Element) nodes.item(i);
            if (List.of(element.getAttribute("class").split(" ")).contains(style)) {
                texts.add(element.getTextContent().strip());
            }
        }
        return texts;
    }

    @Test
    void a_resnet_is_stem_four_stages_and_head() throws Exception {
        var svg = draw("resnet50");
        assertThat(texts(svg, "title"))
                .containsExactly(
                        "input",
                        "7×7 conv 64 /2",
                        "3×3 max pool /2",
                        "Bottleneck",
                        "Bottleneck",
                        "Bottleneck",
                        "Bottleneck",
                        "average pool",
                        "linear 1000");
        assertThat(texts(svg, "times")).containsExactly("×3", "×4", "×6", "×3");
        assertThat(texts(svg, "shape"))
                .containsExactly(
                        "3 × 224 × 224",
                        "64 × 112 × 112",
                        "64 × 56 × 56",
                        "256 × 56 × 56",
                        "512 × 28 × 28",
                        "1024 × 14 × 14",
                        "2048 × 7 × 7",
                        "2048 × 1 × 1",
                        "1000");
        assertThat(texts(svg, "in"))
                .contains(
                        "batch norm · ReLU",
                        "1 ×  1×1 conv 128 · 3×3 conv 128 /2 · 1×1 conv 512 ·",
                        "∥ 1×1 conv 512 /2",
                        "3 ×  1×1 conv 128 · 3×3 conv 128 · 1×1 conv 512");
        assertThat(texts(svg, "sub").get(1)).contains("25.6 M parameters", "4.09 G multiply-adds");
    }

    @Test
    void a_vision_transformer_is_its_blocks_and_the_rest_is_named() throws Exception {
        var svg = draw("vit_tiny_mnist");
        assertThat(texts(svg, "times")).containsExactly("×6");
        assertThat(texts(svg, "title")).contains("Encoder Block", "7×7 conv 64 /7");
        assertThat(texts(svg, "in"))
                .anyMatch(t -> t.endsWith("outside of this path: class_token, encoder.pos_embedding"));
        assertThat(texts(svg, "in")).anyMatch(t -> t.contains("attention · linear 128 · linear 64"));
    }

    @Test
    void a_network_of_one_line_shows_its_layers() throws Exception {
        var svg = draw("simple_cnn(arch=\"conv16-bn-pool,conv32-bn-pool,conv64-bn-gap,fc64\")");
        assertThat(texts(svg, "title"))
                .containsExactly(
                        "input",
                        "3×3 conv 16",
                        "2×2 max pool /2",
                        "3×3 conv 32",
                        "2×2 max pool /2",
                        "3×3 conv 64",
                        "average pool",
                        "linear 64",
                        "linear 10");
    }

    /** One network of each paper, the smallest. */
    static Stream<String> families() {
        return Models.classifiers().stream()
                .filter(a -> a.parameters() < 40_000_000 && a.imageSize() <= 256)
                .collect(Collectors.groupingBy(
                        a -> a.paper(), TreeMap::new, Collectors.minBy(Comparator.comparingLong(a -> a.parameters()))))
                .values()
                .stream()
                .flatMap(a -> a.stream())
                .map(a -> a.name());
    }

    @ParameterizedTest
    @MethodSource("families")
    void every_family_can_be_drawn(String name) throws Exception {
        var svg = draw(name);
        var titles = texts(svg, "title");
        assertThat(titles).hasSizeBetween(3, 45).doesNotContain("");
        assertThat(texts(svg, "shape")).hasSizeGreaterThanOrEqualTo(3);
        var numbers = texts(svg, "num");
        assertThat(numbers).hasSize(2 * (titles.size() - 1));
        var height = Integer.parseInt(svg.getDocumentElement().getAttribute("height"));
        var rects = svg.getElementsByTagNameNS("*", "rect");
        for (int i = 0; i < rects.getLength(); i++) {
            var rect = (Element) rects.item(i);
            if (rect.hasAttribute("y")) {
                assertThat(Integer.parseInt(rect.getAttribute("y"))).isBetween(0, height);
            }
        }
    }

    private static Summary summary() {
        try (var network = Models.build(ModelSpec.of("lenet"))) {
            return Summary.of(network, network.inChannels(), 32, 32);
        }
    }

    @Test
    void parts_that_work_in_training_alone_are_named() throws Exception {
        assertThat(texts(draw("googlenet(classes=2)"), "in"))
                .anyMatch(t -> t.endsWith("outside of this path: aux1, aux2"));
    }

    @Test
    void names_cannot_break_the_picture() throws Exception {
        var svg = draw("lenet(activation=tanh)");
        assertThat(texts(svg, "name")).containsExactly("lenet");
        assertThat(texts(svg, "sub").get(0)).endsWith("activation=tanh");
        var hostile = new Drawing("a<b>&(x=\"</svg>\")", "\"&<", summary(), new Outline.Plan(List.of(), List.of("<")));
        assertThat(texts(parse(hostile.svg()), "name")).containsExactly("a<b>&");
        assertThat(Drawing.number(999)).isEqualTo("999");
        assertThat(Drawing.number(999_999)).isEqualTo("1.00 M");
        assertThat(Drawing.number(25_557_032)).isEqualTo("25.6 M");
        assertThat(Drawing.wrapped(List.of("a · b"))).containsExactly("a · b");
        assertThat(Drawing.wrapped(List.of(String.join(" · ", java.util.Collections.nCopies(200, "3×3 conv 64")))))
                .hasSize(5)
                .last()
                .asString()
                .contains("lines more");
    }
}
