package dev.fovea.data.load;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Decodes and transforms the samples of one epoch. */
record SampleReader(
        Dataset dataset, Transform transform, Optional<Size> atLeast, boolean strict, long seed, int epoch) {
    private static final int MOST_DRAWS = 100;

    /**
     * Prepares one sample.
     *
     * @return empty if the picture could not be read, which is told to {@code skipped}
     * @throws UncheckedIOException if the picture could not be read and this reader is strict
     * @throws IllegalStateException if the transform failed
     */
    Optional<Sample> read(int index, int repeat, Consumer<Skipped> skipped) {
        String source = dataset.source(index);
        Picture picture;
        try {
            picture = Picture.of(dataset.image(index, atLeast), dataset.annotation(index));
        } catch (IOException e) {
            String reason = reason(source, e);
            if (strict) {
                throw new UncheckedIOException(reason, e);
            }
            skipped.accept(new Skipped(source, reason));
            return Optional.empty();
        } catch (RuntimeException e) {
            throw new IllegalStateException(source + ": reading failed: " + e, e);
        }
        try {
            Picture prepared = transform.apply(picture, this::companion, Seeds.sample(seed, epoch, index, repeat));
            return Optional.of(new Sample(index, source, prepared));
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new IllegalStateException(source + ": the transform failed: " + e, e);
        }
    }

    /** Another picture by chance; one that cannot be read is passed over, and told when its own turn comes. */
    private Picture companion(RandomGenerator random) {
        for (int i = 0; i < MOST_DRAWS; i++) {
            int index = random.nextInt(dataset.size());
            try {
                return Picture.of(dataset.image(index, atLeast), dataset.annotation(index));
            } catch (IOException e) {
                if (strict) {
                    throw new UncheckedIOException(reason(dataset.source(index), e), e);
                }
            }
        }
        throw new IllegalStateException("none of " + MOST_DRAWS + " pictures drawn as companions could be read");
    }

    private static String reason(String source, IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.contains(source) ? message : source + ": " + message;
    }
}
