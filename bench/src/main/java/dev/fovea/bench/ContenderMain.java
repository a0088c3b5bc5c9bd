package dev.fovea.bench;

import dev.fovea.bench.inference.DecodedAndRun;
import dev.fovea.bench.inference.DecodedFolder;
import dev.fovea.bench.inference.DjlInference;
import dev.fovea.bench.inference.FoundObjects;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.inference.PictureInference;
import dev.fovea.bench.inference.PredictedFolder;
import dev.fovea.bench.inference.RawOnnxRuntime;
import dev.fovea.bench.inference.RuntimeInference;
import dev.fovea.bench.inference.TwoEngines;
import dev.fovea.bench.loading.ImageIoLoading;
import dev.fovea.bench.loading.LoaderLoading;
import dev.fovea.bench.loading.TrainingFromFiles;
import dev.fovea.bench.step.DetectStep;
import dev.fovea.bench.step.DjlStep;
import dev.fovea.bench.step.FoveaInference;
import dev.fovea.bench.step.FoveaStep;
import dev.fovea.bench.step.RawPresetsStep;
import dev.fovea.bench.step.RegionOperation;
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

    private static final Map<String, Factory> FACTORIES = Map.ofEntries(
            entry("fovea-step", a -> new FoveaStep(StepSettings.parse(a))),
            entry("fovea-inference", a -> new FoveaInference(StepSettings.parse(a))),
            entry("detect-step", a -> new DetectStep(StepSettings.parse(a))),
            entry("region-operation", a -> new RegionOperation(a.get(0), Integer.parseInt(a.get(1)))),
            entry("presets-step", a -> new RawPresetsStep(StepSettings.parse(a))),
            entry("djl-step", a -> DjlStep.of(StepSettings.parse(a))),
            entry("fovea-loading", a -> new LoaderLoading(Path.of(a.get(0)), Integer.parseInt(a.get(1)))),
            entry("imageio-loading", a -> new ImageIoLoading(Path.of(a.get(0)), Integer.parseInt(a.get(1)))),
            entry("fovea-training", a -> new TrainingFromFiles(Path.of(a.get(0)), StepSettings.parse(rest(a, 1)))),
            entry("runtime-inference", a -> new RuntimeInference(InferenceSettings.parse(a), true)),
            entry("sleeping-inference", a -> new RuntimeInference(InferenceSettings.parse(a), false)),
            entry("picture-inference", a -> new PictureInference(InferenceSettings.parse(a))),
            entry("onnxruntime-inference", a -> new RawOnnxRuntime(InferenceSettings.parse(a))),
            entry("djl-onnx-inference", a -> DjlInference.of(InferenceSettings.parse(a), "OnnxRuntime")),
            entry("djl-pytorch-inference", a -> DjlInference.of(InferenceSettings.parse(a), "PyTorch")),
            entry(
                    "predicted-folder",
                    a -> new PredictedFolder(Path.of(a.get(0)), Path.of(a.get(1)), Integer.parseInt(a.get(2)))),
            entry(
                    "found-objects",
                    a -> new FoundObjects(Path.of(a.get(0)), Path.of(a.get(1)), Boolean.parseBoolean(a.get(2)))),
            entry("decoded-and-run", a -> new DecodedAndRun(Path.of(a.get(0)), InferenceSettings.parse(rest(a, 1)))),
            entry("decoded-folder", a -> new DecodedFolder(Path.of(a.get(0)))),
            entry(
                    "two-engines",
                    a -> TwoEngines.of(
                            Path.of(a.get(0)), Boolean.parseBoolean(a.get(1)), StepSettings.parse(rest(a, 2)))));

    private static Map.Entry<String, Factory> entry(String name, Factory factory) {
        return Map.entry(name, factory);
    }

    private static List<String> rest(List<String> arguments, int from) {
        return arguments.subList(from, arguments.size());
    }

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
