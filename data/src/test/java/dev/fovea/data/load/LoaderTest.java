package dev.fovea.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoaderTest {
    private static final Transform AS_IS = (picture, random) -> picture;

    /** A batch as text, with the index of each sample and the first number its transform drew. */
    private static Loader<String> loader(int size, Set<Integer> corrupt) {
        Transform draw = (picture, random) ->
                picture.withImage(Image.filled(1, 1, picture.image().get(0, 0, 0), random.nextInt(256), 0));
        return Loader.of(new Numbered(size, corrupt), draw, samples -> {
            var text = new StringBuilder();
            for (Sample s : samples) {
                var image = s.picture().image();
                assertThat(image.get(0, 0, 0)).isEqualTo(s.index());
                text.append(s.index()).append(':').append(image.get(0, 0, 1)).append(' ');
            }
            return text.toString();
        });
    }

    private static <B> List<B> all(Loader<B> loader, int epoch, int firstBatch) {
        List<B> batches = new ArrayList<>();
        try (Batches<B> it = loader.epoch(epoch, firstBatch)) {
            it.forEachRemaining(batches::add);
        }
        return batches;
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 8})
    void many_workers_give_what_one_gives(int workers) {
        var loader =
                loader(103, Set.of(5, 50)).batchSize(10).order(Order.shuffled()).seed(7);
        assertThat(all(loader.workers(workers).prefetch(3), 4, 0)).isEqualTo(all(loader.workers(1), 4, 0));
    }

    @Test
    void resuming_gives_the_batches_of_the_unbroken_epoch() {
        var loader = loader(57, Set.of(3))
                .batchSize(8)
                .order(Order.shuffled())
                .seed(1)
                .workers(3);
        List<String> unbroken = all(loader, 2, 0);
        for (int first = 0; first <= loader.batchesPerEpoch(); first++) {
            assertThat(all(loader, 2, first)).isEqualTo(unbroken.subList(first, unbroken.size()));
        }
    }

    @Test
    void a_corrupt_picture_is_missing_from_its_batch_and_moves_no_other() {
        var order = Order.shuffled();
        List<String> sound = all(loader(40, Set.of()).batchSize(8).order(order), 0, 0);
        var loader = loader(40, Set.of(11, 30)).batchSize(8).order(order);
        List<String> torn = all(loader, 0, 0);
        assertThat(torn).hasSameSizeAs(sound);
        for (int i = 0; i < sound.size(); i++) {
            assertThat(torn.get(i)).isEqualTo(sound.get(i).replaceAll("\\b(11|30):\\d+ ", ""));
        }
        all(loader, 1, 0);
        assertThat(loader.skipped())
                .containsExactly(
                        new Skipped("numbers#11", "numbers#11 is truncated"),
                        new Skipped("numbers#30", "numbers#30 is truncated"));
    }

    @Test
    void a_batch_of_corrupt_pictures_is_left_out_and_its_number_too() {
        var loader = loader(12, Set.of(4, 5, 6, 7)).batchSize(4);
        try (var batches = loader.epoch(0, 0)) {
            assertThat(batches.batch()).isEqualTo(-1);
            batches.next();
            assertThat(batches.batch()).isZero();
            assertThat(batches.next()).startsWith("8:");
            assertThat(batches.batch()).isEqualTo(2);
            assertThat(batches.hasNext()).isFalse();
            assertThatThrownBy(batches::next).isInstanceOf(NoSuchElementException.class);
        }
    }

    @Test
    void an_epoch_without_any_sound_picture_fails_with_one_sentence() {
        var loader = loader(6, Set.of(0, 1, 2, 3, 4, 5)).batchSize(4);
        try (var batches = loader.epoch(0, 0)) {
            assertThatThrownBy(batches::hasNext)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("none of the 6 pictures could be read; the first: numbers#0 is truncated");
            assertThat(batches.hasNext()).isFalse();
        }
    }

    @Test
    void strict_stops_at_a_corrupt_picture_once_and_names_it() {
        var loader = loader(64, Set.of(20)).batchSize(4).workers(3).strict(true);
        try (var batches = loader.epoch(0, 0)) {
            assertThatThrownBy(() -> batches.forEachRemaining(b -> {}))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("numbers#20 is truncated");
            assertThat(batches.hasNext()).isFalse();
        }
        assertThat(loader.skipped()).isEmpty();
    }

    @Test
    void a_failing_transform_or_collate_reaches_the_consumer_with_its_sources() {
        Transform failing = (picture, random) -> {
            if (picture.image().get(0, 0, 0) == 9) {
                throw new IllegalArgumentException("nine");
            }
            return picture;
        };
        try (var batches = Loader.of(new Numbered(20, Set.of()), failing, List::size)
                .batchSize(4)
                .epoch(0, 0)) {
            assertThatThrownBy(() -> batches.forEachRemaining(b -> {}))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("numbers#9", "nine");
        }
        try (var batches = Loader.of(new Numbered(20, Set.of()), AS_IS, LoaderTest::refuse)
                .batchSize(4)
                .epoch(0, 0)) {
            assertThatThrownBy(batches::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageMatching("batch \\d \\(numbers#\\d+ \\.\\. numbers#\\d+\\): collate failed: .*uneven.*");
        }
    }

    private static String refuse(List<Sample> samples) {
        throw new IllegalArgumentException("uneven " + samples.size());
    }

    @Test
    void an_error_of_a_worker_is_not_swallowed() {
        Transform broken = (picture, random) -> {
            throw new AssertionError("broken");
        };
        try (var batches =
                Loader.of(new Numbered(4, Set.of()), broken, List::size).epoch(0, 0)) {
            assertThatThrownBy(batches::next).isInstanceOf(AssertionError.class).hasMessage("broken");
        }
    }

    @Test
    void closing_early_closes_every_batch_that_nobody_took_and_leaves_no_thread() {
        var closed = new AtomicInteger();
        var made = new AtomicInteger();
        Function<List<Sample>, AutoCloseable> collate = samples -> {
            made.incrementAndGet();
            return closed::incrementAndGet;
        };
        var loader = Loader.of(new Numbered(200, Set.of()), AS_IS, collate)
                .batchSize(4)
                .workers(4)
                .prefetch(5);
        int taken = 3;
        try (var batches = loader.epoch(0, 0)) {
            assertThat(loaderThreads()).isNotEmpty().allMatch(Thread::isDaemon);
            for (int i = 0; i < taken; i++) {
                batches.next();
            }
            assertThat(batches.hasNext()).isTrue();
        }
        assertThat(closed).hasValue(made.get() - taken);
        assertThat(loaderThreads()).isEmpty();
    }

    @Test
    void workers_stay_within_the_prefetched_batches() throws InterruptedException {
        var made = new AtomicInteger();
        var third = new CountDownLatch(3);
        var loader = Loader.of(new Numbered(100, Set.of()), AS_IS, samples -> {
                    int number = made.incrementAndGet();
                    third.countDown();
                    return number;
                })
                .batchSize(2)
                .workers(4)
                .prefetch(3);
        try (var batches = loader.epoch(0, 0)) {
            third.await();
            assertThat(made).hasValue(3);
            batches.next();
            assertThat(made.get()).isLessThanOrEqualTo(4);
        }
    }

    @Test
    void finished_epochs_leave_no_thread() {
        all(loader(50, Set.of()).batchSize(4).workers(4), 0, 0);
        assertThat(loaderThreads()).isEmpty();
    }

    @Test
    void the_last_batch_is_short_or_dropped() {
        var loader = loader(10, Set.of()).batchSize(4);
        assertThat(loader.batchesPerEpoch()).isEqualTo(3);
        assertThat(all(loader, 0, 0)).hasSize(3);
        assertThat(loader.dropLast(true).batchesPerEpoch()).isEqualTo(2);
        assertThat(all(loader.dropLast(true), 0, 0)).hasSize(2);
    }

    @Test
    void epochs_seeds_and_repeated_samples_draw_different_numbers() {
        var loader = loader(30, Set.of()).batchSize(30);
        assertThat(all(loader, 0, 0)).isEqualTo(all(loader, 0, 0)).isNotEqualTo(all(loader, 1, 0));
        assertThat(all(loader, 0, 0)).isNotEqualTo(all(loader.seed(1), 0, 0));
        double[] onlyThree = new double[30];
        onlyThree[3] = 1;
        String repeated = all(loader.order(Order.weighted(onlyThree)), 0, 0).get(0);
        assertThat(new HashSet<>(List.of(repeated.strip().split(" ")))).hasSizeGreaterThan(20);
    }

    @Test
    void wrong_options_are_refused_at_once() {
        var loader = loader(10, Set.of());
        assertThatThrownBy(() -> loader.batchSize(0)).hasMessage("the batch size must be at least 1, got 0");
        assertThatThrownBy(() -> loader.epoch(0, 2)).hasMessageContaining("0..1");
        assertThatThrownBy(() -> loader(0, Set.of())).hasMessage("the dataset to load has no samples");
    }

    @Test
    void the_wanted_size_reaches_the_dataset() {
        List<Optional<Size>> asked = Collections.synchronizedList(new ArrayList<>());
        var dataset = new Dataset() {
            private final Numbered numbers = new Numbered(3, Set.of());

            @Override
            public int size() {
                return 3;
            }

            @Override
            public List<String> classes() {
                return numbers.classes();
            }

            @Override
            public Annotation annotation(int index) {
                return numbers.annotation(index);
            }

            @Override
            public String source(int index) {
                return numbers.source(index);
            }

            @Override
            public Image image(int index, Optional<Size> atLeast) throws IOException {
                asked.add(atLeast);
                return numbers.image(index, atLeast);
            }
        };
        all(Loader.of(dataset, AS_IS, List::size).decodeAtLeast(Optional.of(Size.square(8))), 0, 0);
        assertThat(asked).hasSize(3).containsOnly(Optional.of(Size.square(8)));
    }

    private static List<Thread> loaderThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(t -> t.getName().startsWith("fovea-loader-"))
                .toList();
    }
}
