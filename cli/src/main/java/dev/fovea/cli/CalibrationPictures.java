package dev.fovea.cli;

import dev.fovea.data.Dataset;
import dev.fovea.data.DatasetException;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.classify.ClassifyData;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Preprocessing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Pictures of real use, prepared for a network: {@code [n, C, H, W]} in batches. Holds native memory; close it.
 *
 * @param unreadable how many could not be read
 * @param isNoise whether no pictures were given
 */
record CalibrationPictures(List<Tensor> batches, int count, int unreadable, boolean isNoise) implements AutoCloseable {
    /** Few at a time, since all values inside a network are looked at together. */
    private static final int BATCH = 4;

    /** Reads some pictures, evenly spread over the data: its training part if it has classes, else all of it. */
    static CalibrationPictures read(String path, int most, Preprocessing preprocessing) throws IOException {
        var data = open(path);
        int asked = Math.min(most, data.size());
        var images = new ArrayList<Image>();
        var batches = new ArrayList<Tensor>();
        int unreadable = 0;
        for (int i = 0; i < asked; i++) {
            try {
                images.add(data.image((int) ((long) i * data.size() / asked), Optional.empty()));
            } catch (IOException e) {
                unreadable++; // the others do
            }
            if (images.size() == BATCH || i == asked - 1) {
                if (!images.isEmpty()) {
                    batches.add(tensor(images, preprocessing));
                }
                images.clear();
            }
        }
        if (batches.isEmpty()) {
            throw new IOException("none of " + asked + " pictures of " + path + " can be read; see 'fovea data inspect "
                    + path + "'");
        }
        return new CalibrationPictures(List.copyOf(batches), asked - unreadable, unreadable, false);
    }

    /** Normal noise, which shows in numbers alone what rounding changes; the same every time. */
    static CalibrationPictures noise(Preprocessing preprocessing) {
        var random = new Random(1);
        var size = preprocessing.size();
        var values = new float[Math.toIntExact(4L * BATCH * preprocessing.channels() * size.area())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        var tensor = Tensor.of(values, 4 * BATCH, preprocessing.channels(), size.height(), size.width());
        return new CalibrationPictures(List.of(tensor), 4 * BATCH, 0, true);
    }

    private static Dataset open(String path) throws IOException {
        try {
            return ClassifyData.open(path, 0).train();
        } catch (DatasetException noClasses) {
            return ClassifyData.openUnlabelled(path, 0);
        }
    }

    static Tensor tensor(List<Image> images, Preprocessing preprocessing) {
        var size = preprocessing.size();
        var tensor = Tensor.zeros(images.size(), preprocessing.channels(), size.height(), size.width());
        var floats = tensor.asByteBuffer().asFloatBuffer();
        int length = floats.capacity() / images.size();
        for (int i = 0; i < images.size(); i++) {
            preprocessing.apply(images.get(i), floats, i * length);
        }
        return tensor;
    }

    @Override
    public void close() {
        batches.forEach(Tensor::close);
    }
}
