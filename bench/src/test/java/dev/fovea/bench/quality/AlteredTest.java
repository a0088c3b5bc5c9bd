package dev.fovea.bench.quality;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.data.IdxImages;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AlteredTest {
    @TempDir
    Path temp;

    private static Picture picture() {
        var pixels = new byte[16];
        for (int i = 0; i < 16; i++) {
            pixels[i] = (byte) i;
        }
        return Picture.of(Image.wrap(4, 4, 1, pixels), Annotation.NONE);
    }

    @Test
    void quarters_change_places_whole_and_never_all_stay() {
        for (int seed = 0; seed < 100; seed++) {
            var image = Altered.quartersShuffled(picture(), new SplittableRandom(seed))
                    .image();
            assertThat(image).isNotEqualTo(picture().image());
            var corners = new HashSet<Integer>();
            for (int y = 0; y < 4; y += 2) {
                for (int x = 0; x < 4; x += 2) {
                    int corner = image.get(x, y, 0);
                    assertThat(new int[] {image.get(x + 1, y, 0), image.get(x, y + 1, 0), image.get(x + 1, y + 1, 0)})
                            .containsExactly(corner + 1, corner + 4, corner + 5);
                    corners.add(corner);
                }
            }
            assertThat(corners).containsExactlyInAnyOrder(0, 2, 8, 10);
        }
    }

    @Test
    void quarter_turns_are_all_four_and_move_pixels_alone() {
        var seen = new HashSet<Integer>();
        for (int seed = 0; seed < 40; seed++) {
            var image =
                    Altered.quarterTurned(picture(), new SplittableRandom(seed)).image();
            seen.add(image.get(0, 0, 0));
            assertThat(image.get(0, 0, 0) + image.get(3, 3, 0)).isEqualTo(15);
        }
        assertThat(seen).containsExactlyInAnyOrder(0, 3, 12, 15);
    }

    /** 30 pictures of two pixels: the number and the class. */
    private Path digits() throws IOException {
        for (String part : new String[] {"train", "t10k"}) {
            try (var images = new DataOutputStream(Files.newOutputStream(temp.resolve(part + "-images-idx3-ubyte")));
                    var labels =
                            new DataOutputStream(Files.newOutputStream(temp.resolve(part + "-labels-idx1-ubyte")))) {
                for (int word : new int[] {0x803, 30, 1, 2}) {
                    images.writeInt(word);
                }
                labels.writeInt(0x801);
                labels.writeInt(30);
                for (int i = 0; i < 30; i++) {
                    images.write(new byte[] {(byte) i, (byte) (i % 3)});
                    labels.writeByte(i % 3);
                }
            }
        }
        return temp;
    }

    @Test
    void chosen_digits_are_equally_many_a_class_and_apart_from_the_others() throws IOException {
        var chosen = DigitFolder.choose(digits(), 4, 5);
        var labelled = chosen.write(temp.resolve("labelled"));
        var train = IdxImages.open(
                labelled.resolve("train-images-idx3-ubyte"), labelled.resolve("train-labels-idx1-ubyte"));
        var others = Datasets.openUnlabelled(chosen.writeOthers(temp.resolve("others")));
        assertThat(train.size()).isEqualTo(12);
        assertThat(others.size()).isEqualTo(18);
        var seen = new HashSet<Integer>();
        var counts = new int[3];
        for (int i = 0; i < 12; i++) {
            var image = train.image(i, Optional.empty());
            seen.add(image.get(0, 0, 0));
            int label = train.annotation(i).labels().get(0).index();
            assertThat(image.get(1, 0, 0)).isEqualTo(label);
            counts[label]++;
        }
        assertThat(counts).containsOnly(4);
        for (int i = 0; i < 18; i++) {
            seen.add(others.image(i, Optional.empty()).get(0, 0, 0));
        }
        assertThat(seen).hasSize(30);
        assertThat(Datasets.open(labelled).test().map(Dataset::size)).contains(30);
    }
}
