package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import triton.client.InferInput;
import triton.client.InferRequestedOutput;
import triton.client.InferenceException;
import triton.client.InferenceServerClient;
import triton.client.pojo.DataType;

/** Triton's own client for Java, written for another server, against this one. */
class TritonClientTest {
    private static final int PLANE = TinyModel.SIDE * TinyModel.SIDE;

    @TempDir
    static Path folder;

    private static Server server;
    private static InferenceServerClient client;

    @BeforeAll
    static void start() throws Exception {
        var model = TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 10);
        server = Server.start(
                List.of(new ModelSource("colours", model)),
                ServeOptions.DEFAULT
                        .on("127.0.0.1", 0)
                        .withTimes(Duration.ZERO, Duration.ofSeconds(5))
                        .withBatching(16, Duration.ZERO, 16),
                line -> {});
        client = new InferenceServerClient("127.0.0.1:" + server.address().getPort(), 5_000, 5_000);
    }

    @AfterAll
    static void end() throws Exception {
        client.close();
        server.close();
    }

    @Test
    void tensors_as_raw_bytes_are_understood_both_ways() throws InferenceException {
        var result = client.infer("colours", List.of(pictures(true)), List.of(output(true)));
        assertThat(result.getOutputAsFloat("logits")).containsExactly(new float[] {0, 5, 0, 2.5f, 0, 0}, within(1e-5f));
        assertThat(result.getResponse().getModelName()).isEqualTo("colours");
        assertThat(result.getResponse().getOutputs().get(0).getShape()).containsExactly(2, 3);
    }

    @Test
    void tensors_as_json_are_understood_both_ways() throws InferenceException {
        var result = client.infer("colours", List.of(pictures(false)), List.of(output(false)));
        assertThat(result.getOutputAsFloat("logits")).containsExactly(new float[] {0, 5, 0, 2.5f, 0, 0}, within(1e-5f));
    }

    @Test
    void what_goes_wrong_reaches_its_caller() {
        var wrong = new InferInput("input", new long[] {1, 1, 2, 2}, DataType.FP32);
        wrong.setData(new float[4], true);
        assertThatThrownBy(() -> client.infer("colours", List.of(wrong), List.of(output(true))))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("[-1, 3, 8, 8]");
        assertThatThrownBy(() -> client.infer("nothing", List.of(pictures(true)), List.of(output(true))))
                .isInstanceOf(InferenceException.class)
                .hasMessageContaining("nothing");
    }

    /** A green one and a dark red one. */
    private static InferInput pictures(boolean binary) {
        var values = new float[2 * 3 * PLANE];
        java.util.Arrays.fill(values, PLANE, 2 * PLANE, 0.5f);
        java.util.Arrays.fill(values, 3 * PLANE, 4 * PLANE, 0.25f);
        var input = new InferInput("input", new long[] {2, 3, TinyModel.SIDE, TinyModel.SIDE}, DataType.FP32);
        input.setData(values, binary);
        return input;
    }

    private static InferRequestedOutput output(boolean binary) {
        return new InferRequestedOutput("logits", binary);
    }
}
