package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.SharedData;
import dev.fovea.nn.checkpoint.Checkpoints;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Published weights give their published results. */
class RealWeightsTest {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    private static Backbone load(String model, String weights) throws IOException {
        var network = Models.build(ModelSpec.parse(model));
        var tensors = new LinkedHashMap<String, Tensor>();
        Checkpoints.read(SharedData.require("data/weights/" + weights))
                .stateDict()
                .forEach((key, tensor) -> tensors.put(network.canonicalKey(key), tensor));
        network.loadStrict(tensors);
        tensors.values().forEach(Tensor::close);
        network.eval();
        return network;
    }

    @ParameterizedTest
    @CsvSource({"mobilenet_v2, mobilenet_v2_imagenet", "squeezenet1_0, squeezenet1_0_imagenet"})
    void imagenet_weights_give_the_stored_logits_on_the_stored_crops(String model, String weights) throws IOException {
        var archive = SharedData.require("data/weights/reference/imagenet_reference.zip");
        try (var scope = Scope.open();
                var mode = Grad.off();
                var zip = new ZipFile(archive.toFile());
                var network = load(model, weights + ".pth")) {
            var crops = new ArrayList<Tensor>();
            for (int i = 0; i < 8; i++) {
                crops.add(normalised(image(zip, String.format("crop_%02d.png", i))));
            }
            var expected = npy(bytes(zip, "logits_" + weights + ".npy"));
            var actual = network.call(Tensor.stack(crops, 0)).toFloatArray();
            assertThat(actual).hasSameSizeAs(expected);
            double deviation = deviation(expected);
            double worst = 0;
            for (int i = 0; i < actual.length; i++) {
                worst = Math.max(worst, Math.abs(actual[i] - expected[i]) / deviation);
            }
            assertThat(worst).isLessThan(1e-4);
        }
    }

    private static byte[] bytes(ZipFile zip, String name) throws IOException {
        try (var in = zip.getInputStream(zip.getEntry(name))) {
            return in.readAllBytes();
        }
    }

    private static Image image(ZipFile zip, String name) throws IOException {
        return new ImageReader().read(bytes(zip, name), name);
    }

    /** {@code [3, H, W]}, 0-1, less the mean, divided by the deviation of ImageNet. */
    private static Tensor normalised(Image image) {
        int area = image.width() * image.height();
        var values = new float[3 * area];
        byte[] pixels = image.pixels();
        for (int i = 0; i < area; i++) {
            for (int c = 0; c < 3; c++) {
                values[c * area + i] = ((pixels[3 * i + c] & 0xff) / 255f - MEAN[c]) / STD[c];
            }
        }
        return Tensor.of(values, 3, image.height(), image.width());
    }

    /** The float32 values of NumPy's format, version 1. */
    private static float[] npy(byte[] file) {
        var buffer = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int header = 10 + buffer.getShort(8);
        assertThat(new String(file, 10, header - 10, StandardCharsets.US_ASCII))
                .contains("'<f4'")
                .contains("False");
        var values = new float[(file.length - header) / 4];
        buffer.position(header)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }

    private static double deviation(float[] values) {
        double sum = 0;
        double squares = 0;
        for (float v : values) {
            sum += v;
            squares += (double) v * v;
        }
        double mean = sum / values.length;
        return Math.sqrt(squares / values.length - mean * mean);
    }

    // --- accuracy --------------------------------------------------------------------------------------------------

    /** Stated: 80.4 % on all 1,000 test pictures. */
    @Test
    void resnet20_recognises_the_cifar_test_part_as_stated() throws IOException {
        var archive = SharedData.require("data/cifar10/cifar10_subset.zip");
        try (var network = load("resnet20_cifar", "resnet20_cifar10.th");
                var zip = new ZipFile(archive.toFile())) {
            var classes = new String(bytes(zip, entry(zip, "classes.txt")), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            int right = 0;
            int all = 0;
            for (int label = 0; label < classes.size(); label++) {
                String part = "test/" + classes.get(label).strip() + "/";
                var names = zip.stream()
                        .map(java.util.zip.ZipEntry::getName)
                        .filter(n -> n.contains(part) && !n.endsWith("/"))
                        .toList();
                try (var scope = Scope.open()) {
                    var pictures = new ArrayList<Tensor>();
                    for (String name : names) {
                        pictures.add(normalised(image(zip, name)));
                    }
                    right += matches(network, Tensor.stack(pictures, 0), label);
                }
                all += names.size();
            }
            assertThat(all).isEqualTo(1000);
            assertThat(right).isBetween(801, 807);
        }
    }

    private static String entry(ZipFile zip, String suffix) {
        return zip.stream()
                .map(java.util.zip.ZipEntry::getName)
                .filter(n -> n.endsWith(suffix))
                .findFirst()
                .orElseThrow();
    }

    private static int matches(Backbone network, Tensor images, int label) {
        try (var mode = Grad.off()) {
            int right = 0;
            for (long place : network.call(images).argmax(1, false).toLongArray()) {
                right += place == label ? 1 : 0;
            }
            return right;
        }
    }

    /** Stated: 99.1 % of all 10,000 test digits, resized to 32x32. */
    @Test
    void lenet_recognises_mnist_as_stated() throws IOException {
        try (var network = load("lenet", "lenet_mnist.pth")) {
            int right =
                    digits(network, x -> x.div(255).interpolate(32, 32, Tensor.Interpolation.BILINEAR, false, false));
            assertThat(right).isBetween(9900, 9920);
        }
    }

    /** Stated: 98.21 % of all 10,000 test digits. */
    @Test
    void the_tiny_vision_transformer_recognises_mnist_as_stated() throws IOException {
        try (var network = load("vit_tiny_mnist", "vit_tiny_mnist.pth")) {
            int right = digits(network, x -> x.div(255).sub(0.1307).div(0.3081));
            assertThat(right).isBetween(9819, 9823);
        }
    }

    private static int digits(Backbone network, UnaryOperator<Tensor> prepare) throws IOException {
        var pixels = idx("t10k-images-idx3-ubyte.gz", 16);
        var labels = idx("t10k-labels-idx1-ubyte.gz", 8);
        int right = 0;
        int batch = 500;
        for (int from = 0; from < labels.length; from += batch) {
            try (var scope = Scope.open();
                    var mode = Grad.off()) {
                var values = new float[batch * 784];
                for (int i = 0; i < values.length; i++) {
                    values[i] = pixels[from * 784 + i] & 0xff;
                }
                var answers = network.call(prepare.apply(Tensor.of(values, batch, 1, 28, 28)))
                        .argmax(1, false)
                        .toLongArray();
                for (int i = 0; i < batch; i++) {
                    right += answers[i] == labels[from + i] ? 1 : 0;
                }
            }
        }
        return right;
    }

    private static byte[] idx(String name, int header) throws IOException {
        try (var in = new DataInputStream(
                new GZIPInputStream(Files.newInputStream(SharedData.require("data/mnist/" + name))))) {
            in.skipNBytes(header);
            return in.readAllBytes();
        }
    }
}
