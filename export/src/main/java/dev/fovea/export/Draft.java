package dev.fovea.export;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.OnnxFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A file on its way: written into a folder of its own beside its place, checked there under its final name, and moved when it is good. Closing
 * removes what was not moved.
 */
final class Draft implements AutoCloseable {
    private final Path target;
    private final Path folder;
    private final List<Path> targets = new ArrayList<>();

    Draft(Path to) throws IOException {
        target = to.toAbsolutePath();
        var parent = target.getParent();
        if (parent == null || Files.isDirectory(target)) {
            throw new IOException("cannot write " + to + ": that is a folder; give the name of a file");
        }
        if (!Files.isDirectory(parent)) {
            throw new IOException("cannot write " + to + ": the folder " + parent + " does not exist");
        }
        folder = Files.createDirectory(parent.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp"));
    }

    /** The file while it is a draft. */
    Path file() {
        return folder.resolve(target.getFileName());
    }

    /** Writes a graph, with its weights in a second file if asked. */
    void write(Graph graph, boolean external) throws IOException {
        if (external) {
            String name = target.getFileName() + ".data";
            OnnxFile.writeWithData(graph, file(), folder.resolve(name), name);
            targets.add(target.resolveSibling(name));
        } else {
            OnnxFile.write(graph, file());
        }
        targets.add(target);
    }

    /** Gives the files their places: weights first, so that a graph never points at old ones for long. */
    void publish() throws IOException {
        for (var to : targets) {
            Files.move(
                    folder.resolve(to.getFileName()),
                    to,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    List<Path> targets() {
        return List.copyOf(targets);
    }

    @Override
    public void close() throws IOException {
        try (var left = Files.newDirectoryStream(folder)) {
            for (var file : left) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
