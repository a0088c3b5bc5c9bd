package dev.fovea.bench.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class InferenceSettingsTest {
    @Test
    void a_contenders_process_reads_what_was_written_for_it() {
        var settings = new InferenceSettings(Path.of("a folder", "net.onnx"), 8, 64, 2, 24);
        String[] command = settings.command("runtime-inference");
        assertThat(command[0]).isEqualTo("runtime-inference");
        assertThat(InferenceSettings.parse(List.of(command).subList(1, command.length)))
                .isEqualTo(settings);
        assertThat(settings.noise().remaining()).isEqualTo(8 * 3 * 64 * 64 * Float.BYTES);
    }

    @Test
    void pictures_come_in_whole_batches() {
        assertThatThrownBy(() -> new InferenceSettings(Path.of("net.onnx"), 8, 64, 2, 20))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("whole batches");
    }
}
