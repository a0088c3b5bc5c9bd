package dev.fovea.train.detect;

import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.Pictures;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.train.Batch;
import dev.fovea.vision.Geometry;
import dev.fovea.vision.Instance;
import java.util.List;

/**
 * Pictures of possibly different sizes with the objects in them.
 *
 * @param targets one for each picture: what is learned, in prepared pixels
 * @param origins one for each picture: where it came from and what is there, for judging
 */
public record DetectBatch(Pictures pictures, List<BoxTargets> targets, List<Origin> origins) implements Batch {
    public DetectBatch {
        targets = List.copyOf(targets);
        origins = List.copyOf(origins);
    }

    /**
     * A picture as it was before it was prepared.
     *
     * @param index its place in the data set
     * @param geometry from its pixels to those of the batch
     * @param objects in its own pixels, crowds too
     */
    public record Origin(int index, Geometry geometry, List<Instance> objects) {
        public Origin {
            objects = List.copyOf(objects);
        }
    }

    @Override
    public int size() {
        return origins.size();
    }

    @Override
    public void adopt(Scope scope) {
        scope.take(pictures.pixels());
        for (var target : targets) {
            scope.take(target.boxes());
            scope.take(target.labels());
        }
    }

    /** The same batch on a device, pixels laid out as channels-last. */
    DetectBatch to(Device device) {
        return new DetectBatch(
                new Pictures(pictures.pixels().to(device).channelsLast(), pictures.sizes()),
                targets.stream()
                        .map(t ->
                                new BoxTargets(t.boxes().to(device), t.labels().to(device)))
                        .toList(),
                origins);
    }

    @Override
    public void close() {
        pictures.pixels().close();
        for (var target : targets) {
            target.boxes().close();
            target.labels().close();
        }
    }
}
