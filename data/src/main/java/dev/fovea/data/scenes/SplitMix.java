package dev.fovea.data.scenes;

/**
 * The generator behind the scenes: SplitMix64 (Steele, Lea, Flood 2014, "Fast splittable pseudorandom number
 * generators"). Own code because the pictures must not change with the Java version.
 */
final class SplitMix {
    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private long state;

    SplitMix(long key) {
        state = key;
    }

    /** One key out of several numbers; their order matters. */
    static long key(long... parts) {
        long key = 0;
        for (long part : parts) {
            key = mix(key + GAMMA + mix(part + GAMMA));
        }
        return key;
    }

    static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    long next() {
        state += GAMMA;
        return mix(state);
    }

    /** In [0, 1). */
    double uniform() {
        return (next() >>> 11) * 0x1.0p-53;
    }

    /** In [from, to). */
    double uniform(double from, double to) {
        return from + (to - from) * uniform();
    }

    /** In 0 .. bound - 1. */
    int below(int bound) {
        return (int) (uniform() * bound);
    }

    boolean chance(double probability) {
        return uniform() < probability;
    }

    <E> E pick(E[] choices) {
        return choices[below(choices.length)];
    }
}
