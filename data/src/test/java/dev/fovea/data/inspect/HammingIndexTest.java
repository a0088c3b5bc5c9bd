package dev.fovea.data.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class HammingIndexTest {
    @Property(tries = 50)
    void finds_exactly_the_pairs_that_comparing_all_finds_each_once(@ForAll long seed) {
        var random = new SplittableRandom(seed);
        long[] words = new long[300];
        for (int i = 0; i < words.length; i++) {
            words[i] = i % 3 == 0 ? random.nextLong() : words[random.nextInt(i)];
            for (int flips = random.nextInt(10); flips > 0; flips--) {
                words[i] ^= 1L << random.nextInt(64);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            for (int j = i + 1; j < words.length; j++) {
                if (Long.bitCount(words[i] ^ words[j]) <= HammingIndex.RADIUS) {
                    expected.add(i + "-" + j);
                }
            }
        }
        List<String> found = new ArrayList<>();
        new HammingIndex(words).forEachPair((i, j) -> found.add(i + "-" + j));
        assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
    }
}
