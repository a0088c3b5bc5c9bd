package dev.fovea.cli;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.transform.Crop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Files read batch by batch, in order: while one batch is looked at, the next is decoded on all processors. */
final class PictureBatches implements Iterator<List<PictureBatches.Read>> {
    private final List<Path> files;
    private final int batch;
    private final Optional<Crop> crop;
    private final ImageReader reader = new ImageReader();
    private int from;
    private CompletableFuture<List<Read>> ahead;

    /** A file, with its image or with why it has none. */
    record Read(Path file, Optional<Image> image, Optional<Exception> failure) {}

    PictureBatches(List<Path> files, int batch, Optional<Crop> crop) {
        this.files = files;
        this.batch = batch;
        this.crop = crop;
    }

    int files() {
        return files.size();
    }

    /** Decodes the first batch while its caller does something else. */
    PictureBatches begun() {
        ahead = CompletableFuture.supplyAsync(() -> readAll(following()));
        return this;
    }

    @Override
    public boolean hasNext() {
        return from < files.size();
    }

    @Override
    public List<Read> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var now = ahead == null ? readAll(following()) : ahead.join();
        from += now.size();
        ahead = hasNext() ? CompletableFuture.supplyAsync(() -> readAll(following())) : null;
        return now;
    }

    private List<Path> following() {
        return files.subList(from, Math.min(files.size(), from + batch));
    }

    private List<Read> readAll(List<Path> paths) {
        return paths.size() == 1
                ? List.of(read(paths.get(0)))
                : paths.parallelStream().map(this::read).toList();
    }

    private Read read(Path file) {
        try {
            var image = reader.read(file);
            return new Read(file, Optional.of(crop.map(c -> cut(c, image)).orElse(image)), Optional.empty());
        } catch (IOException | IllegalArgumentException e) {
            return new Read(file, Optional.empty(), Optional.of(e));
        }
    }

    private static Image cut(Crop crop, Image image) {
        return crop.apply(Picture.of(image, Annotation.NONE), null).image();
    }
}
