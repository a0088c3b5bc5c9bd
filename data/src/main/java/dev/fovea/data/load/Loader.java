package dev.fovea.data.load;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Transform;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;

/**
 * Turns a dataset into batches: decodes, transforms and collates on worker threads, a few batches ahead of the consumer.
 *
 * <pre>{@code
 * var loader = Loader.of(dataset, transform, samples -> collate(samples)).batchSize(32).order(Order.shuffled()).seed(1);
 * try (Batches<Batch> batches = loader.epoch(epoch, 0)) {
 *     while (batches.hasNext()) {
 *         step(batches.next());
 *     }
 * }
 * }</pre>
 *
 * <p>What a batch holds follows from (seed, epoch, batch number) alone: neither the number of workers nor their timing
 * nor corrupt pictures change the others' place or random numbers. An instance is immutable but for the list of
 * {@linkplain #skipped skipped} pictures, and may run several epochs at once.
 *
 * @param <B> what {@code collate} makes of the samples of a batch; if it is {@link AutoCloseable}, batches that nobody
 *     took are closed
 */
public final class Loader<B> {
    private final Dataset dataset;
    private final Transform transform;
    private final Function<List<Sample>, B> collate;
    private final Options options;
    private final Map<String, Skipped> skipped = new ConcurrentSkipListMap<>();

    private record Options(
            int batchSize,
            int workers,
            int prefetch,
            long seed,
            Order order,
            boolean strict,
            Optional<Size> decodeAtLeast,
            boolean dropLast) {
        Options {
            requirePositive("batch size", batchSize);
            requirePositive("number of workers", workers);
            requirePositive("number of batches to prefetch", prefetch);
        }

        private static void requirePositive(String what, int value) {
            if (value < 1) {
                throw new IllegalArgumentException("the " + what + " must be at least 1, got " + value);
            }
        }
    }

    private Loader(Dataset dataset, Transform transform, Function<List<Sample>, B> collate, Options options) {
        this.dataset = dataset;
        this.transform = transform;
        this.collate = collate;
        this.options = options;
    }

    /**
     * A loader with batches of 32 in sequential order, one worker a core, two batches ahead, seed 0, not strict, full decode,
     * the last batch kept.
     *
     * @param transform runs on worker threads, with the random stream of (seed, epoch, sample)
     * @param collate makes a batch of at least one sample; runs on worker threads
     * @throws IllegalArgumentException if the dataset is empty
     */
    public static <B> Loader<B> of(Dataset dataset, Transform transform, Function<List<Sample>, B> collate) {
        if (dataset.size() == 0) {
            throw new IllegalArgumentException("the dataset to load has no samples");
        }
        int cores = Runtime.getRuntime().availableProcessors();
        return new Loader<>(
                dataset,
                transform,
                collate,
                new Options(32, cores, 2, 0, Order.sequential(), false, Optional.empty(), false));
    }

    /** Samples a batch, at least 1. */
    public Loader<B> batchSize(int n) {
        var o = options;
        return with(new Options(n, o.workers, o.prefetch, o.seed, o.order, o.strict, o.decodeAtLeast, o.dropLast));
    }

    /** Threads that decode, at least 1. */
    public Loader<B> workers(int n) {
        var o = options;
        return with(new Options(o.batchSize, n, o.prefetch, o.seed, o.order, o.strict, o.decodeAtLeast, o.dropLast));
    }

    /** Batches prepared ahead of the one the consumer holds, at least 1. */
    public Loader<B> prefetch(int n) {
        var o = options;
        return with(new Options(o.batchSize, o.workers, n, o.seed, o.order, o.strict, o.decodeAtLeast, o.dropLast));
    }

    /** The seed of order and augmentation. */
    public Loader<B> seed(long seed) {
        var o = options;
        return with(
                new Options(o.batchSize, o.workers, o.prefetch, seed, o.order, o.strict, o.decodeAtLeast, o.dropLast));
    }

    /** Which samples an epoch visits. */
    public Loader<B> order(Order order) {
        var o = options;
        return with(
                new Options(o.batchSize, o.workers, o.prefetch, o.seed, order, o.strict, o.decodeAtLeast, o.dropLast));
    }

    /** Whether the first picture that cannot be read stops the epoch instead of being left out. */
    public Loader<B> strict(boolean strict) {
        var o = options;
        return with(
                new Options(o.batchSize, o.workers, o.prefetch, o.seed, o.order, strict, o.decodeAtLeast, o.dropLast));
    }

    /** The size below which no picture may be decoded; larger ones may be decoded at a reduced scale. */
    public Loader<B> decodeAtLeast(Optional<Size> size) {
        var o = options;
        return with(new Options(o.batchSize, o.workers, o.prefetch, o.seed, o.order, o.strict, size, o.dropLast));
    }

    /** Whether a last batch with fewer samples than the others is left out. */
    public Loader<B> dropLast(boolean drop) {
        var o = options;
        return with(new Options(o.batchSize, o.workers, o.prefetch, o.seed, o.order, o.strict, o.decodeAtLeast, drop));
    }

    private Loader<B> with(Options changed) {
        return new Loader<>(dataset, transform, collate, changed);
    }

    /** The number of batches in an epoch, counting those whose pictures may all turn out corrupt. */
    public int batchesPerEpoch() {
        return EpochPlan.batches(
                options.order.indices(dataset.size(), options.seed, 0).length, batchSize(), dropLast());
    }

    /** The dataset it reads. */
    public Dataset dataset() {
        return dataset;
    }

    /** Samples a batch. */
    public int batchSize() {
        return options.batchSize;
    }

    private boolean dropLast() {
        return options.dropLast;
    }

    /**
     * Starts an epoch. Workers begin at once; close the result to stop them.
     *
     * @param firstBatch the batches before it are left out; the others are those of an unbroken epoch
     */
    public Batches<B> epoch(int epoch, int firstBatch) {
        int[] order = options.order.indices(dataset.size(), options.seed, epoch);
        var plan = EpochPlan.of(order, options.batchSize, options.dropLast);
        if (firstBatch < 0 || firstBatch > plan.batches()) {
            throw new IllegalArgumentException("the first batch must be in 0.." + plan.batches()
                    + ", the number of batches in an epoch, got " + firstBatch);
        }
        var reader = new SampleReader(dataset, transform, options.decodeAtLeast, options.strict, options.seed, epoch);
        return new Batches<>(
                plan,
                firstBatch,
                options.workers,
                options.prefetch,
                slice -> prepare(reader, slice),
                collate,
                this::nothingRead);
    }

    /** All pictures that could not be read so far, each source once, sorted by source. */
    public List<Skipped> skipped() {
        return List.copyOf(skipped.values());
    }

    private List<Sample> prepare(SampleReader reader, EpochPlan.Slice slice) {
        List<Sample> samples = new ArrayList<>(slice.length());
        for (int i = 0; i < slice.length(); i++) {
            reader.read(slice.index(i), slice.repeat(i), skip -> skipped.putIfAbsent(skip.source(), skip))
                    .ifPresent(samples::add);
        }
        return samples;
    }

    private String nothingRead() {
        List<Skipped> all = skipped();
        return "none of the " + all.size() + " pictures could be read; the first: "
                + all.get(0).reason();
    }
}
