package dev.fovea.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How contenders' processes are started. */
final class Commands {
    private static final String SCRIPT = "peers.py";

    private Commands() {}

    /** {@link ContenderMain} in a JVM like this one: same Java, same flags, same class path, and through the environment same malloc. */
    static List<String> java(String... arguments) {
        return main(ContenderMain.class, arguments);
    }

    /** Another main class, in a JVM like this one. */
    static List<String> main(Class<?> main, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.addAll(List.of("-Dai.djl.offline=true", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** The script of the Python contenders. The system's Python, since that is where the distribution's packages are. */
    static List<String> python(String python, String... arguments) {
        var command = new ArrayList<>(List.of(python, script().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path script() {
        try (var in = Commands.class.getResourceAsStream(SCRIPT)) {
            var file = Files.createTempFile("fovea-bench", ".py");
            file.toFile().deleteOnExit();
            Files.write(file, in.readAllBytes());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the script of the Python contenders: " + e.getMessage(), e);
        }
    }
}
