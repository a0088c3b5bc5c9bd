package dev.fovea.bench;

import dev.fovea.bench.eightbit.ExportedInference;
import dev.fovea.bench.loading.ImageIoLoading;
import dev.fovea.bench.loading.LoaderLoading;
import dev.fovea.bench.loading.TrainingFromFiles;
import dev.fovea.bench.step.DjlStep;
import dev.fovea.bench.step.FoveaInference;
import dev.fovea.bench.step.FoveaStep;
import dev.fovea.bench.step.RawPresetsStep;
import dev.fovea.bench.step.StepSettings;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The process of a contender in Java: prepares its work, then does as many repetitions as each line of standard input asks for.
 * {@link ContenderProcess} is the other end.
 */
public final class ContenderMain {
    /** Makes a workload of the command's further arguments. */
    private interface Factory {
        Workload make(List<String> arguments) throws IOException, Workload.UnavailableException;
    }

    private static final Map<String, Factory> FACTORIES = Map.of(
            "fovea-step", a -> new FoveaStep(StepSettings.parse(a)),
            "fovea-inference", a -> new FoveaInference(StepSettings.parse(a)),
            "presets-step", a -> new RawPresetsStep(StepSettings.parse(a)),
            "djl-step", a -> DjlStep.of(StepSettings.parse(a)),
            "fovea-loading", a -> new LoaderLoading(Path.of(a.get(0)), Integer.parseInt(a.get(1))),
            "imageio-loading", a -> new ImageIoLoading(Path.of(a.get(0)), Integer.parseInt(a.get(1))),
            "exported-inference",
                    a -> new ExportedInference(
                            Path.of(a.get(0)),
                            Integer.parseInt(a.get(1)),
                            Integer.parseInt(a.get(2)),
                            Integer.parseInt(a.get(3))),
            "fovea-training",
                    a -> new TrainingFromFiles(Path.of(a.get(0)), StepSettings.parse(a.subList(1, a.size()))));

    private ContenderMain() {}

    public static void main(String[] args) throws IOException {
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what libraries print must not get between the answers
        var factory = FACTORIES.get(args[0]);
        if (factory == null) {
            throw new IllegalArgumentException("unknown contender '" + args[0] + "'; use one of " + FACTORIES.keySet());
        }
        try (var workload = factory.make(Arrays.asList(args).subList(1, args.length))) {
            serve(workload, answers);
        } catch (Workload.UnavailableException e) {
            answers.println("unavailable " + e.getMessage());
        }
    }

    private static void serve(Workload workload, PrintStream answers) throws IOException {
        var questions = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        answers.println("ready " + workload.description());
        for (String line = questions.readLine(); line != null; line = questions.readLine()) {
            int repetitions = Integer.parseInt(line.strip());
            long start = System.nanoTime();
            long pictures = workload.run(repetitions);
            answers.println("done " + (System.nanoTime() - start) / 1e9 + " " + pictures);
        }
    }
}
