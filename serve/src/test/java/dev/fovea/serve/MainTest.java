package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {
    @TempDir
    private Path folder;

    @Test
    void models_are_served_as_the_environment_wants_it() throws IOException {
        var model = TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 5);
        var token = Files.writeString(folder.resolve("token"), "s3cret\n");
        var environment = Map.of("FOVEA_PORT", "0", "FOVEA_HOST", "127.0.0.1", "FOVEA_TOKEN_FILE", token.toString());
        try (var server = Main.start(List.of(model.toString()), environment, line -> {})) {
            var caller = new Caller(server.address());
            assertThat(caller.get("/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(caller.get("/v1/models").statusCode()).isEqualTo(401);
            var answer = caller.post(
                    "/v1/models/colours/predict",
                    "image/png",
                    TinyModel.picture(0, 0, 255),
                    "Authorization",
                    "Bearer s3cret");
            assertThat(Caller.json(answer).at("/predictions/0/classes/0/class").asText())
                    .isEqualTo("blue");
        }
    }

    @Test
    void wrong_settings_are_named() {
        assertThatThrownBy(() -> Main.start(List.of("a.onnx"), Map.of("FOVEA_PORT", "http"), line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("FOVEA_PORT")
                .hasMessageContaining("'http'");
        assertThatThrownBy(() -> Main.start(List.of(), Map.of("FOVEA_PORT", "0"), line -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no model");
    }
}
