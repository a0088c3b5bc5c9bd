package dev.fovea.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.ModelSpec;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The weights that a run wrote, with what they say of themselves.
 *
 * @param task what they were trained for
 * @param spec their network
 * @param classes names, in order
 * @param metadata everything that stands beside the weights; tasks have entries of their own
 */
public record TrainedWeights(
        Path file, String task, ModelSpec spec, List<String> classes, Map<String, String> metadata) {
    private static final String TASK = "fovea.task";
    private static final String MODEL = "fovea.model";
    private static final String CLASSES = "fovea.classes";
    private static final ObjectMapper JSON = new ObjectMapper();

    public TrainedWeights {
        classes = List.copyOf(classes);
        metadata = Map.copyOf(metadata);
    }

    /** Looks into a run folder or a {@code .safetensors} file that a run wrote. */
    public static TrainedWeights of(Path path) throws IOException {
        boolean folder = Files.isDirectory(path);
        var file = folder ? RunFolder.open(path).weights() : path;
        if (!Files.isRegularFile(file)) {
            throw new IOException(
                    folder
                            ? path + " has no weights yet (" + file.getFileName()
                                    + "): its first epoch was not finished; go on with 'fovea train "
                                    + taskOf(path).orElse("classify") + " --resume " + path + "'"
                            : path + ": no such file or folder");
        }
        var metadata = metadata(file);
        if (!metadata.containsKey(TASK) || !metadata.containsKey(MODEL) || !metadata.containsKey(CLASSES)) {
            throw new IOException(
                    file + " does not say which network it belongs to; give --model and --labels, or use a file that"
                            + " Fovea wrote");
        }
        try {
            return new TrainedWeights(
                    file,
                    metadata.get(TASK),
                    ModelSpec.fromJson(metadata.get(MODEL)),
                    JSON.readValue(metadata.get(CLASSES), new TypeReference<List<String>>() {}),
                    metadata);
        } catch (JsonProcessingException | IllegalArgumentException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    /** The same, which must be of a task. */
    public static TrainedWeights of(Path path, String task) throws IOException {
        var weights = of(path);
        if (!weights.task.equals(task)) {
            throw new IOException(path + " was trained to " + weights.task + ", not to " + task);
        }
        return weights;
    }

    /** What a run or its weights are for, if it can be told; a wrong path is left to who opens it. */
    public static Optional<String> taskOf(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            var recipe = new RunFolder(path).recipe();
            return Files.isRegularFile(recipe) ? RecipeTree.text(recipe, "task") : Optional.empty();
        }
        return Files.isRegularFile(path) ? Optional.ofNullable(metadata(path).get(TASK)) : Optional.empty();
    }

    private static Map<String, String> metadata(Path file) throws IOException {
        return file.toString().endsWith(".safetensors") ? Safetensors.readMetadata(file) : Map.of();
    }

    /** What is written beside weights of any task. */
    public static Map<String, String> metadata(String task, ModelSpec spec, List<String> classes) {
        var map = new LinkedHashMap<String, String>();
        map.put(TASK, task);
        map.put(MODEL, spec.toJson());
        try {
            map.put(CLASSES, JSON.writeValueAsString(classes));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
        return map;
    }
}
