package dev.fovea.bench;

import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Option;

/** What all measurements have in common. */
final class RaceFlags {
    @Option(
            names = "--rounds",
            defaultValue = "7",
            description = "Turns that count, for each contender (default ${DEFAULT-VALUE}).")
    int rounds;

    /** Enough for the JVM to compile what a network of a hundred layers calls. */
    private static final double WARM_UP_SECONDS = 5;

    private static final double TURN_SECONDS = 0.5;

    @Option(
            names = "--repetitions",
            description = "Repetitions a turn; by default so many that it lasts half a second at least.")
    Integer repetitions;

    @Option(
            names = "--warm-up",
            description =
                    "Repetitions before the first turn that do not count; by default five seconds of them at least.")
    Integer warmUp;

    @Option(
            names = "--threads",
            defaultValue = "2",
            description = "Threads of each contender (default ${DEFAULT-VALUE}).")
    int threads;

    @Option(
            names = "--only",
            split = ",",
            description = "Only contenders whose names contain one of these words, for example fovea,python.")
    List<String> only;

    @Option(
            names = "--python",
            defaultValue = "/usr/bin/python3",
            description = "The Python with torch and torchvision (default ${DEFAULT-VALUE}).")
    String python;

    /** Runs the contenders that were asked for and prints their table. */
    List<Outcome> run(String title, List<Contender> contenders, int defaultRepetitions, int defaultWarmUp)
            throws IOException {
        var asked = contenders.stream().filter(this::isAsked).toList();
        if (asked.isEmpty()) {
            throw new IllegalArgumentException("--only " + String.join(",", only) + " leaves no contender; there are "
                    + contenders.stream().map(Contender::name).toList());
        }
        var race = new Race(
                rounds,
                repetitions == null ? defaultRepetitions : repetitions,
                warmUp == null ? defaultWarmUp : warmUp,
                repetitions == null ? TURN_SECONDS : 0,
                warmUp == null ? WARM_UP_SECONDS : 0);
        var outcomes = race.run(asked, text -> System.err.println("bench: " + text));
        System.out.println(new ResultTable(title, outcomes));
        System.out.println(race.rounds() + " rounds of at least " + race.repetitions() + " (" + race.turnSeconds()
                + " s), after at least " + race.warmUp() + " (" + race.warmUpSeconds() + " s) to warm up; "
                + Machine.describe(threads));
        return outcomes;
    }

    private boolean isAsked(Contender contender) {
        return only == null || only.stream().anyMatch(contender.name().toLowerCase(java.util.Locale.ROOT)::contains);
    }
}
