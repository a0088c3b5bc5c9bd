package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassifierTest {
    private static final float[][] WEIGHTS = {{2, -1, 0.5f}, {-1, 3, 0}, {0.25f, 0.5f, -2}, {0, 0, 1}};
    private static final List<String> NAMES = List.of("ape", "bee", "cat", "dog");
    private static final Preprocessing PREPROCESSING =
            new Preprocessing(ResizePolicy.parse("resize8-crop6-bilinear"), Normalize.IMAGENET);
    private static final ModelMetadata METADATA = ModelMetadata.classifier(NAMES, PREPROCESSING);

    @TempDir
    Path folder;

    private Path tiny(Object batch) throws IOException {
        return TinyGraph.planes(WEIGHTS, batch, 6, 6).metadata(METADATA.toMap()).write(folder.resolve("tiny.onnx"));
    }

    @Test
    void scores_are_those_of_the_graph_on_pictures_prepared_as_in_training() throws IOException {
        try (var classifier = Classifier.load(tiny("n"))) {
            assertThat(classifier.metadata()).isEqualTo(METADATA);
            for (var image : images(5)) {
                assertClose(classifier.predict(image), expected(image));
                assertThat(classifier.predict(image).top(2)).hasSize(2);
            }
        }
    }

    @Test
    void a_list_of_any_length_runs_in_batches_and_keeps_its_order() throws IOException {
        var images = images(11);
        for (Object batch : new Object[] {"n", 1, 4}) {
            for (int maxBatch : new int[] {1, 3, 16}) {
                try (var classifier = Classifier.load(tiny(batch), RuntimeOptions.DEFAULT.withMaxBatch(maxBatch))) {
                    var predictions = classifier.predict(images);
                    assertThat(predictions).hasSize(11);
                    for (int i = 0; i < images.size(); i++) {
                        assertClose(predictions.get(i), expected(images.get(i)));
                    }
                    assertThat(classifier.predict(List.of())).isEmpty();
                }
            }
        }
    }

    @Test
    void embeddings_are_what_the_last_layer_sees() throws IOException {
        try (var classifier = Classifier.load(tiny("n"))) {
            for (var image : images(3)) {
                assertThat(classifier.embed(image)).containsExactly(means(image), within(1e-5f));
            }
        }
    }

    @Test
    void many_threads_share_one_classifier_with_gathering_and_without() throws Exception {
        var images = images(60);
        for (var options : List.of(
                RuntimeOptions.DEFAULT,
                RuntimeOptions.DEFAULT.withMaxBatch(7).withBatching(new Batching(Duration.ofMillis(5), 100)),
                RuntimeOptions.DEFAULT.withThreads(2).withBatching(new Batching(Duration.ZERO, 100)))) {
            var pool = Executors.newFixedThreadPool(8);
            try (var classifier = Classifier.load(tiny("n"), options)) {
                var tasks = images.stream()
                        .map(image -> pool.submit(() -> classifier.predict(image)))
                        .toList();
                for (int i = 0; i < images.size(); i++) {
                    assertClose(tasks.get(i).get(), expected(images.get(i)));
                }
            } finally {
                pool.shutdownNow();
            }
        }
    }

    @Test
    void a_full_queue_refuses_and_closing_finishes_what_was_accepted() throws Exception {
        var image = images(1).get(0);
        var classifier = Classifier.load(
                tiny("n"),
                RuntimeOptions.DEFAULT.withMaxBatch(64).withBatching(new Batching(Duration.ofSeconds(20), 2)));
        var accepted = new ArrayList<CompletableFuture<Classification>>();
        // The first is taken from the queue and waits for company; two more fill the queue while it gathers at most
        // two.
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 100_000; i++) {
                        accepted.add(classifier.submit(image));
                    }
                })
                .isInstanceOf(QueueFullException.class)
                .hasMessageContaining("2 pictures wait");
        classifier.close();
        for (var result : accepted) {
            assertClose(result.get(), expected(image));
        }
        assertThatThrownBy(() -> classifier.submit(image))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> classifier.embed(image)).isInstanceOf(IllegalStateException.class);
        classifier.close();
    }

    @Test
    void a_graph_that_prepares_takes_pixels_of_any_size() throws IOException, ExecutionException, InterruptedException {
        var file = TinyGraph.pixels(WEIGHTS)
                .metadata(ModelMetadata.classifier(NAMES, PREPROCESSING)
                        .withActivation(Activation.NONE)
                        .toMap())
                .write(folder.resolve("pixels.onnx"));
        var images = images(9);
        try (var classifier =
                Classifier.load(file, RuntimeOptions.DEFAULT.withBatching(new Batching(Duration.ofMillis(3), 50)))) {
            var together = classifier.predict(images);
            var gathered = images.stream().map(classifier::submit).toList();
            for (int i = 0; i < images.size(); i++) {
                float[] plain = plainMeans(images.get(i));
                for (int c = 0; c < 4; c++) {
                    double logit = WEIGHTS[c][0] * plain[0] + WEIGHTS[c][1] * plain[1] + WEIGHTS[c][2] * plain[2];
                    assertThat(score(together.get(i), c)).isCloseTo((float) logit, within(1e-2f));
                    assertThat(score(gathered.get(i).get(), c)).isCloseTo((float) logit, within(1e-2f));
                }
            }
        }
    }

    @Test
    void files_of_other_programs_need_a_description() throws IOException {
        var file = TinyGraph.foreign(WEIGHTS).write(folder.resolve("foreign.onnx"));
        assertThatThrownBy(() -> Classifier.load(file))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("mean")
                .hasMessageContaining("foreign.yaml");
        Files.writeString(folder.resolve("names.txt"), "ape\nbee\n\ncat\ndog\n");
        Files.writeString(folder.resolve("foreign.yaml"), """
                # how this network was trained
                labels: names.txt
                resize: resize8-crop6-bilinear
                mean: [0.485, 0.456, 0.406]
                std: [0.229, 0.224, 0.225]
                output: scores
                embedding: pooled
                """);
        var image = images(1).get(0);
        try (var classifier = Classifier.load(file)) {
            assertClose(classifier.predict(image), expected(image));
            assertThat(classifier.embed(image)).containsExactly(means(image), within(1e-5f));
        }
        var flags = Description.NONE.withLabels(List.of("1", "2", "3", "4")).withActivation(Activation.SIGMOID);
        try (var classifier = Classifier.load(file, RuntimeOptions.DEFAULT.withDescription(flags))) {
            var scores = classifier.predict(image);
            assertThat(classifier.labels().get(0).name()).isEqualTo("1");
            assertThat(score(scores, 1)).isCloseTo((float) (1 / (1 + Math.exp(-logits(image)[1]))), within(1e-5f));
        }
        Files.delete(folder.resolve("foreign.yaml"));
        Files.writeString(folder.resolve("foreign.json"), """
                {"labels": ["ape", "bee", "cat", "dog"], "resize": "resize8-crop6-bilinear", "output": "scores",
                 "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}""");
        try (var classifier = Classifier.load(file)) {
            assertClose(classifier.predict(image), expected(image));
        }
    }

    @Test
    void a_wrong_description_is_named() throws IOException {
        var file = TinyGraph.foreign(WEIGHTS).write(folder.resolve("foreign.onnx"));
        var wrong = Map.of(
                "labels: ../names.txt", "beside or below",
                "labels: /etc/passwd", "beside or below",
                "labels: [a", "not readable",
                "colour: red", "colour",
                "- 1", "key: value",
                "resize: {a: b}", "resize",
                "resize: huge", "fovea.mean");
        for (var entry : wrong.entrySet()) {
            Files.writeString(folder.resolve("foreign.yaml"), entry.getKey());
            assertThatThrownBy(() -> Classifier.load(file))
                    .as(entry.getKey())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining(entry.getValue());
        }
        var preprocessing = Description.NONE.withPreprocessing(PREPROCESSING);
        Files.delete(folder.resolve("foreign.yaml"));
        assertRefused(file, preprocessing.withLabels(List.of("a")), "1 names");
        assertRefused(file, preprocessing.withOutput("nothing"), "'nothing'");
        assertRefused(
                file,
                Description.NONE.withPreprocessing(new Preprocessing(ResizePolicy.parse("stretch9"), Normalize.UNIT)),
                "6x6");
        assertRefused(
                file,
                Description.NONE.withPreprocessing(
                        new Preprocessing(ResizePolicy.parse("stretch6"), Normalize.UNIT_GREY)),
                "channels");
    }

    private static void assertRefused(Path file, Description description, String part) {
        assertThatThrownBy(() -> Classifier.load(file, RuntimeOptions.DEFAULT.withDescription(description)))
                .isInstanceOf(ModelException.class)
                .hasMessageContaining("foreign.onnx")
                .hasMessageContaining(part);
    }

    @Test
    void files_that_are_no_network_are_refused_with_their_name() throws IOException {
        assertThatThrownBy(() -> Classifier.load(folder.resolve("missing.onnx")))
                .isInstanceOf(NoSuchFileException.class);
        var whole = Files.readAllBytes(tiny("n"));
        for (int length : new int[] {0, 1, 10, whole.length / 2}) {
            var file = Files.write(folder.resolve("broken.onnx"), Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Classifier.load(file))
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("broken.onnx");
        }
        var other = TinyGraph.planes(WEIGHTS, "n", 6, 6)
                .metadata(Map.of("fovea.task", "detect"))
                .write(folder.resolve("detector.onnx"));
        assertThatThrownBy(() -> Classifier.load(other)).hasMessageContaining("'detect'");
    }

    @Test
    void hardware_that_the_library_was_not_built_for_is_refused() throws IOException {
        var file = tiny("n");
        assertThatThrownBy(() -> Classifier.load(file, RuntimeOptions.DEFAULT.withProvider(Provider.parse("cuda:1"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cuda:1")
                .hasMessageContaining("onnxruntime_gpu");
        assertThatThrownBy(() -> Provider.parse("tpu")).hasMessageContaining("directml");
    }

    private static float[] means(Image image) {
        float[] planes = PREPROCESSING.normalize().apply(PREPROCESSING.apply(image));
        float[] means = new float[3];
        for (int i = 0; i < planes.length; i++) {
            means[i / 36] += planes[i] / 36;
        }
        return means;
    }

    private static float[] plainMeans(Image image) {
        float[] means = new float[3];
        byte[] pixels = image.toRgb().pixels();
        for (int i = 0; i < pixels.length; i++) {
            means[i % 3] += (pixels[i] & 0xff) / (float) image.size().area();
        }
        return means;
    }

    private static double[] logits(Image image) {
        float[] means = means(image);
        return IntStream.range(0, 4)
                .mapToDouble(c -> WEIGHTS[c][0] * means[0] + WEIGHTS[c][1] * means[1] + WEIGHTS[c][2] * means[2])
                .toArray();
    }

    private static double[] expected(Image image) {
        double[] logits = logits(image);
        double sum = IntStream.range(0, 4).mapToDouble(c -> Math.exp(logits[c])).sum();
        return IntStream.range(0, 4).mapToDouble(c -> Math.exp(logits[c]) / sum).toArray();
    }

    private static float score(Classification classification, int index) {
        return classification.scores().stream()
                .filter(s -> s.label().index() == index)
                .findFirst()
                .orElseThrow()
                .score();
    }

    private static void assertClose(Classification got, double[] expected) {
        for (int c = 0; c < expected.length; c++) {
            assertThat(score(got, c)).isCloseTo((float) expected[c], within(1e-5f));
        }
        assertThat(got.scores()).isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
        assertThat(got.best().label().name())
                .isEqualTo(NAMES.get(got.best().label().index()));
    }

    /** Pictures of many shapes, some grey. */
    private static List<Image> images(int count) {
        var random = new SplittableRandom(7);
        var images = new ArrayList<Image>();
        for (int i = 0; i < count; i++) {
            int width = random.nextInt(4, 40);
            int height = random.nextInt(4, 40);
            int channels = i % 4 == 3 ? 1 : 3;
            var pixels = new byte[width * height * channels];
            random.nextBytes(pixels);
            int tint = random.nextInt(256);
            for (int p = 0; p < pixels.length; p++) {
                pixels[p] = (byte) ((pixels[p] & 0xff) * (p % channels == 0 ? tint : 255 - tint) / 255);
            }
            images.add(Image.wrap(width, height, channels, pixels));
        }
        return images;
    }
}
