package dev.fovea.models.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.SharedData;
import dev.fovea.models.verify.GoldenResult.Outcome;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Transformers, and convolutional networks in their manner, against what their references compute. */
class TransformerGoldensTest {
    /** The odd ones are small networks whose maps need padding, shifting and merging of odd sides. */
    @ParameterizedTest
    @ValueSource(strings = {"convnext_tiny", "swin_odd", "swin_v2_odd", "maxvit_small", "eca_nfnet_l0"})
    void network_equals_its_reference(String name) throws IOException, URISyntaxException {
        check(Path.of(getClass().getResource("/golden/" + name + ".json").toURI()));
    }

    /** Files too many or too heavy to keep here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "classification/swin_t",
                "classification/swin_v2_t",
                "classification/maxvit_t",
                "timm/nfnet_f0",
                "timm/dm_nfnet_f0"
            })
    void network_equals_its_reference_in_the_shared_goldens(String name) throws IOException {
        check(SharedData.require("golden/" + name + ".json"));
    }

    private static void check(Path file) throws IOException {
        var report = Verification.run(file);
        assertThat(report.count(Outcome.PASSED)).as(report.toText()).isOne();
        assertThat(report.results().get(0).comparisons()).hasSizeGreaterThan(10);
    }
}
