package dev.fovea.data.inspect;

/**
 * Finds all pairs of 64-bit words that differ in at most {@value #RADIUS} bits without comparing all pairs (multi-index
 * hashing, Norouzi, Punjani and Fleet, arXiv 1307.2982): cut into four parts of 16 bits, two such words have at least one
 * part in which they differ in at most one bit.
 */
final class HammingIndex {
    static final int RADIUS = 7;
    private static final int PARTS = 4;
    private static final int KEYS = 1 << 16;

    private final long[] words;
    private final int[][] starts = new int[PARTS][];
    private final int[][] members = new int[PARTS][];

    /** Receives a pair of places, {@code first < second}, each pair once. */
    @FunctionalInterface
    interface PairConsumer {
        void accept(int first, int second);
    }

    HammingIndex(long[] hashes) {
        words = new long[hashes.length];
        for (int i = 0; i < hashes.length; i++) {
            words[i] = spread(hashes[i]);
        }
        for (int part = 0; part < PARTS; part++) {
            starts[part] = new int[KEYS + 1];
            members[part] = new int[words.length];
            fill(part);
        }
    }

    /** Reorders bits so that each part takes from everywhere: neighbouring bits of a hash are alike in many pictures. */
    private static long spread(long hash) {
        long word = 0;
        for (int i = 0; i < Long.SIZE; i++) {
            word |= ((hash >>> (i * 37 % Long.SIZE)) & 1) << i;
        }
        return word;
    }

    private static int key(long word, int part) {
        return (int) (word >>> (16 * part)) & (KEYS - 1);
    }

    private void fill(int part) {
        int[] start = starts[part];
        for (long word : words) {
            start[key(word, part) + 1]++;
        }
        for (int k = 0; k < KEYS; k++) {
            start[k + 1] += start[k];
        }
        int[] next = start.clone();
        for (int i = 0; i < words.length; i++) {
            members[part][next[key(words[i], part)]++] = i;
        }
    }

    void forEachPair(PairConsumer consumer) {
        for (int i = 0; i < words.length; i++) {
            for (int part = 0; part < PARTS; part++) {
                int key = key(words[i], part);
                pairsIn(i, part, key, consumer);
                for (int bit = 0; bit < 16; bit++) {
                    pairsIn(i, part, key ^ (1 << bit), consumer);
                }
            }
        }
    }

    private void pairsIn(int i, int part, int key, PairConsumer consumer) {
        for (int at = starts[part][key]; at < starts[part][key + 1]; at++) {
            int j = members[part][at];
            long difference = words[i] ^ words[j];
            if (j > i && Long.bitCount(difference) <= RADIUS && isFirstMatch(difference, part)) {
                consumer.accept(i, j);
            }
        }
    }

    /** Whether no earlier part has shown the pair already. */
    private static boolean isFirstMatch(long difference, int part) {
        for (int earlier = 0; earlier < part; earlier++) {
            if (Integer.bitCount(key(difference, earlier)) <= 1) {
                return false;
            }
        }
        return true;
    }
}
