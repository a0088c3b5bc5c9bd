package dev.fovea.serve;

import dev.fovea.runtime.Batching;
import dev.fovea.runtime.Network;
import dev.fovea.runtime.RuntimeOptions;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The models of a server and their versions. Files are looked at again and again: a changed one is loaded beside the old, which goes on until
 * the new one is ready and its own last request is answered; one that cannot be loaded leaves the old in place.
 */
final class ModelRepository implements AutoCloseable {
    private final List<ModelSource> sources;
    private final RuntimeOptions options;
    private final Consumer<LoadedModel> loaded;
    private final Consumer<String> log;
    private final Map<Path, FileStamp> seen = new HashMap<>();
    private final Map<Path, FileStamp> failed = new HashMap<>();
    private final ScheduledExecutorService watcher = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "fovea-models");
        thread.setDaemon(true);
        return thread;
    });
    private volatile Map<String, NavigableMap<Long, LoadedModel>> models = Map.of();

    /**
     * Loads all.
     *
     * @param loaded is told of each version that is loaded
     * @param log is told of reloads and their failures
     * @throws IOException if one cannot be loaded
     */
    ModelRepository(List<ModelSource> sources, ServeOptions options, Consumer<LoadedModel> loaded, Consumer<String> log)
            throws IOException {
        var names = sources.stream().map(ModelSource::name).toList();
        for (String name : names) {
            if (names.indexOf(name) != names.lastIndexOf(name)) {
                throw new IllegalArgumentException(
                        "two models are called '" + name + "'; name one yourself: name=path");
            }
        }
        this.sources = List.copyOf(sources);
        this.options = RuntimeOptions.DEFAULT
                .withProvider(options.provider())
                .withThreads(options.threads())
                .withSpinning(false) // requests are read and pictures prepared on the same processors
                .withMaxBatch(options.maxBatch())
                .withBatching(new Batching(options.maxDelay(), options.queue()));
        this.loaded = loaded;
        this.log = log;
        try {
            loadAll();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
        if (!options.reload().isZero()) {
            long every = options.reload().toMillis();
            var unused = watcher.scheduleWithFixedDelay(this::refresh, every, every, TimeUnit.MILLISECONDS);
        }
    }

    private void loadAll() throws IOException {
        for (var source : sources) {
            var versions = new TreeMap<Long, LoadedModel>();
            for (var entry : source.versions().entrySet()) {
                versions.put(entry.getKey(), load(source, entry.getKey(), entry.getValue()));
                publish(source.name(), versions);
            }
        }
    }

    private LoadedModel load(ModelSource source, long version, Path file) throws IOException {
        var stamp = FileStamp.of(file);
        var model = new LoadedModel(source.name(), version, file, stamp, Network.load(file, options));
        loaded.accept(model);
        return model;
    }

    private synchronized void publish(String name, NavigableMap<Long, LoadedModel> versions) {
        var all = new TreeMap<>(models);
        all.put(name, new TreeMap<>(versions));
        models = all;
    }

    /** Looks at the files once. */
    void refresh() {
        for (var source : sources) {
            try {
                refresh(source);
            } catch (IOException | RuntimeException e) {
                log.accept("model " + source.name() + " stays as it is: " + e.getMessage());
            }
        }
    }

    private void refresh(ModelSource source) throws IOException {
        var before = models.get(source.name());
        var after = new TreeMap<>(before);
        Map<Long, Path> files;
        try {
            files = source.versions();
        } catch (NoSuchFileException e) {
            return; // perhaps it is being replaced; what is in memory goes on
        }
        var retired = new ArrayList<LoadedModel>();
        for (var entry : files.entrySet()) {
            var old = after.get(entry.getKey());
            if (isNew(entry.getValue(), old)) {
                try {
                    after.put(entry.getKey(), load(source, entry.getKey(), entry.getValue()));
                    log.accept("model " + source.name() + " version " + entry.getKey() + " loaded from "
                            + entry.getValue());
                    if (old != null) {
                        retired.add(old);
                    }
                } catch (IOException e) {
                    failed.put(entry.getValue(), seen.get(entry.getValue()));
                    log.accept("model " + source.name() + " version " + entry.getKey() + " cannot be loaded: "
                            + e.getMessage());
                }
            }
        }
        for (long version : before.keySet()) {
            if (!files.containsKey(version)) {
                retired.add(after.remove(version));
                log.accept("model " + source.name() + " version " + version + " retired");
            }
        }
        if (!after.isEmpty() && !after.equals(before)) {
            publish(source.name(), after);
            retired.forEach(LoadedModel::retire);
        }
    }

    /** Changed since it was loaded, but no longer changing: equal in two looks. */
    private boolean isNew(Path file, LoadedModel old) throws IOException {
        var stamp = FileStamp.of(file);
        boolean settled = stamp.equals(seen.put(file, stamp));
        boolean same = old != null && old.file().equals(file) && old.stamp().equals(stamp);
        return settled && !same && !stamp.equals(failed.get(file));
    }

    /** The names in alphabetical order, each with its versions. */
    Map<String, NavigableMap<Long, LoadedModel>> all() {
        return models;
    }

    /**
     * A version, or the latest, kept open until it is released.
     *
     * @throws Problem 404 if there is none
     */
    LoadedModel use(String name, Optional<String> version) {
        while (true) {
            var versions = models.get(name);
            if (versions == null) {
                throw Problem.notFound(
                        "there is no model '" + Problem.shown(name) + "'; models are " + models.keySet());
            }
            var model = version.isEmpty()
                    ? versions.lastEntry().getValue()
                    : version.get().matches("\\d{1,18}") ? versions.get(Long.parseLong(version.get())) : null;
            if (model == null) {
                throw Problem.notFound("model '" + name + "' has no version '" + Problem.shown(version.orElse(""))
                        + "'; versions are " + versions.keySet());
            }
            if (model.use()) {
                return model;
            }
            // It was replaced between the look and the use; look again.
        }
    }

    /** Closes all models after their last requests. */
    @Override
    public void close() {
        watcher.shutdown();
        try {
            watcher.awaitTermination(1, TimeUnit.MINUTES); // a load under way would leak its network
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        models.values().forEach(versions -> versions.values().forEach(LoadedModel::retire));
    }
}
