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

    @Option(names = "--repetitions", description = "Repetitions a turn; the default depends on the measurement.")
    Integer repetitions;

    @Option(names = "--warm-up", description = "Repetitions before the first turn that do not count.")
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
                warmUp == null ? defaultWarmUp : warmUp);
        var outcomes = race.run(asked, text -> System.err.println("bench: " + text));
        System.out.println(new ResultTable(title, outcomes));
        System.out.println(race.rounds() + " rounds of " + race.repetitions() + ", after " + race.warmUp()
                + " to warm up; " + Machine.describe(threads));
        return outcomes;
    }

    private boolean isAsked(Contender contender) {
        return only == null || only.stream().anyMatch(contender.name().toLowerCase(java.util.Locale.ROOT)::contains);
    }
}
