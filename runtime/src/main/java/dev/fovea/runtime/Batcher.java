package dev.fovea.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Gathers single pictures of many threads to batches, which one thread runs one after the other. Pictures of different shapes do not share a
 * batch.
 *
 * @param <R> what comes of a picture
 */
final class Batcher<R> implements AutoCloseable {
    private final int maxBatch;
    private final Batching batching;
    private final Function<List<PreparedImage>, List<R>> run;
    private final BlockingQueue<Waiting<R>> queue;
    private final Thread thread;
    private volatile boolean closing;

    private record Waiting<R>(PreparedImage image, CompletableFuture<R> result) {}

    /**
     * Starts the thread.
     *
     * @param run takes pictures of one shape and gives one result for each, in order
     */
    Batcher(String name, int maxBatch, Batching batching, Function<List<PreparedImage>, List<R>> run) {
        this.maxBatch = maxBatch;
        this.batching = batching;
        this.run = run;
        this.queue = new ArrayBlockingQueue<>(batching.queue());
        this.thread = new Thread(this::work, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Queues a picture, which is given back when its result is there; cancelling the result before its batch runs saves the run.
     *
     * @throws QueueFullException if too many wait
     */
    CompletableFuture<R> submit(PreparedImage image) {
        var waiting = new Waiting<R>(image, new CompletableFuture<>());
        // Under the lock nothing enters after the last look of a thread that ends.
        synchronized (this) {
            if (closing) {
                image.close();
                throw new IllegalStateException("the network is closed");
            }
            if (!queue.offer(waiting)) {
                image.close();
                throw new QueueFullException(batching.queue());
            }
        }
        return waiting.result;
    }

    /** How many wait. */
    int waiting() {
        return queue.size();
    }

    private void work() {
        Waiting<R> next = null;
        while (true) {
            try {
                Waiting<R> first = next != null ? next : queue.poll(100, TimeUnit.MILLISECONDS);
                next = null;
                if (first != null) {
                    var batch = new ArrayList<Waiting<R>>();
                    batch.add(first);
                    next = gather(batch);
                    complete(batch);
                } else if (closing && queue.isEmpty()) {
                    return;
                }
            } catch (InterruptedException e) {
                // close() wakes this thread so that it does not wait for pictures that will not come.
            }
        }
    }

    /** Adds what fits; gives back one that was taken and does not. */
    private Waiting<R> gather(List<Waiting<R>> batch) {
        long until = System.nanoTime() + batching.maxDelay().toNanos();
        while (batch.size() < maxBatch) {
            Waiting<R> next = poll(until);
            if (next == null) {
                return null;
            }
            if (!next.image.isLike(batch.get(0).image)) {
                return next;
            }
            batch.add(next);
        }
        return null;
    }

    private Waiting<R> poll(long until) {
        Waiting<R> next = queue.poll();
        long left = until - System.nanoTime();
        if (next != null || left <= 0 || closing) {
            return next;
        }
        try {
            return queue.poll(left, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            return queue.poll();
        }
    }

    /** Runs those whose caller has not given up. */
    private void complete(List<Waiting<R>> batch) {
        var images = batch.stream().map(Waiting::image).toList();
        var wanted = batch.stream().filter(w -> !w.result.isDone()).toList();
        try {
            var results = wanted.isEmpty()
                    ? List.<R>of()
                    : run.apply(wanted.stream().map(Waiting::image).toList());
            for (int i = 0; i < results.size(); i++) {
                wanted.get(i).result.complete(results.get(i));
            }
        } catch (RuntimeException | Error e) {
            batch.forEach(w -> w.result.completeExceptionally(e));
        } finally {
            images.forEach(PreparedImage::close);
        }
    }

    /** Refuses new pictures, finishes those that wait, and ends. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
        }
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // results are promised; the caller sees its interruption afterwards
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
