package dev.fovea.data.scenes;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Generated pictures of textured, lit, overlapping objects on cluttered backgrounds, with exact annotation for every
 * task, so that demos and tests need no download.
 *
 * <p>A sample is a pure function of (seed, split, flavour, index, size, difficulty): the same on every machine, whatever
 * the number of pictures, and at another size the same scene seen at another resolution. What decides the class is the
 * shape; colours, textures, light and backgrounds are drawn alike for all classes. At the default difficulty and 32
 * pixels a linear classifier on the pixels names about a third of the test pictures, a small convolutional network
 * trained on 8,000 of them for ten epochs more than 98 of 100.
 *
 * <p>The annotation of a sample: the classes seen in it; its objects from back to front, each with the tight box and
 * the mask of its <em>visible</em> pixels, {@value SceneClass#KEYPOINTS} named key points and the outline of the
 * <em>whole</em> object (holes included, also where others hide it), cut to the picture; a class for each pixel,
 * {@link #BACKGROUND} where there is no object; a caption. A pixel belongs to the frontmost thing that covers at least
 * half of it. A key point is {@code VISIBLE} when it lies at most a pixel from its object's mask and nothing stands in
 * front of it, {@code ABSENT} outside the picture, else {@code HIDDEN}.
 *
 * <pre>{@code
 * var parts = Scenes.splits(Scenes.Options.classify(Size.square(32), 8000), 1000, 1000);
 * Image image = parts.train().image(0);
 * Annotation known = parts.train().annotation(0);
 * }</pre>
 */
public final class Scenes implements Dataset {
    /** The value of pixels without an object in the semantic map: the number of classes, so classes keep their index. */
    public static final int BACKGROUND = SceneClass.values().length;

    private static final List<String> CLASSES =
            Arrays.stream(SceneClass.values()).map(SceneClass::label).toList();
    private final Options options;
    private final Split split;

    private Scenes(Options options, Split split) {
        this.options = Objects.requireNonNull(options, "options");
        this.split = Objects.requireNonNull(split, "split");
    }

    /** What a picture shows. */
    public enum Flavour {
        /** One large object, which is the picture's class, among smaller things that belong to no class. */
        CLASSIFY(1),
        /** From one object to {@link Options#maxObjects}, any class, some cut by the edge or partly hidden. */
        SCENE(2);

        /** Keeps the random numbers of the flavours apart. */
        final long stream;

        Flavour(long stream) {
            this.stream = stream;
        }
    }

    /** Three streams of pictures that share none. */
    public enum Split {
        TRAIN(1),
        VALIDATION(2),
        TEST(3);

        /** Keeps the random numbers of the splits apart. */
        final long stream;

        Split(long stream) {
            this.stream = stream;
        }
    }

    /** The three splits of one data set. */
    public record Parts(Scenes train, Scenes validation, Scenes test) {
        /** The same as training takes it. */
        public SplitDatasets datasets() {
            var options = train.options();
            return new SplitDatasets(
                    train,
                    validation,
                    Optional.of(test),
                    CLASSES,
                    options.flavour() == Flavour.SCENE,
                    "generated scenes of " + options.size() + ", seed " + options.seed() + ", difficulty "
                            + options.difficulty() + ": " + train.size() + " train, " + validation.size()
                            + " validation, " + test.size() + " test");
        }
    }

    /**
     * What to generate.
     *
     * @param size of the pictures, 16 to 4096 pixels a side, at most four times as long as wide
     * @param count the number of pictures
     * @param difficulty 0 (large, upright objects in front of calm backgrounds) to 1 (small, turned, tilted, noisy,
     *     little contrast); {@value #DEFAULT_DIFFICULTY} unless said
     * @param maxObjects the most objects in a picture of {@link Flavour#SCENE}, 1 to 9
     */
    public record Options(Size size, int count, long seed, Flavour flavour, double difficulty, int maxObjects) {
        static final double DEFAULT_DIFFICULTY = 0.4;
        private static final int MIN_SIDE = 16;
        private static final int MAX_SIDE = 4096;

        public Options {
            Objects.requireNonNull(flavour, "flavour");
            int shorter = Math.min(size.width(), size.height());
            int longer = Math.max(size.width(), size.height());
            if (shorter < MIN_SIDE || longer > MAX_SIDE || longer > 4 * shorter) {
                throw new IllegalArgumentException("scenes: size must be " + MIN_SIDE + " to " + MAX_SIDE
                        + " pixels a side and at most 4 times as long as wide, got " + size);
            }
            if (count < 0) {
                throw new IllegalArgumentException("scenes: count must be 0 or more, got " + count);
            }
            if (!(difficulty >= 0 && difficulty <= 1)) {
                throw new IllegalArgumentException("scenes: difficulty must be 0 to 1, got " + difficulty);
            }
            if (maxObjects < 1 || maxObjects > 9) {
                throw new IllegalArgumentException("scenes: maxObjects must be 1 to 9, got " + maxObjects);
            }
        }

        /** Pictures with one class each. */
        public static Options classify(Size size, int count) {
            return new Options(size, count, 0, Flavour.CLASSIFY, DEFAULT_DIFFICULTY, 1);
        }

        /** Pictures with one to five objects each. */
        public static Options scene(Size size, int count) {
            return new Options(size, count, 0, Flavour.SCENE, DEFAULT_DIFFICULTY, 5);
        }

        public Options withSize(Size newSize) {
            return new Options(newSize, count, seed, flavour, difficulty, maxObjects);
        }

        public Options withCount(int newCount) {
            return new Options(size, newCount, seed, flavour, difficulty, maxObjects);
        }

        public Options withSeed(long newSeed) {
            return new Options(size, count, newSeed, flavour, difficulty, maxObjects);
        }

        public Options withDifficulty(double newDifficulty) {
            return new Options(size, count, seed, flavour, newDifficulty, maxObjects);
        }

        public Options withMaxObjects(int newMaxObjects) {
            return new Options(size, count, seed, flavour, difficulty, newMaxObjects);
        }
    }

    /** One split. */
    public static Scenes of(Options options, Split split) {
        return new Scenes(options, split);
    }

    /** All three splits: as many training pictures as the options say, and the given numbers of the others. */
    public static Parts splits(Options options, int validationCount, int testCount) {
        return new Parts(
                of(options, Split.TRAIN),
                of(options.withCount(validationCount), Split.VALIDATION),
                of(options.withCount(testCount), Split.TEST));
    }

    /**
     * Writes the three splits as people keep their data: {@code folder/train/fish/00012.png}, likewise {@code validation}
     * and {@code test}. Only for {@link Flavour#CLASSIFY}.
     *
     * @throws IOException if the folder exists and is not empty, or a file cannot be written; the message names it
     */
    public static void export(Path folder, Parts parts) throws IOException {
        ScenesExport.write(folder, parts);
    }

    public Options options() {
        return options;
    }

    public Split split() {
        return split;
    }

    @Override
    public int size() {
        return options.count();
    }

    @Override
    public List<String> classes() {
        return CLASSES;
    }

    /** The class of a classification sample, without making anything else of it. */
    public Label label(int index) {
        if (options.flavour() != Flavour.CLASSIFY) {
            throw new IllegalStateException(
                    "scenes: a picture of several objects has no single label; use annotation()");
        }
        return SceneComposer.mainClass(options.seed(), split, check(index)).toLabel();
    }

    @Override
    public Annotation annotation(int index) {
        return Annotator.annotate(SceneComposer.compose(options, split, check(index)), options.size());
    }

    /** For example {@code scenes/train/12 (seed 0)}. */
    @Override
    public String source(int index) {
        return "scenes/" + split.name().toLowerCase(Locale.ROOT) + "/" + check(index) + " (seed " + options.seed()
                + ")";
    }

    /** The picture in the size of the options, whatever the caller will shrink it to. */
    @Override
    public Image image(int index, Optional<Size> atLeast) {
        return image(index);
    }

    /** The picture, RGB, {@code [H, W, 3]}. */
    public Image image(int index) {
        return Painter.paint(SceneComposer.compose(options, split, check(index)), options.size());
    }

    private int check(int index) {
        return Objects.checkIndex(index, options.count());
    }
}
