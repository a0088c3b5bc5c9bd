package dev.fovea.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Lets contenders take turns: all start and warm up, then in each round each takes one turn. The order turns by one place from round to
 * round, so that nobody always comes after the same neighbour.
 *
 * @param rounds turns that count, for each contender
 * @param repetitions the fewest repetitions a turn
 * @param warmUp the fewest repetitions before the first turn, which do not count
 * @param turnSeconds the shortest turn; it is made of more repetitions if it would be shorter, for all contenders as many
 * @param warmUpSeconds the shortest warming up; code of the JVM that has run a few times only is interpreted
 */
public record Race(int rounds, int repetitions, int warmUp, double turnSeconds, double warmUpSeconds) {
    public Race {
        if (rounds < 1 || repetitions < 1 || warmUp < 0) {
            throw new IllegalArgumentException("a race needs at least one round of one repetition, got rounds=" + rounds
                    + ", repetitions=" + repetitions + ", warm-up=" + warmUp);
        }
    }

    /** Exactly so many repetitions, however long they take. */
    public Race(int rounds, int repetitions, int warmUp) {
        this(rounds, repetitions, warmUp, 0, 0);
    }

    private record Runner(Contender contender, ContenderProcess process, List<ContenderProcess.Turn> turns) {}

    /**
     * Runs it.
     *
     * @param progress is told in a few words what goes on
     * @return an outcome for each contender, in their order
     * @throws IOException if a contender that said it was ready fails
     */
    public List<Outcome> run(List<Contender> contenders, Consumer<String> progress) throws IOException {
        var outcomes = new LinkedHashMap<Contender, Outcome>();
        var runners = new ArrayList<Runner>();
        try {
            for (var contender : contenders) {
                progress.accept("start " + contender.name());
                start(contender, outcomes).ifPresent(runners::add);
            }
            takeTurns(runners, progress);
            runners.forEach(r -> outcomes.put(r.contender(), measured(r)));
            return List.copyOf(outcomes.values());
        } finally {
            for (var runner : runners) {
                runner.process().close();
            }
        }
    }

    /** Starts a contender; if that cannot be, the outcome is known already. */
    private static Optional<Runner> start(Contender contender, Map<Contender, Outcome> outcomes) throws IOException {
        ContenderProcess process;
        try {
            process = new ContenderProcess(contender);
        } catch (IOException e) {
            outcomes.put(contender, new Outcome.Skipped(contender.name(), e.getMessage()));
            return Optional.empty();
        }
        outcomes.put(contender, new Outcome.Skipped(contender.name(), process.reason()));
        if (process.description().isEmpty()) {
            process.close();
            return Optional.empty();
        }
        return Optional.of(new Runner(contender, process, new ArrayList<>()));
    }

    private void takeTurns(List<Runner> runners, Consumer<String> progress) throws IOException {
        int each = repetitions;
        for (var runner : runners) {
            progress.accept("warm up " + runner.contender().name());
            each = Math.max(each, (int) Math.ceil(turnSeconds / warmUp(runner.process())));
        }
        for (int round = 0; round < rounds; round++) {
            progress.accept("round " + (round + 1) + " of " + rounds);
            for (var runner : order(runners, round)) {
                runner.turns().add(runner.process().run(each));
            }
        }
    }

    /** Warms up; the seconds of a repetition in the end, without bound if there was none. */
    private double warmUp(ContenderProcess process) throws IOException {
        double each = Double.POSITIVE_INFINITY;
        int done = 0;
        for (double seconds = 0; done < warmUp || seconds < warmUpSeconds; ) {
            var turn = process.run(
                    Math.max(1, done == 0 ? warmUp : done)); // as many again, so the last part is the longest
            done += turn.repetitions();
            seconds += turn.seconds();
            each = turn.seconds() / turn.repetitions();
        }
        return each;
    }

    static <T> List<T> order(List<T> all, int round) {
        var order = new ArrayList<>(all);
        Collections.rotate(order, -round);
        return order;
    }

    private Outcome measured(Runner runner) {
        var turns = runner.turns();
        double pictures =
                turns.stream().mapToLong(ContenderProcess.Turn::pictures).sum()
                        / (double) turns.stream()
                                .mapToLong(ContenderProcess.Turn::repetitions)
                                .sum();
        return new Outcome.Measured(
                runner.contender().name(),
                runner.process().description().orElseThrow(),
                new Samples(
                        turns.stream().map(t -> t.seconds() / t.repetitions()).toList(), pictures));
    }
}
