package dev.fovea.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Another JVM with this one's class path, for what must not happen to this one. */
final class ChildJvm {
    private ChildJvm() {}

    /** Starts a main class; both of its outputs go to {@code log}. A fixed heap keeps the heap's own growth out of figures. */
    static Process start(Class<?> main, Path log, Object... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseParallelGC",
                "-Xss2m",
                "-Djava.awt.headless=true",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        for (Object argument : arguments) {
            command.add(argument.toString());
        }
        var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // As the launcher sets it.
        builder.environment()
                .put(
                        "GLIBC_TUNABLES",
                        "glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=4294967296:glibc.malloc.arena_max=1");
        return builder.start();
    }
}
