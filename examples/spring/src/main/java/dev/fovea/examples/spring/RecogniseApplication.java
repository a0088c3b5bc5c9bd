package dev.fovea.examples.spring;

import dev.fovea.runtime.Batching;
import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

/** A service that recognises pictures: {@code --recognise.model=birds.onnx}. */
@SpringBootApplication
public class RecogniseApplication {
    private static final Duration MAX_DELAY = Duration.ofMillis(2);
    private static final int QUEUE = 64;

    public static void main(String[] args) {
        SpringApplication.run(RecogniseApplication.class, args);
    }

    /**
     * One for the whole service: requests that come together run as a batch. Spring closes it after the last request. The file's name is
     * text, since Spring would look for a relative path in the web application.
     */
    @Bean
    Classifier classifier(@Value("${recognise.model}") String model) throws IOException {
        return Classifier.load(Path.of(model), RuntimeOptions.DEFAULT.withBatching(new Batching(MAX_DELAY, QUEUE)));
    }
}
