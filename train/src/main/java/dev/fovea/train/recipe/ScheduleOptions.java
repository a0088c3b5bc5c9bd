package dev.fovea.train.recipe;

import java.util.List;

/**
 * How the learning rate goes with time.
 *
 * @param name one-cycle, cosine, step, polynomial, constant or plateau
 * @param warmup the share of all steps in which it rises, 0-1
 * @param stepEpochs for step: every so many epochs …
 * @param gamma … it is multiplied by this (step and plateau)
 */
public record ScheduleOptions(String name, Double warmup, int stepEpochs, double gamma) {
    /** All schedules there are. */
    public static final List<String> NAMES =
            List.of("one-cycle", "cosine", "step", "polynomial", "constant", "plateau");

    public ScheduleOptions {
        name = RecipeValue.oneOf("schedule.name", name, NAMES);
        RecipeValue.check(
                warmup == null || (warmup >= 0 && warmup < 1),
                "schedule.warmup",
                warmup,
                "use a share of all steps, 0 to below 1");
        RecipeValue.check(stepEpochs >= 1, "schedule.step_epochs", stepEpochs, "use at least 1");
        RecipeValue.check(gamma > 0 && gamma <= 1, "schedule.gamma", gamma, "use a factor above 0, at most 1");
    }

    /** The same with the usual warm-up of its kind where nothing is said of it. */
    public ScheduleOptions resolved() {
        double usual = name.equals("one-cycle") ? 0.3 : name.equals("cosine") ? 0.05 : 0;
        return warmup != null ? this : new ScheduleOptions(name, usual, stepEpochs, gamma);
    }
}
