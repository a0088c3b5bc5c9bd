package dev.fovea.models;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** Finds the shared folder of real data beside the working directory or above it. */
public final class SharedData {
    private SharedData() {}

    /** A file or folder below {@code shared}; the test is reported as skipped if it is not there. */
    public static Path require(String relative) {
        var found = find(relative);
        Assumptions.assumeTrue(found.isPresent(), "shared/" + relative + " is not here");
        return found.orElseThrow();
    }

    static Optional<Path> find(String relative) {
        String fixed = System.getenv("FOVEA_SHARED");
        if (fixed != null) {
            return Optional.of(Path.of(fixed, relative)).filter(Files::exists);
        }
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            var candidate = p.resolve("shared").resolve(relative);
            if (Files.exists(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }
}
