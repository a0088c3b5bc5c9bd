package dev.fovea.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.runtime.Classifier;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.context.WebServerApplicationContext;

class RecogniseApplicationTest {
    private static final Image MEADOW = Image.filled(20, 10, 0, 200, 100);

    @Test
    void it_starts_recognises_refuses_and_stops() throws Exception {
        var context = SpringApplication.run(
                RecogniseApplication.class, "--server.port=0", "--recognise.model=../colours.onnx");
        int port = ((WebServerApplicationContext) context).getWebServer().getPort();
        var classifier = context.getBean(Classifier.class);

        var answer = post(port, "?top=2", ImageWriter.png(MEADOW));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .matches("\\[\\{\"name\":\"green\",\"score\":0\\.98\\d+},\\{\"name\":\"blue\",\"score\":0\\.01\\d+}]");

        var refused = post(port, "", "no picture".getBytes(StandardCharsets.UTF_8));
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.body()).contains("not a picture");
        assertThat(post(port, "", new byte[(16 << 20) + 1]).statusCode()).isEqualTo(413);
        assertThat(post(port, "?top=0", ImageWriter.png(MEADOW)).statusCode()).isEqualTo(400);

        context.close();
        assertThatThrownBy(() -> classifier.predict(MEADOW)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> post(port, "", new byte[1])).isInstanceOf(ConnectException.class);
    }

    private static HttpResponse<String> post(int port, String query, byte[] body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/recognise" + query))
                .header("Content-Type", "application/octet-stream")
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }
}
