package dev.fovea.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A contender's process. It first says {@code ready WHAT IT IS} or {@code unavailable WHY}; then for each line with a number N it does N
 * repetitions and says {@code done SECONDS PICTURES}. It times itself, so that the pipe costs nothing. End of input ends it.
 */
final class ContenderProcess implements AutoCloseable {
    /** One answer. */
    record Turn(int repetitions, double seconds, long pictures) {}

    private static final int TAIL_LINES = 5;

    private final Contender contender;
    private final Path errors;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter questions;
    private final Optional<String> description;
    private final String reason;

    /** Starts the process and waits until it is ready or says that it cannot take part. */
    ContenderProcess(Contender contender) throws IOException {
        this.contender = contender;
        errors = Files.createTempFile("fovea-bench", ".log");
        try {
            process = new ProcessBuilder(contender.command())
                    .redirectError(errors.toFile())
                    .start();
        } catch (IOException e) {
            Files.delete(errors);
            throw e;
        }
        answers = process.inputReader(StandardCharsets.UTF_8);
        questions = process.outputWriter(StandardCharsets.UTF_8);
        String line = answers.readLine();
        description = line != null && line.startsWith("ready ")
                ? Optional.of(line.substring("ready ".length()))
                : Optional.empty();
        if (line == null) {
            reason = "its process ended: " + tail();
        } else {
            reason = line.startsWith("unavailable ")
                    ? line.substring("unavailable ".length())
                    : "not understood: " + line;
        }
    }

    /** What it is; empty if it cannot take part. */
    Optional<String> description() {
        return description;
    }

    /** Why it cannot take part. */
    String reason() {
        return reason;
    }

    /** One turn of some repetitions. */
    Turn run(int repetitions) throws IOException {
        try {
            questions.write(repetitions + "\n");
            questions.flush();
        } catch (IOException e) {
            throw new IOException(contender.name() + " no longer listens: " + tail(), e);
        }
        String line = answers.readLine();
        if (line == null) {
            throw new IOException(contender.name() + " ended in the middle: " + tail());
        }
        String[] parts = line.split(" ", -1);
        if (parts.length != 3 || !parts[0].equals("done")) {
            throw new IOException(contender.name() + ": expected 'done SECONDS PICTURES', got '" + line + "'");
        }
        return new Turn(repetitions, Double.parseDouble(parts[1]), Long.parseLong(parts[2]));
    }

    /** The end of what it wrote to standard error. */
    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(errors, StandardCharsets.UTF_8);
        var last = lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
        return last.isEmpty() ? "it wrote nothing to standard error" : String.join(" | ", last);
    }

    @Override
    public void close() throws IOException {
        try {
            questions.close();
        } catch (IOException e) {
            process.destroy(); // it is gone already or no longer reads
        }
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        answers.close();
        Files.deleteIfExists(errors);
    }
}
