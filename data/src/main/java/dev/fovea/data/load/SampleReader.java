package dev.fovea.data.load;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;

/** Decodes and transforms the samples of one epoch. */
record SampleReader(
        Dataset dataset, Transform transform, Optional<Size> atLeast, boolean strict, long seed, int epoch) {

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
            Picture prepared = transform.apply(picture, Seeds.sample(seed, epoch, index, repeat));
            return Optional.of(new Sample(index, source, prepared));
        } catch (RuntimeException e) {
            throw new IllegalStateException(source + ": the transform failed: " + e, e);
        }
    }

    private static String reason(String source, IOException e) {
        String message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.contains(source) ? message : source + ": " + message;
    }
}
