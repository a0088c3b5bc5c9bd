package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** Other pictures of the same data, for transforms that put several into one; safe for many threads. */
@FunctionalInterface
public interface Companions {
    /** A picture chosen by chance alone, as it was read. */
    Picture draw(RandomGenerator random);
}
