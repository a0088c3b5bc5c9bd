package dev.fovea.train.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.tensor.Scope;
import dev.fovea.train.RunFolder;
import dev.fovea.train.recipe.RecipeException;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetectBackboneTest {
    private static final String MOBILE = "mobilenet_v2(width_mult=0.1)";

    @TempDir
    Path temp;

    private static Detector<?> detector(String spec) {
        return Models.buildDetector(ModelSpec.parse(spec));
    }

    /** The weights of a freshly drawn classifier as a file. */
    private Path weights(ModelSpec classifier) throws IOException {
        var file = temp.resolve(classifier.name() + ".safetensors");
        try (var network = Models.build(classifier)) {
            Safetensors.write(file, network.stateDict(), Map.of());
        }
        return file;
    }

    private static void assertSame(Detector<?> network, Path file) throws IOException {
        try (var scope = Scope.open()) {
            var given = Checkpoints.read(file).stateDict();
            var own = network.stateDict();
            var keys = network.backboneOrigin().orElseThrow().keys(network);
            assertThat(keys).isNotEmpty();
            keys.forEach((theirs, ours) -> assertThat(
                            own.get(ours).sub(given.get(theirs)).abs().sum().item())
                    .as(ours)
                    .isZero());
            var backbone = own.keySet().stream()
                    .filter(k -> k.startsWith("backbone.") && !k.matches("backbone\\.(fpn|extra)\\..*"))
                    .toList();
            assertThat(keys.values()).containsExactlyInAnyOrderElementsOf(backbone);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssdlite(classes=2, backbone=\"" + MOBILE + "\")",
                "ssdlite320_mobilenet_v3_large(classes=2, reduced_tail=false)",
                "fasterrcnn(classes=2, neck_channels=8, norm=frozen, backbone=\"" + MOBILE + "\")",
                "fasterrcnn_mobilenet_v3_large_fpn(classes=2, backbone=\"" + MOBILE + "\")",
                "retinanet(classes=2, neck=bifpn, neck_channels=8, backbone=\"resnet18(layers=[1,1,1,1])\")",
                "fcos(classes=2, neck_channels=32, backbone=\"" + MOBILE + "\")",
                "yolov3(classes=2, width=0.1, backbone=\"" + MOBILE + "\")",
                "detr_resnet50(classes=2, backbone=resnet18)"
            })
    void a_classifiers_weights_fill_the_backbone(String spec) throws IOException {
        try (var network = detector(spec)) {
            var file = weights(network.backboneOrigin().orElseThrow().spec());
            assertThat(DetectBackbone.load(network, file.toString()))
                    .contains("tensors of " + file.getFileName())
                    .contains("not used were ");
            assertSame(network, file);
        }
    }

    @Test
    void weights_that_do_not_fill_the_backbone_are_refused() throws IOException {
        var file = weights(ModelSpec.parse("mobilenet_v2(width_mult=0.2)"));
        try (var network = detector("ssdlite(classes=2, backbone=\"" + MOBILE + "\")")) {
            assertThatThrownBy(() -> DetectBackbone.load(network, file.toString()))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("does not fit the backbone mobilenet_v2(width_mult=0.1) of ssdlite")
                    .hasMessageContaining("instead of");
        }
    }

    @Test
    void a_frozen_backbone_stays_until_its_epoch() {
        try (var network = detector("ssdlite(classes=2, backbone=\"" + MOBILE + "\")")) {
            var recipe = new DetectRecipe.Model("ssdlite", Map.of(), null, null, "backbone", 3);
            var backbone = DetectBackbone.of(network, recipe).orElseThrow();
            var first = network.parameters().get("backbone.features.0.0.weight");
            var later = network.parameters().get("backbone.extra.0.0.0.weight");
            backbone.before(1);
            assertThat(first.isTrainable()).isFalse();
            assertThat(later.isTrainable()).isTrue();
            backbone.before(3);
            assertThat(first.isTrainable()).isTrue();
        }
    }

    @Test
    void a_run_with_a_frozen_backbone_leaves_its_weights_and_statistics_as_they_were() throws IOException {
        var file = weights(ModelSpec.parse(MOBILE));
        var recipe = RecipeTree.of(DetectRecipe.defaults())
                .with("data.path", "scenes:64:12")
                .with("data.size", 64)
                .with("model.name", "ssdlite")
                .with("model.options", Map.of("backbone", MOBILE))
                .with("model.backbone_weights", file.toString())
                .with("model.freeze", "backbone")
                .with("optimizer.ema", 0)
                .with("run.epochs", 1)
                .with("run.batch", 6)
                .with("run.precision", "float32")
                .with("run.threads", 1);
        var result = DetectRun.prepare(recipe.as(DetectRecipe.class))
                .train(RunFolder.create(temp.resolve("run")), List.of(), line -> {});
        assertThat(result.note()).contains("backbone mobilenet_v2 with ");
        assertThat(result.recipe().optimizer().backboneLr()).isEqualTo(0.1);
        try (var trained = TrainedDetector.open(result.folder().path())) {
            assertSame(trained.network(), file);
        }
    }

    @Test
    void what_has_no_classifier_in_it_is_answered() {
        var recipe = RecipeTree.of(DetectRecipe.defaults())
                .with("data.path", "scenes:64:12")
                .with("data.size", 64)
                .with("model.options", Map.of("width", 0.125));
        assertThatThrownBy(() -> DetectRun.prepare(
                        recipe.with("model.freeze", "backbone").as(DetectRecipe.class)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("model.freeze does nothing for yolox_nano");
        assertThatThrownBy(() -> DetectRun.prepare(
                        recipe.with("model.backbone_weights", "x.pth").as(DetectRecipe.class)))
                .isInstanceOf(RecipeException.class)
                .hasMessageContaining("model.backbone_weights does nothing for yolox_nano");
    }
}
