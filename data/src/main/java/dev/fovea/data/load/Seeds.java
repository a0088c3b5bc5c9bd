package dev.fovea.data.load;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Independent random streams from one seed. Keys are mixed with the output function of splitmix64 (Steele, Lea, Flood
 * 2014), so that neighbouring epochs and samples share nothing.
 */
final class Seeds {
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /** The stream that decides the order of an epoch. */
    static RandomGenerator order(long seed, int epoch) {
        return new SplittableRandom(mix(mix(seed) ^ mix(epoch + 0x6F72646572L)));
    }

    /**
     * The stream of one sample in one epoch.
     *
     * @param repeat 0 for the first visit of the sample in the epoch, 1 for the second, ...
     */
    static RandomGenerator sample(long seed, int epoch, int index, int repeat) {
        long key = mix(seed) + mix(epoch);
        key = mix(key) + mix(((long) repeat << 32) | index);
        return new SplittableRandom(mix(key));
    }

    private static long mix(long x) {
        long z = x + GOLDEN;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
