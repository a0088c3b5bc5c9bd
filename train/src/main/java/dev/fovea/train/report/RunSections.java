package dev.fovea.train.report;

import dev.fovea.data.load.Skipped;
import dev.fovea.models.ModelSpec;
import dev.fovea.tensor.Threads;
import dev.fovea.train.RunResult;
import dev.fovea.train.TrainListener;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the page of every run has, whatever its task. */
public final class RunSections {
    private RunSections() {}

    /** The beginning of a run's page: its name, what it did, and what it was judged on. */
    public static Page page(String what, RunResult result, int samples) {
        String name = result.folder()
                .path()
                .toAbsolutePath()
                .normalize()
                .getFileName()
                .toString();
        return new Page(name, what + ", judged on " + samples + " pictures of the " + result.split() + " split");
    }

    /** A figure of the validation split by epoch. */
    public static List<Double> figure(List<TrainListener.Epoch> history, String name) {
        return history.stream()
                .map(e -> e.validation()
                        .map(v -> v.getOrDefault(name, Double.NaN))
                        .orElse(Double.NaN))
                .toList();
    }

    /** The training loss and further curves, the task's figures, and the learning rate, by epoch. */
    public static String curves(List<TrainListener.Epoch> history, LineChart loss, LineChart figures) {
        var rate = new LineChart("Learning rate")
                .curve(
                        "last step of the epoch",
                        epochs(history),
                        history.stream().map(TrainListener.Epoch::learningRate).toList());
        return "<div class=\"charts\">" + loss.toSvg() + figures.toSvg() + rate.toSvg() + "</div>";
    }

    public static List<Double> epochs(List<TrainListener.Epoch> history) {
        return history.stream().map(e -> (double) e.epoch()).toList();
    }

    /** Where and how fast it ran. */
    public static Map<String, String> environment(ModelSpec spec, RunResult result) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put(
                "System",
                System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                        + Runtime.getRuntime().availableProcessors() + " processors, " + Threads.get()
                        + " threads an operation");
        facts.put("Network", spec.toString());
        if (!result.note().isEmpty()) {
            facts.put("Started from", result.note());
        }
        facts.put(
                "Throughput",
                result.history().stream().mapToDouble(TrainListener.Epoch::samplesPerSecond).average().stream()
                        .mapToObj(v -> String.format(Locale.ROOT, "%.0f pictures a second in training", v))
                        .findFirst()
                        .orElse("-"));
        facts.put(
                "Time",
                Figures.duration(result.seconds()) + " in all, " + Figures.duration(result.trainSeconds())
                        + " in the training loop");
        return facts;
    }

    /** Adds a section that lists pictures that could not be read, if there are any. */
    public static void skipped(Page page, List<Skipped> skipped) {
        if (!skipped.isEmpty()) {
            var reasons = new StringBuilder();
            skipped.forEach(s -> reasons.append(s.reason()).append("\n"));
            page.text("Pictures that could not be read (" + skipped.size() + ")", reasons.toString());
        }
    }

    /** An image that is at most so many pixels long, with its shape kept. */
    public static Image thumbnail(Image image, int longest) {
        int side = Math.max(image.width(), image.height());
        if (side <= longest) {
            return image;
        }
        double scale = (double) longest / side;
        var size = new Size((int) Math.max(1, Math.round(image.height() * scale)), (int)
                Math.max(1, Math.round(image.width() * scale)));
        return new ResizePolicy.Stretch(size, Interpolation.BILINEAR).apply(image);
    }
}
