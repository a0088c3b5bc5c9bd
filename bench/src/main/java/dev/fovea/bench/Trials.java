package dev.fovea.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Trainings one after another, each in a process of its own that answers with one line. Answers are kept in a file, and what is in it is
 * not done again: a table that was interrupted goes on where it was.
 *
 * @param out where answers, messages and runs go
 * @param main what a process runs
 */
record Trials(Path out, Class<?> main) {
    /** The answer for {@code key} in the file of that name; if there is none, that of a process with these arguments and a new folder. */
    String answer(String fileName, String key, String... arguments) throws IOException {
        Files.createDirectories(out);
        var file = out.resolve(fileName);
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int tab = line.indexOf('\t');
                if (line.substring(0, tab).equals(key)) {
                    return line.substring(tab + 1);
                }
            }
        }
        System.err.println("bench: " + key + " " + String.join(" ", arguments));
        String line = run(fileName.replaceAll("\\..*", "") + "-" + key, arguments);
        System.err.println("bench: " + line);
        Files.writeString(file, key + "\t" + line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return line;
    }

    private String run(String name, String... arguments) throws IOException {
        var log = out.resolve(name.replaceAll("[^A-Za-z0-9_.-]", "_") + ".log");
        var all = new ArrayList<>(List.of(arguments));
        all.add(Files.createTempDirectory(out, "run").resolve("run").toString());
        var process = new ProcessBuilder(Commands.main(main, all.toArray(new String[0])))
                .redirectError(log.toFile())
                .start();
        try (var answers = process.inputReader(StandardCharsets.UTF_8)) {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException(name + " ended without figures; its messages are in " + log);
            }
            return line;
        } finally {
            process.destroy(); // has said all it has to say
        }
    }
}
