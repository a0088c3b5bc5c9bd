package dev.fovea.cli;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.transform.Crop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Picture files worked on by several threads. What comes of them is given in the order of the files, and work runs only so far ahead of
 * whoever asks.
 *
 * @param <T> what comes of an image
 */
final class OrderedWork<T> implements Iterator<OrderedWork.Done<T>>, AutoCloseable {
    private final ImageReader reader = new ImageReader();
    private final List<Path> files;
    private final int group;
    private final Optional<Crop> crop;
    private final Work<T> work;
    private final int ahead;
    private final ExecutorService threads;
    private final ArrayDeque<Future<List<Done<T>>>> begun = new ArrayDeque<>();
    private final ArrayDeque<Done<T>> ready = new ArrayDeque<>();
    private int next;

    /** What is done to some images, by several threads at a time; it refuses some with an IllegalArgumentException. */
    @FunctionalInterface
    interface Work<T> {
        List<T> of(List<Image> images);
    }

    /** A file, with what came of it or with why nothing did. */
    record Done<T>(Path file, Optional<T> result, Optional<Exception> failure) {}

    /**
     * Begins at once.
     *
     * @param workers how many threads work
     * @param group how many files a thread takes at a time
     * @param ahead how many groups may be begun before their turn, at least 1
     * @param crop the part of each picture that is worked on
     */
    OrderedWork(List<Path> files, int workers, int group, int ahead, Optional<Crop> crop, Work<T> work) {
        this.files = files;
        this.group = group;
        this.crop = crop;
        this.work = work;
        this.ahead = ahead;
        threads = Executors.newFixedThreadPool(workers, task -> {
            var thread = new Thread(task, "fovea-pictures");
            thread.setDaemon(true);
            return thread;
        });
        fill();
    }

    private void fill() {
        while (begun.size() < ahead && next < files.size()) {
            var some = files.subList(next, Math.min(files.size(), next + group));
            next += some.size();
            begun.add(threads.submit(() -> work(some)));
        }
    }

    private List<Done<T>> work(List<Path> some) {
        var read = some.stream().map(this::read).toList();
        var images = read.stream().flatMap(r -> r.result().stream()).toList();
        try {
            var results =
                    images.isEmpty() ? List.<T>of().iterator() : work.of(images).iterator();
            return read.stream()
                    .map(r -> r.failure().isPresent()
                            ? new Done<T>(r.file(), Optional.empty(), r.failure())
                            : new Done<>(r.file(), Optional.of(results.next()), Optional.empty()))
                    .toList();
        } catch (IllegalArgumentException e) {
            return some.size() == 1
                    ? List.of(new Done<>(some.get(0), Optional.empty(), Optional.of(e)))
                    : some.stream().flatMap(f -> work(List.of(f)).stream()).toList();
        }
    }

    private Done<Image> read(Path file) {
        try {
            var image = reader.read(file);
            return new Done<>(file, Optional.of(crop.map(c -> cut(c, image)).orElse(image)), Optional.empty());
        } catch (IOException | IllegalArgumentException e) {
            return new Done<>(file, Optional.empty(), Optional.of(e));
        }
    }

    private static Image cut(Crop crop, Image image) {
        return crop.apply(Picture.of(image, Annotation.NONE), null).image();
    }

    @Override
    public boolean hasNext() {
        return !ready.isEmpty() || !begun.isEmpty();
    }

    /** What came of the next file. A failure that is not the picture's is thrown. */
    @Override
    public Done<T> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        try {
            if (ready.isEmpty()) {
                ready.addAll(begun.remove().get());
                fill();
            }
            return ready.remove();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while pictures were read", e));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Forgets what has not begun and waits for the rest. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (!threads.isTerminated()) {
            try {
                threads.awaitTermination(1, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
