package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/**
 * A change of a picture, always jointly of the image and all its annotation. Random parameters are drawn once a call
 * and in a fixed order, so that a seeded generator repeats the result exactly. Implementations are immutable and
 * safe for many threads; the input is not modified.
 */
public interface Transform {
    /** Applies this transform; {@code random} is not touched by transforms without chance. */
    Picture apply(Picture picture, RandomGenerator random);

    /** The same where other pictures of the data can be had, which only {@link Combining} transforms look at. */
    default Picture apply(Picture picture, Companions others, RandomGenerator random) {
        return apply(picture, random);
    }

    /** This transform followed by another. */
    default Transform then(Transform next) {
        Transform first = this;
        return new Transform() {
            @Override
            public Picture apply(Picture picture, RandomGenerator random) {
                return next.apply(first.apply(picture, random), random);
            }

            @Override
            public Picture apply(Picture picture, Companions others, RandomGenerator random) {
                return next.apply(first.apply(picture, others, random), others, random);
            }
        };
    }
}
