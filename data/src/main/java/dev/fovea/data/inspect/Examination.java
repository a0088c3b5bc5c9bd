package dev.fovea.data.inspect;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.statistics.ChannelStatistics;
import dev.fovea.vision.statistics.MeanImage;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * All parts of a data set as one, measuring each picture as it is decoded, so that the loader's threads do the work and no
 * pixels are kept.
 */
final class Examination implements Dataset {
    private static final Size SMALL = Size.square(64);
    private static final Size COMPONENTS = Size.square(32);
    private static final int MOST_FOR_COMPONENTS = 1000;

    private final List<Part> parts;
    private final int size;
    private final AtomicReferenceArray<Facts> facts;
    private final int stride;

    // Guarded by "this"; whole numbers, so that the order of the pictures does not matter.
    private final ChannelStatistics channels = new ChannelStatistics();
    private final MeanImage mean = new MeanImage(SMALL);
    private final Map<Integer, Image> forComponents = new TreeMap<>();

    /** One part of the data and the place of its first picture in the whole. */
    record Part(String name, Dataset dataset, int first) {}

    Examination(Map<String, Dataset> named) {
        parts = new ArrayList<>();
        int first = 0;
        for (var each : named.entrySet()) {
            parts.add(new Part(each.getKey(), each.getValue(), first));
            first += each.getValue().size();
        }
        size = first;
        facts = new AtomicReferenceArray<>(size);
        stride = (size + MOST_FOR_COMPONENTS - 1) / MOST_FOR_COMPONENTS;
    }

    List<Part> parts() {
        return parts;
    }

    Part part(int index) {
        Objects.checkIndex(index, size);
        int at = parts.size() - 1;
        while (parts.get(at).first() > index) {
            at--;
        }
        return parts.get(at);
    }

    /** What was measured, if the picture could be decoded. */
    Optional<Facts> facts(int index) {
        return Optional.ofNullable(facts.get(index));
    }

    ChannelStatistics channels() {
        return channels;
    }

    Image meanImage() {
        return mean.image();
    }

    /** At most 1000 small pictures, evenly taken. */
    List<Image> forComponents() {
        return List.copyOf(forComponents.values());
    }

    /** The picture itself, not measured again. */
    Image picture(int index, Size atLeast) throws IOException {
        Part part = part(index);
        return part.dataset().image(index - part.first(), Optional.of(atLeast));
    }

    /** The picture itself at its full size, in whose pixels its boxes are. */
    Image picture(int index) throws IOException {
        Part part = part(index);
        return part.dataset().image(index - part.first(), Optional.empty());
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public List<String> classes() {
        return parts.get(0).dataset().classes();
    }

    @Override
    public Annotation annotation(int index) {
        Part part = part(index);
        return part.dataset().annotation(index - part.first());
    }

    @Override
    public String source(int index) {
        Part part = part(index);
        return part.dataset().source(index - part.first());
    }

    /** Decodes and measures a picture; what is returned only stands for it. */
    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        Part part = part(index);
        Image image = part.dataset().image(index - part.first(), atLeast);
        Image small = Resample.resize(image, SMALL, Interpolation.BILINEAR);
        var own = new ChannelStatistics();
        own.add(image);
        facts.set(index, Facts.of(image, small));
        synchronized (this) {
            channels.merge(own);
            mean.add(small);
            if (index % stride == 0) {
                forComponents.put(index, Resample.resize(small, COMPONENTS, Interpolation.BILINEAR));
            }
        }
        return Image.filled(1, 1, 0);
    }
}
