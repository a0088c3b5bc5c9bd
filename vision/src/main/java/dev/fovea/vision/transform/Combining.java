package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** A transform that puts other pictures beside or over the one it is given, which it needs {@link Companions} for. */
public interface Combining extends Transform {
    @Override
    Picture apply(Picture picture, Companions others, RandomGenerator random);

    /** Always fails: there are no other pictures. */
    @Override
    default Picture apply(Picture picture, RandomGenerator random) {
        throw new IllegalStateException(this + " needs other pictures; apply it through a loader or give companions");
    }
}
