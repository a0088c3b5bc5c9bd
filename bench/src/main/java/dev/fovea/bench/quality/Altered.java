package dev.fovea.bench.quality;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.RandomRotation;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A data set whose pictures are changed at random, each always in the same way. */
public final class Altered implements Dataset {
    private static final long SEED = 20_171_026;

    private final Dataset upright;
    private final Transform change;

    public Altered(Dataset upright, Transform change) {
        this.upright = upright;
        this.change = change;
    }

    /** Turned by up to so many degrees either way, black at the corners. */
    public static Transform turned(int degrees) {
        return new RandomRotation(degrees, 0);
    }

    /** Turned by 0, 90, 180 or 270 degrees: pixels change places and nothing else. */
    public static Picture quarterTurned(Picture picture, RandomGenerator random) {
        var image = picture.image();
        for (int turns = random.nextInt(4); turns > 0; turns--) {
            image = quarterTurn(image);
        }
        return picture.withImage(image);
    }

    private static Image quarterTurn(Image image) {
        int step = image.channels();
        var to = new byte[image.pixels().length];
        for (int y = 0, i = 0; y < image.width(); y++) {
            for (int x = 0; x < image.height(); x++) {
                for (int c = 0; c < step; c++, i++) {
                    to[i] = (byte) image.get(image.width() - 1 - y, x, c);
                }
            }
        }
        return Image.wrap(/* width= */ image.height(), /* height= */ image.width(), step, to);
    }

    /** Cut into four quarters that change places, so that the parts are there and the whole is not; never left as it was. */
    public static Picture quartersShuffled(Picture picture, RandomGenerator random) {
        int[] places = {0, 1, 2, 3};
        do {
            for (int i = 3; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = places[i];
                places[i] = places[j];
                places[j] = swap;
            }
        } while (places[0] == 0 && places[1] == 1 && places[2] == 2);
        var image = picture.image();
        int halfWidth = image.width() / 2;
        int halfHeight = image.height() / 2;
        var to = image.pixels().clone();
        for (int quarter = 0; quarter < 4; quarter++) {
            int from = places[quarter];
            for (int y = 0; y < halfHeight; y++) {
                int source = (from / 2 * halfHeight + y) * image.width() + from % 2 * halfWidth;
                int target = (quarter / 2 * halfHeight + y) * image.width() + quarter % 2 * halfWidth;
                System.arraycopy(
                        image.pixels(),
                        source * image.channels(),
                        to,
                        target * image.channels(),
                        halfWidth * image.channels());
            }
        }
        return picture.withImage(Image.wrap(image.width(), image.height(), image.channels(), to));
    }

    @Override
    public int size() {
        return upright.size();
    }

    @Override
    public List<String> classes() {
        return upright.classes();
    }

    @Override
    public Annotation annotation(int index) {
        return upright.annotation(index);
    }

    @Override
    public String source(int index) {
        return upright.source(index);
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        var picture = Picture.of(upright.image(index, atLeast), annotation(index));
        return change.apply(picture, new SplittableRandom(SEED + index)).image();
    }
}
