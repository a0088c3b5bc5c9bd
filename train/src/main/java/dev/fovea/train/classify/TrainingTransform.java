package dev.fovea.train.classify;

import dev.fovea.vision.Picture;
import dev.fovea.vision.transform.Augmentation;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.Transform;
import java.util.random.RandomGenerator;

/**
 * What a training picture goes through: channels, size, augmentation. A pipeline that itself crops to the input size sees the picture as
 * it was read; any other sees it in the input size already.
 */
record TrainingTransform(Preprocessing preprocessing, Augmentation augmentation) implements Transform {
    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        var coloured = picture.withImage(picture.image().withChannels(preprocessing.channels()));
        var augmented = augmentation.apply(
                augmentation.framesItself() ? coloured : preprocessing.resize().apply(coloured), random);
        return augmented.image().size().equals(preprocessing.size())
                ? augmented
                : preprocessing.resize().apply(augmented);
    }
}
