package dev.fovea.cli;

import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Crop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Files read batch by batch, in order: while one batch is looked at, the next is decoded on all processors. */
final class PictureBatches implements Iterator<List<OrderedWork.Done<Image>>>, AutoCloseable {
    private final OrderedWork<Image> images;
    private final int batch;

    PictureBatches(List<Path> files, int batch, Optional<Crop> crop) {
        this.batch = batch;
        images = new OrderedWork<>(files, Runtime.getRuntime().availableProcessors(), 1, 2 * batch, crop, one -> one);
    }

    @Override
    public boolean hasNext() {
        return images.hasNext();
    }

    @Override
    public List<OrderedWork.Done<Image>> next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        var batchOfThem = new ArrayList<OrderedWork.Done<Image>>(batch);
        while (images.hasNext() && batchOfThem.size() < batch) {
            batchOfThem.add(images.next());
        }
        return batchOfThem;
    }

    @Override
    public void close() {
        images.close();
    }
}
