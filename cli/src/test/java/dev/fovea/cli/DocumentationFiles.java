package dev.fovea.cli;

import dev.fovea.data.scenes.Scenes;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageWriter;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes small files under the names that the documentation's examples use. */
final class DocumentationFiles {
    private static final int SIDE = 32;

    private final Path folder;
    private final Scenes.Parts scenes = Scenes.splits(Scenes.Options.classify(Size.square(SIDE), 40), 10, 10);

    DocumentationFiles(Path folder) {
        this.folder = folder;
    }

    void make(Path root) throws IOException {
        Scenes.export(folder.resolve("photos"), scenes);
        ImageWriter.write(scenes.test().image(0), folder.resolve("cat.jpg"));
        Files.createDirectories(folder.resolve("holiday"));
        for (int i = 0; i < 3; i++) {
            ImageWriter.write(scenes.test().image(i), folder.resolve("holiday/" + i + ".jpg"));
        }
        Files.writeString(folder.resolve("broken.jpg"), "no picture");
        Files.writeString(folder.resolve("page.pth"), "<html>404</html>");
        Files.copy(root.resolve("examples/colours.onnx"), folder.resolve("birds.onnx"));
        cells();
        zip();
        manifest();
        mnist();
        weights();
        golden(root.resolve("models/src/test/resources/golden"));
    }

    /** Pictures with boxes, in the form of YOLO. */
    private void cells() throws IOException {
        var boxed = Scenes.splits(Scenes.Options.scene(Size.square(64), 8), 2, 2);
        var cells = folder.resolve("cells");
        boxes(cells, "train", boxed.train());
        boxes(cells, "val", boxed.validation());
        boxes(cells, "test", boxed.test());
        Files.write(cells.resolve("classes.txt"), boxed.train().classes());
    }

    private static void boxes(Path cells, String part, Scenes scenes) throws IOException {
        var images = Files.createDirectories(cells.resolve("images").resolve(part));
        var labels = Files.createDirectories(cells.resolve("labels").resolve(part));
        for (int i = 0; i < scenes.size(); i++) {
            ImageWriter.write(scenes.image(i), images.resolve(i + ".png"));
            var lines = new StringBuilder();
            for (var object : scenes.annotation(i).instances()) {
                var b = object.box();
                lines.append(String.format(
                        Locale.ROOT,
                        "%d %.6f %.6f %.6f %.6f%n",
                        object.label().index(),
                        (b.x1() + b.x2()) / 128,
                        (b.y1() + b.y2()) / 128,
                        b.width() / 64,
                        b.height() / 64));
            }
            Files.writeString(labels.resolve(i + ".txt"), lines);
        }
    }

    private void zip() throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(folder.resolve("photos.zip")));
                var all = Files.walk(folder.resolve("photos"))) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                zip.putNextEntry(new ZipEntry(folder.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, zip);
            }
        }
    }

    private void manifest() throws IOException {
        var rows = new StringBuilder("path,labels\n");
        Files.createDirectories(folder.resolve("shapes"));
        for (int i = 0; i < 20; i++) {
            ImageWriter.write(scenes.train().image(i), folder.resolve("shapes/" + i + ".png"));
            rows.append(i)
                    .append(".png,")
                    .append(List.of("", "red", "round", "red;round").get(i % 4))
                    .append("\n");
        }
        Files.writeString(folder.resolve("shapes/manifest.csv"), rows);
    }

    private void mnist() throws IOException {
        Files.createDirectories(folder.resolve("mnist"));
        for (String part : List.of("train", "t10k")) {
            try (var images = data("mnist/" + part + "-images-idx3-ubyte");
                    var labels = data("mnist/" + part + "-labels-idx1-ubyte")) {
                for (int word : new int[] {0x803, 40, 28, 28}) {
                    images.writeInt(word);
                }
                for (int i = 0; i < 40 * 28 * 28; i++) {
                    images.writeByte(i * 7 % 256);
                }
                labels.writeInt(0x801);
                labels.writeInt(40);
                for (int i = 0; i < 40; i++) {
                    labels.writeByte(i % 10);
                }
            }
        }
    }

    private DataOutputStream data(String name) throws IOException {
        return new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(folder.resolve(name))));
    }

    private void weights() throws IOException {
        try (var network = Models.build(ModelSpec.of("mobilenet_v2"))) {
            // The name says PyTorch; the content decides.
            Safetensors.write(folder.resolve("mobilenet_v2.pth"), network.stateDict(), Map.of());
        }
        try (var network = Models.build(ModelSpec.of("vit_tiny_mnist"))) {
            Safetensors.write(folder.resolve("vit_tiny_mnist.pth"), network.stateDict(), Map.of());
        }
        Files.write(
                folder.resolve("digits.txt"),
                IntStream.range(0, 10).mapToObj(Integer::toString).toList());
        Files.write(
                folder.resolve("imagenet_classes.txt"),
                IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList());
    }

    private void golden(Path from) throws IOException {
        Files.createDirectories(folder.resolve("golden"));
        Files.copy(from.resolve("squeezenet1_1.json"), folder.resolve("golden/squeezenet1_1.json"));
    }
}
