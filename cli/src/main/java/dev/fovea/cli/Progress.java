package dev.fovea.cli;

import dev.fovea.train.TrainListener;
import java.io.PrintWriter;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows training: a bar with rate, time left and loss on a terminal; a plain line an epoch elsewhere. */
final class Progress implements TrainListener, AutoCloseable {
    /** Set by the launcher where standard error is a terminal, which Java cannot tell on its own. */
    private static final String TERMINAL = "fovea.terminal";

    private final PrintWriter err;
    private final boolean terminal;
    private ProgressBar bar;

    Progress(PrintWriter err) {
        this.err = err;
        this.terminal = Boolean.getBoolean(TERMINAL);
    }

    @Override
    public void step(Step step) {
        Interruption.check();
        if (!terminal) {
            return;
        }
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setTaskName("epoch " + step.epoch() + "/" + step.epochs())
                    .setInitialMax(step.batches())
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(250)
                    .clearDisplayOnFinish()
                    .build();
        }
        bar.stepTo(step.batch());
        bar.setExtraMessage(String.format(Locale.ROOT, "%.0f img/s loss %.4f", step.samplesPerSecond(), step.loss()));
    }

    @Override
    public void epoch(Epoch epoch) {
        close();
        var line =
                new StringBuilder(String.format(Locale.ROOT, "epoch %3d  loss %.4f", epoch.epoch(), epoch.trainLoss()));
        epoch.validation()
                .ifPresent(figures -> figures.forEach((name, value) -> {
                    if (name.equals("accuracy") || name.equals("map") || name.equals("map50") || name.equals("loss")) {
                        line.append(String.format(
                                Locale.ROOT,
                                name.equals("loss") ? "  val loss %2$.4f" : "  val %1$s %2$.4f",
                                name,
                                value));
                    }
                }));
        line.append(String.format(
                Locale.ROOT,
                "  lr %.2e  %.0f img/s  %.1f s%s",
                epoch.learningRate(),
                epoch.samplesPerSecond(),
                epoch.seconds(),
                epoch.best() ? "  *" : ""));
        err.println(line);
    }

    @Override
    public void finished(boolean stoppedEarly) {
        close();
        if (stoppedEarly) {
            err.println("stopped early: the validation figure no longer improves");
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
        }
    }
}
