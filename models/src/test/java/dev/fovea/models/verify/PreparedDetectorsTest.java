package dev.fovea.models.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fovea.models.SharedData;
import dev.fovea.models.verify.GoldenResult.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PreparedDetectorsTest {
    private static Path own(String name) throws Exception {
        return Path.of(PreparedDetectorsTest.class
                .getResource("/golden/" + name + ".json")
                .toURI());
    }

    @ParameterizedTest
    @ValueSource(strings = {"yolox_nano", "rtdetr_small", "rtdetr_small_hub_layout"})
    void equals_the_reference(String name) throws Exception {
        var report = Verification.run(own(name));
        assertThat(report.results()).hasSize(1).allSatisfy(r -> {
            assertThat(r.problems()).isEmpty();
            assertThat(r.comparisons()).isNotEmpty().allMatch(Comparison::passed);
            assertThat(r.outcome()).isEqualTo(Outcome.PASSED);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "yolox",
                "rtdetr/rtdetrv2_small_discrete.json",
                "rtdetr/deformable_detr_small.json",
                "rtdetr/deformable_detr_refine_two_stage.json"
            })
    void larger_files_that_are_here_pass(String files) throws Exception {
        var report = Verification.run(SharedData.require("golden/" + files));
        assertThat(report.results()).noneMatch(GoldenResult::failed);
    }

    @Test
    void another_loss_and_another_box_are_noticed(@TempDir Path folder) throws Exception {
        var json = new ObjectMapper();
        var root = (ObjectNode) json.readTree(own("rtdetr_small").toFile());
        ((ObjectNode) root.path("train_step").path("losses")).put("loss_giou_aux_1", 2.5);
        root.remove("output");
        root.remove("taps");
        var file = folder.resolve("rtdetr_changed.json");
        Files.write(file, json.writeValueAsBytes(root));
        var result = Verification.run(file).results().get(0);
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.comparisons().stream().filter(c -> !c.passed()).map(Comparison::name))
                .containsExactly("loss_giou_aux_1");
    }
}
