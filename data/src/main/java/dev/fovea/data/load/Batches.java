package dev.fovea.data.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The batches of one epoch, in order, prepared by worker threads. For one consumer thread; close it when done, also
 * early: that stops the workers and closes batches nobody took.
 *
 * <p>{@link #hasNext} and {@link #next} throw, once, what went wrong on a worker: {@link UncheckedIOException} with one
 * sentence for a picture that cannot be read (strict), or if none of the epoch's pictures could be read;
 * {@link IllegalStateException} naming the source if a transform or collate failed. After that there are no more batches.
 */
public final class Batches<B> implements Iterator<B>, AutoCloseable {
    /** Small enough that all workers share one batch, large enough that taking a slice costs nothing beside it. */
    private static final int LARGEST_SLICE = 16;

    private static final AtomicInteger EPOCHS_STARTED = new AtomicInteger();

    private final EpochPlan plan;
    private final int firstBatch;
    private final int prefetch;
    private final int workerCount;
    private final Function<EpochPlan.Slice, List<Sample>> prepare;
    private final Function<List<Sample>, B> collate;
    private final Supplier<String> whyEmpty;
    private final List<Thread> workers = new ArrayList<>();

    // All below is guarded by "this".
    private final TreeMap<Integer, Assembly<B>> inFlight = new TreeMap<>();
    private int nextToStart;
    private int nextToTake;
    private int delivered;
    private int lastDelivered = -1;
    private Optional<B> ready = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean stopped;
    private long waitedNanos;

    /** A batch under construction. */
    private static final class Assembly<B> {
        final int number;
        final int samples;
        final int sliceLength;
        final List<List<Sample>> slices = new ArrayList<>();
        int missing;
        boolean complete;
        Optional<B> batch = Optional.empty(); // stays empty if every picture of it is corrupt

        Assembly(int number, int samples, int workers) {
            this.number = number;
            this.samples = samples;
            sliceLength = Math.max(1, Math.min(LARGEST_SLICE, (samples + workers - 1) / workers));
            missing = (samples + sliceLength - 1) / sliceLength;
        }

        boolean allTaken() {
            return slices.size() * sliceLength >= samples;
        }
    }

    private record Work<B>(Assembly<B> assembly, int slot, EpochPlan.Slice slice) {}

    Batches(
            EpochPlan plan,
            int firstBatch,
            int workerCount,
            int prefetch,
            Function<EpochPlan.Slice, List<Sample>> prepare,
            Function<List<Sample>, B> collate,
            Supplier<String> whyEmpty) {
        this.whyEmpty = whyEmpty;
        this.plan = plan;
        this.firstBatch = firstBatch;
        this.prefetch = prefetch;
        this.workerCount = workerCount;
        this.prepare = prepare;
        this.collate = collate;
        nextToStart = firstBatch;
        nextToTake = firstBatch;
        int epoch = EPOCHS_STARTED.incrementAndGet();
        for (int i = 0; i < workerCount && firstBatch < plan.batches(); i++) {
            var worker = new Thread(this::work, "fovea-loader-" + epoch + "-" + i);
            worker.setDaemon(true);
            workers.add(worker);
        }
        workers.forEach(Thread::start);
    }

    /** Whether another batch comes; waits until it is ready. */
    @Override
    public synchronized boolean hasNext() {
        long start = System.nanoTime();
        try {
            while (ready.isEmpty() && !stopped) {
                if (failure.isPresent()) {
                    fail(failure.get());
                } else if (nextToTake == plan.batches()) {
                    finish();
                } else if (inFlight.containsKey(nextToTake) && inFlight.get(nextToTake).complete) {
                    ready = inFlight.remove(nextToTake++).batch;
                    notifyAll();
                } else {
                    awaitChange();
                }
            }
        } finally {
            waitedNanos += System.nanoTime() - start;
        }
        return ready.isPresent();
    }

    @Override
    public synchronized B next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the epoch has no more batches; ask hasNext() first");
        }
        B batch = ready.orElseThrow();
        ready = Optional.empty();
        lastDelivered = nextToTake - 1;
        delivered++;
        return batch;
    }

    /**
     * The number of the batch that {@link #next} gave last, from 0; the epoch resumes at this plus one. Numbers of batches
     * whose pictures are all corrupt are left out. Before the first batch: one less than the first.
     */
    public synchronized int batch() {
        return delivered == 0 ? firstBatch - 1 : lastDelivered;
    }

    /** How long the consumer has waited for batches so far: near zero where the loader keeps up. */
    public synchronized Duration waited() {
        return Duration.ofNanos(waitedNanos);
    }

    /** Stops the workers, waits for them and closes batches nobody took. Harmless if repeated. */
    @Override
    public void close() {
        synchronized (this) {
            stopped = true;
            notifyAll();
        }
        joinWorkers();
        synchronized (this) {
            ready.ifPresent(Batches::release);
            ready = Optional.empty();
            inFlight.values().forEach(a -> a.batch.ifPresent(Batches::release));
            inFlight.clear();
        }
    }

    private void work() {
        try {
            for (var work = take(); work.isPresent(); work = take()) {
                add(work.get(), prepare.apply(work.get().slice()));
            }
        } catch (Throwable t) { // whatever it is, the consumer must hear of it instead of waiting for ever
            synchronized (this) {
                if (failure.isEmpty()) {
                    failure = Optional.of(t);
                }
                notifyAll();
            }
        }
    }

    /** The next slice, as soon as the consumer is near enough; empty when nothing is left to do. */
    private synchronized Optional<Work<B>> take() throws InterruptedException {
        while (!stopped && failure.isEmpty() && nextToStart < plan.batches() && nextToStart >= nextToTake + prefetch) {
            wait();
        }
        if (stopped || failure.isPresent() || nextToStart == plan.batches()) {
            return Optional.empty();
        }
        var assembly = inFlight.computeIfAbsent(
                nextToStart, number -> new Assembly<>(number, plan.samples(number), workerCount));
        int slot = assembly.slices.size();
        int from = slot * assembly.sliceLength;
        int to = Math.min(assembly.samples, from + assembly.sliceLength);
        assembly.slices.add(List.of());
        if (assembly.allTaken()) {
            nextToStart++;
        }
        return Optional.of(new Work<>(assembly, slot, plan.slice(assembly.number, from, to)));
    }

    /** Puts the samples of a slice in their place; whoever brings the last one collates the batch. */
    private void add(Work<B> work, List<Sample> samples) {
        Assembly<B> assembly = work.assembly();
        List<Sample> all = new ArrayList<>();
        synchronized (this) {
            assembly.slices.set(work.slot(), samples);
            if (--assembly.missing > 0 || stopped) {
                return;
            }
            assembly.slices.forEach(all::addAll);
        }
        Optional<B> batch = all.isEmpty() ? Optional.empty() : Optional.of(collate(assembly.number, all));
        synchronized (this) {
            assembly.batch = batch;
            assembly.complete = true;
            notifyAll();
        }
    }

    private B collate(int number, List<Sample> samples) {
        try {
            return collate.apply(samples);
        } catch (RuntimeException e) {
            String sources = samples.get(0).source()
                    + (samples.size() > 1
                            ? " .. " + samples.get(samples.size() - 1).source()
                            : "");
            throw new IllegalStateException("batch " + number + " (" + sources + "): collate failed: " + e, e);
        }
    }

    /** The planned end of the epoch was reached. */
    private void finish() {
        stopped = true;
        if (delivered == 0 && firstBatch == 0 && plan.batches() > 0) {
            String sentence = whyEmpty.get();
            throw new UncheckedIOException(sentence, new IOException(sentence));
        }
    }

    private void fail(Throwable t) {
        stopped = true;
        notifyAll();
        if (t instanceof RuntimeException e) {
            throw e;
        }
        if (t instanceof Error e) {
            throw e;
        }
        throw new IllegalStateException("a loader thread was stopped from outside", t);
    }

    @SuppressWarnings("WaitNotInLoop") // the caller loops
    private void awaitChange() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for batch " + nextToTake, e);
        }
    }

    private void joinWorkers() {
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true; // decoding one slice ends soon; leaving a thread behind would be worse
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void release(Object batch) {
        if (batch instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Exception e) {
                throw new IllegalStateException("closing an unused batch failed: " + e, e);
            }
        }
    }
}
