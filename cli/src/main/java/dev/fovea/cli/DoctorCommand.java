package dev.fovea.cli;

import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.Threads;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bytedeco.javacpp.Loader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea doctor}: what this machine is to Fovea, and whether the natives work on it. */
@Command(
        name = "doctor",
        description = "Check that this machine can do the work, and say how.",
        mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        var facts = facts();
        boolean tensors = tensorsWork();
        boolean pictures = picturesWork();
        facts.put("tensors", tensors ? "work" : "give wrong numbers");
        facts.put("pictures", pictures ? "work" : "give wrong pixels");
        if (json) {
            Json.print(out, facts);
        } else {
            facts.forEach((name, value) -> out.printf("%-12s %s%n", name, value));
        }
        return tensors && pictures ? Main.DONE : Main.FAILED;
    }

    private static Map<String, Object> facts() throws IOException {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("fovea", Version.number());
        facts.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put(
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        facts.put("platform", Loader.getPlatform());
        facts.put("processors", Runtime.getRuntime().availableProcessors());
        facts.put("threads", Threads.get());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os) {
            facts.put(
                    "memory", (os.getTotalMemorySize() >> 20) + " MB, " + (os.getFreeMemorySize() >> 20) + " MB free");
        }
        facts.put("heap", (Runtime.getRuntime().maxMemory() >> 20) + " MB at most");
        facts.put("device", Device.best().toString());
        facts.put("bf16", Precision.hasFastBfloat16(Device.best()) ? "fast" : "not fast here; float32 is used");
        Path cache = Loader.getCacheDir().toPath();
        facts.put("natives", cache + ", " + (Files.getFileStore(cache).getUsableSpace() >> 20) + " MB free there");
        return facts;
    }

    /** A convolution whose result and gradient are known. */
    private static boolean tensorsWork() {
        long[] one = {1, 1};
        long[] zero = {0, 0};
        try (var scope = Scope.open();
                var mode = Grad.on()) {
            var picture = Tensor.ones(1, 2, 5, 5);
            var weight = Tensor.ones(3, 2, 3, 3).requiresGrad(true);
            var sum = picture.conv2d(weight, null, one, zero, one, 1).sum();
            sum.backward();
            float gradient = weight.grad().orElseThrow().toFloatArray()[0];
            return sum.item() == 3 * 9 * 18 && gradient == 9;
        }
    }

    private static boolean picturesWork() throws IOException {
        var image = Image.filled(7, 5, 10, 200, 30);
        return new ImageReader().read(ImageWriter.png(image), "test picture").equals(image);
    }
}
