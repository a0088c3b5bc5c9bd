package dev.fovea.runtime;

import dev.fovea.vision.Label;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;

/** An ONNX file that was opened, with all that is known of it. */
record NetworkFile(Graph graph, ModelMetadata metadata, Description description) {
    /** Makes the object that holds a graph from then on. */
    interface Maker<N> {
        N make(NetworkFile opened) throws ModelException;
    }

    /** Opens a file, and what stands in a {@link Description} beside it; a graph that cannot be used is closed again. */
    static <N> N open(Path file, RuntimeOptions options, Maker<N> maker) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        var description = options.description().orElse(Description.NONE).or(Description.beside(file));
        var graph = Graph.open(file, options);
        try {
            var entries = new LinkedHashMap<>(graph.metadata());
            entries.putAll(description.entries());
            return maker.make(new NetworkFile(graph, ModelMetadata.ofMap(entries), description));
        } catch (IllegalArgumentException e) { // of metadata that contradicts itself or the graph
            graph.close();
            String message = e.getMessage().startsWith(file.toString()) ? e.getMessage() : file + ": " + e.getMessage();
            throw new ModelException(message, e);
        } catch (IOException | RuntimeException e) {
            graph.close();
            throw e;
        }
    }

    void requireTask(String task, String what) throws ModelException {
        if (!metadata.task().equals(task)) {
            throw new ModelException(graph.file() + " is made for the task '" + metadata.task() + "', not for " + what);
        }
    }

    /**
     * The classes.
     *
     * @param classes how many the graph tells apart; 0 or less where it does not say
     */
    List<Label> labels(int classes) throws ModelException {
        var names = metadata.labels();
        if (classes > 0 && !names.isEmpty() && names.size() != classes) {
            throw new ModelException(graph.file() + " tells " + classes + " classes apart, but " + names.size()
                    + " names are given; give one name for each class, in order");
        }
        return names.isEmpty()
                ? numbered(Math.max(0, classes))
                : IntStream.range(0, names.size())
                        .mapToObj(i -> new Label(i, names.get(i)))
                        .toList();
    }

    static List<Label> numbered(int classes) {
        return IntStream.range(0, classes)
                .mapToObj(i -> new Label(i, Integer.toString(i)))
                .toList();
    }
}
