package dev.fovea.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.nn.Module;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.nn.optim.Ema;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Saves and restores a run: the network, the optimiser, the average, the generator of random numbers and the loop's own state, all in
 * one file that is replaced at once, so that there is never half a checkpoint.
 */
final class RunCheckpoint {
    private static final String STATE = "fovea.state";
    private static final String NETWORK = "network.";
    private static final String OPTIMIZER = "optimizer.";
    private static final String EMA = "ema.";
    private static final String GENERATOR = "generator";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RunFolder folder;
    private final Module network;
    private final Optimizer optimizer;
    private final Optional<Ema> ema;
    private final Map<String, String> weightsMetadata;

    RunCheckpoint(
            RunFolder folder,
            Module network,
            Optimizer optimizer,
            Optional<Ema> ema,
            Map<String, String> weightsMetadata) {
        this.folder = folder;
        this.network = network;
        this.optimizer = optimizer;
        this.ema = ema;
        this.weightsMetadata = weightsMetadata;
    }

    /** The network holds the average's weights until the result is closed; nothing changes where there is no average. */
    Ema.Swap swapInMeans() {
        return ema.map(Ema::swapIn).orElse(() -> {});
    }

    /** Writes the best weights: the average's, if there is one. */
    void writeBest() throws IOException {
        try (var means = swapInMeans()) {
            Safetensors.write(folder.weights(), network.stateDict(), weightsMetadata);
        }
    }

    /** Writes all that is needed to go on. */
    Path write(TrainingState state) throws IOException {
        try (var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            network.stateDict().forEach((key, t) -> tensors.put(NETWORK + key, t));
            optimizer.stateTensors().forEach((key, t) -> tensors.put(OPTIMIZER + key, t));
            ema.ifPresent(e -> e.stateTensors().forEach((key, t) -> tensors.put(EMA + key, t)));
            tensors.put(GENERATOR, Seeds.state());
            state.optimizer = optimizer.stateScalars();
            state.emaUpdates = ema.map(Ema::updates).orElse(0L);
            Files.createDirectories(folder.checkpoint().getParent());
            Safetensors.write(folder.checkpoint(), tensors, Map.of(STATE, JSON.writeValueAsString(state)));
        }
        return folder.checkpoint();
    }

    /** Puts everything back as the last checkpoint has it. */
    TrainingState restore() throws IOException {
        var file = folder.checkpoint();
        if (!Files.isRegularFile(file)) {
            throw new IOException(folder.path() + " has no checkpoint yet ("
                    + folder.path().relativize(file) + "); start it anew in another folder");
        }
        try (var scope = Scope.open()) {
            var checkpoint = Safetensors.read(file);
            String json = checkpoint.metadata().get(STATE);
            if (json == null) {
                throw new IOException(file + " is not a checkpoint of a run: its metadata has no " + STATE);
            }
            var state = JSON.readValue(json, TrainingState.class);
            var all = checkpoint.tensors();
            network.loadStrict(part(all, NETWORK));
            optimizer.restore(part(all, OPTIMIZER), state.optimizer);
            ema.ifPresent(e -> e.restore(part(all, EMA), state.emaUpdates));
            Seeds.restore(all.get(GENERATOR));
            return state;
        } catch (JsonProcessingException e) {
            throw new IOException(file + ": the state in its metadata is not readable: " + e.getOriginalMessage(), e);
        }
    }

    private static Map<String, Tensor> part(Map<String, Tensor> all, String prefix) {
        var part = new LinkedHashMap<String, Tensor>();
        all.forEach((key, t) -> {
            if (key.startsWith(prefix)) {
                part.put(key.substring(prefix.length()), t);
            }
        });
        return part;
    }

    /** Makes {@code metrics.jsonl} agree with the state: a resumed run drops lines of epochs that it does again. */
    void writeHistory(List<TrainingState.HistoryRow> history) throws IOException {
        if (history.isEmpty()) {
            Files.deleteIfExists(folder.metrics());
            return;
        }
        var lines = new StringBuilder();
        for (var row : history) {
            lines.append(JSON.writeValueAsString(row)).append("\n");
        }
        RunFolder.write(folder.metrics(), lines.toString());
    }

    void appendHistory(TrainingState.HistoryRow row) throws IOException {
        try {
            Files.writeString(
                    folder.metrics(),
                    JSON.writeValueAsString(row) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new IOException("cannot write " + folder.metrics() + ": " + e.getMessage(), e);
        }
    }
}
