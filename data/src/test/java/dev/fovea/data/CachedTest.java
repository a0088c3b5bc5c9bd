package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedTest {
    private static final int PICTURE_BYTES = 100 * 10 * 3;

    @TempDir
    Path folder;

    /** Pictures of 100x10 pixels in the colour of their index, counting how often they are decoded. */
    private record Counted(AtomicInteger decoded) implements Dataset {
        @Override
        public int size() {
            return 20;
        }

        @Override
        public List<String> classes() {
            return List.of("all");
        }

        @Override
        public Annotation annotation(int index) {
            return Annotation.NONE;
        }

        @Override
        public String source(int index) {
            return "#" + index;
        }

        @Override
        public Image image(int index, Optional<Size> atLeast) {
            decoded.incrementAndGet();
            return Image.filled(
                    100, 10, index, 2 * index, atLeast.map(Size::width).orElse(0));
        }
    }

    private static void readTwice(PixelCache cache, int decodes) throws IOException {
        var original = new Counted(new AtomicInteger());
        Dataset cached = Cached.of(original, cache);
        for (int round = 0; round < 2; round++) {
            IntStream.range(0, 20).parallel().forEach(i -> {
                try {
                    assertThat(cached.image(i, Optional.empty())).isEqualTo(Image.filled(100, 10, i, 2 * i, 0));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
        assertThat(original.decoded()).hasValue(decodes);
        // another size is another picture
        assertThat(cached.image(3, Optional.of(Size.square(50)))).isEqualTo(Image.filled(100, 10, 3, 6, 50));
        assertThat(cached.image(3, Optional.empty())).isEqualTo(Image.filled(100, 10, 3, 6, 0));
    }

    @Test
    void with_room_for_all_each_picture_is_decoded_once() throws IOException {
        try (var memory = PixelCache.inMemory(1 << 20);
                var file = PixelCache.mapped(folder.resolve("cache"), 1 << 20)) {
            readTwice(memory, 20);
            readTwice(file, 20);
            assertThat(memory.status()).isEqualTo("20 pictures, 0 of 1 MiB of memory");
            assertThat(file.status()).isEqualTo("20 pictures, 0 of 1 MiB in " + folder.resolve("cache"));
        }
    }

    @Test
    void beyond_the_budget_pictures_are_decoded_again() throws IOException {
        try (var file = PixelCache.mapped(folder.resolve("cache"), 5 * PICTURE_BYTES + 100)) {
            readTwice(file, 20 + 15);
        }
        try (var memory = PixelCache.inMemory(5 * (PICTURE_BYTES + 128))) {
            var original = new Counted(new AtomicInteger());
            Dataset cached = Cached.of(original, memory);
            for (int i = 0; i < 40; i++) {
                cached.image(i % 20, Optional.empty());
            }
            assertThat(original.decoded()).hasValue(20 + 15);
        }
    }

    @Test
    void a_scratch_file_is_deleted_and_an_old_one_overwritten() throws IOException {
        Path file = folder.resolve("cache");
        Files.writeString(file, "FOVEAPIX and old pixels");
        try (var cache = PixelCache.mapped(file, 1 << 20)) {
            assertThatThrownBy(() -> PixelCache.mapped(file, 1 << 20))
                    .hasMessage(file + " is the pixel cache of another run; choose another file");
            readTwice(cache, 20);
        }
        assertThat(file).doesNotExist();
    }

    @Test
    void a_file_that_is_no_cache_is_left_alone() throws IOException {
        Path file = Files.writeString(folder.resolve("thesis.tex"), "years of work");
        assertThatThrownBy(() -> PixelCache.mapped(file, 1 << 20))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("exists and is no pixel cache");
        assertThat(file).hasContent("years of work");
    }

    @Test
    void a_closed_cache_decodes_again_without_failing() throws IOException {
        var cache = PixelCache.mapped(folder.resolve("cache"), 1 << 20);
        Dataset cached = Cached.of(new Counted(new AtomicInteger()), cache);
        cached.image(1, Optional.empty());
        cache.close();
        assertThat(cached.image(1, Optional.empty())).isEqualTo(Image.filled(100, 10, 1, 2, 0));
        cache.close();
    }
}
