package dev.fovea.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A run is a folder a person can open: {@code run.yaml} (all that is needed to repeat it), {@code weights.safetensors} (the best),
 * {@code last/checkpoint.safetensors} (to resume), {@code metrics.jsonl} (a line an epoch), {@code report.html}.
 */
public record RunFolder(Path path) {
    /** Makes the folder, which must not hold a run yet. */
    public static RunFolder create(Path path) throws IOException {
        try {
            Files.createDirectories(path);
        } catch (FileAlreadyExistsException notFolder) {
            throw new FileAlreadyExistsException(path + " is a file; choose another folder with --out");
        }
        var run = new RunFolder(path);
        if (Files.exists(run.recipe()) || Files.exists(run.checkpoint())) {
            throw new FileAlreadyExistsException(path + " already holds a run; go on with --resume " + path
                    + ", or choose another folder with --out");
        }
        return run;
    }

    /** The first of {@code base-1}, {@code base-2}, … that does not exist; made at once, so that no other process takes it. */
    public static RunFolder createNumbered(Path parent, String base) throws IOException {
        Files.createDirectories(parent);
        for (int i = 1; i < 100_000; i++) {
            var path = parent.resolve(base + "-" + i);
            if (!Files.exists(path) && tryCreate(path)) {
                return new RunFolder(path);
            }
        }
        throw new IOException(parent + " holds 99,999 runs; choose another folder with --out");
    }

    /** Makes a folder; false if another process was quicker. */
    private static boolean tryCreate(Path path) throws IOException {
        try {
            Files.createDirectory(path);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    /** Opens an existing run. */
    public static RunFolder open(Path path) throws IOException {
        var run = new RunFolder(path);
        if (!Files.isRegularFile(run.recipe())) {
            throw new NoSuchFileException(
                    run.recipe().toString(),
                    null,
                    path + " is not a run: it has no run.yaml; give the folder that 'fovea train' made");
        }
        return run;
    }

    /** Whether there is something to go on with. */
    public boolean hasCheckpoint() {
        return Files.isRegularFile(checkpoint());
    }

    /** Takes the folder of a run away that failed before anything was learned; other files in it stay. */
    public void discardUnstarted() throws IOException {
        if (hasCheckpoint() || Files.exists(weights())) {
            return;
        }
        Files.deleteIfExists(metrics());
        Files.deleteIfExists(pseudoLabels());
        Files.deleteIfExists(recipe());
        for (Path empty : List.of(checkpoint().getParent(), path)) {
            try {
                Files.deleteIfExists(empty);
            } catch (DirectoryNotEmptyException othersFiles) {
                return;
            }
        }
    }

    public Path recipe() {
        return path.resolve("run.yaml");
    }

    public Path weights() {
        return path.resolve("weights.safetensors");
    }

    public Path checkpoint() {
        return path.resolve("last").resolve("checkpoint.safetensors");
    }

    public Path metrics() {
        return path.resolve("metrics.jsonl");
    }

    /** What a teacher said of unlabelled pictures, if the run has one. */
    public Path pseudoLabels() {
        return path.resolve("pseudo-labels.safetensors");
    }

    public Path report() {
        return path.resolve("report.html");
    }

    /** Writes a text file whole or not at all. */
    public static void write(Path file, String text) throws IOException {
        var temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(temporary, text, StandardCharsets.UTF_8);
            try {
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw new IOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }
}
