package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import dev.fovea.vision.transform.Crop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files keep their order whoever is faster, and one that fails costs no other. */
class OrderedWorkTest {
    @TempDir
    private Path folder;

    private List<Path> pictures(int count) throws IOException {
        var files = new ArrayList<Path>();
        for (int i = 0; i < count; i++) {
            var file = folder.resolve(i + ".png");
            ImageWriter.write(Image.filled(10 + i, 4, 1, 2, 3), file);
            files.add(file);
        }
        return files;
    }

    private static List<Integer> widths(List<Image> images) {
        return images.stream().map(Image::width).toList();
    }

    @Test
    void results_come_in_the_order_of_the_files() throws IOException {
        var files = pictures(40);
        for (int group : new int[] {1, 3, 100}) {
            try (var work = new OrderedWork<>(files, 4, group, 5, Optional.empty(), images -> {
                pause(ThreadLocalRandom.current().nextInt(4));
                return widths(images);
            })) {
                var widths = new ArrayList<Integer>();
                work.forEachRemaining(done -> widths.add(done.result().orElseThrow()));
                assertThat(widths).isEqualTo(IntStream.range(10, 50).boxed().toList());
            }
        }
    }

    @Test
    void work_runs_only_so_far_ahead() throws IOException {
        var begun = new AtomicInteger();
        try (var work = new OrderedWork<>(pictures(30), 2, 2, 3, Optional.empty(), images -> {
            begun.addAndGet(images.size());
            return widths(images);
        })) {
            pause(300);
            assertThat(begun).hasValueLessThanOrEqualTo(6);
            work.next();
        }
    }

    @Test
    void a_file_that_is_no_picture_or_is_refused_is_told_alone() throws IOException {
        var files = new ArrayList<>(pictures(6));
        Files.writeString(files.get(2), "no picture");
        try (var work = new OrderedWork<>(files, 2, 4, 2, Optional.empty(), images -> {
            if (widths(images).contains(14)) {
                throw new IllegalArgumentException("14 is refused");
            }
            return widths(images);
        })) {
            var results = new ArrayList<Object>();
            work.forEachRemaining(done -> results.add(done.result()
                    .<Object>map(w -> w)
                    .orElseGet(() -> done.file().getFileName() + " failed")));
            assertThat(results).containsExactly(10, 11, "2.png failed", 13, "4.png failed", 15);
        }
    }

    @Test
    void only_a_part_of_each_picture_is_worked_on_if_wanted() throws IOException {
        try (var work =
                new OrderedWork<>(pictures(2), 1, 1, 1, Optional.of(Crop.parse("1,1,3,2")), OrderedWorkTest::widths)) {
            assertThat(work.next().result()).hasValue(3);
        }
    }

    @Test
    void what_is_wrong_with_the_work_itself_is_thrown() throws IOException {
        try (var work = new OrderedWork<>(pictures(2), 1, 1, 1, Optional.empty(), images -> {
            throw new IllegalStateException("closed");
        })) {
            assertThatThrownBy(work::next)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("closed");
        }
    }

    private static void pause(int milliseconds) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
