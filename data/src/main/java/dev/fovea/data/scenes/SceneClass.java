package dev.fovea.data.scenes;

import dev.fovea.vision.Label;
import java.util.List;
import java.util.Locale;

/**
 * The classes of objects, in alphabetical order so that a folder of exported pictures has the same indices. Each has
 * {@value #KEYPOINTS} named key points. "Left" and "right" are those of the upright object as it is seen.
 */
public enum SceneClass {
    BALL("centre", "top", "right", "bottom", "left"),
    CUBE("near corner", "back corner", "right corner", "foot", "left corner"),
    CUP("handle", "handle rim", "handle base", "far rim", "far base"),
    FISH("mouth", "eye", "back", "belly", "tail"),
    HEART("notch", "right lobe", "tip", "left lobe", "centre"),
    HOUSE("apex", "right eave", "right base", "left base", "left eave"),
    KEY("head", "neck", "middle", "bit", "tip"),
    LEAF("tip", "right", "base", "left", "stalk"),
    STAR("top", "right arm", "right leg", "left leg", "left arm"),
    TREE("top", "right", "neck", "left", "foot");

    /** The number of key points of every class. */
    public static final int KEYPOINTS = 5;

    @SuppressWarnings("ImmutableEnumChecker") // List.of of strings
    private final List<String> keypoints;

    SceneClass(String... keypoints) {
        this.keypoints = List.of(keypoints);
    }

    /** The names of its key points, in order. */
    public List<String> keypoints() {
        return keypoints;
    }

    /** The name as it stands in captions and folders, for example {@code fish}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The name of several, for example {@code leaves}. */
    public String plural() {
        return switch (this) {
            case FISH -> "fish";
            case LEAF -> "leaves";
            default -> label() + "s";
        };
    }

    /** Index and name for annotations. */
    @SuppressWarnings("EnumOrdinal") // the order of the constants is the order of the class indices
    public Label toLabel() {
        return new Label(ordinal(), label());
    }

    /** Whether it is seen from any side: it may point anywhere and be mirrored. */
    boolean turnsFreely() {
        return this == KEY || this == LEAF;
    }

    /** Whether its mirror image is as common as itself; symmetric classes are not mirrored, to keep left and right. */
    boolean hasMirrorImage() {
        return this == CUP || this == FISH || this == KEY;
    }

    /** A new exemplar. */
    Figure draw(SplitMix random, boolean lightFromLeft) {
        return switch (this) {
            case BALL -> GeometricFigures.ball();
            case CUBE -> GeometricFigures.cube(random, lightFromLeft);
            case CUP -> GeometricFigures.cup(random);
            case FISH -> NaturalFigures.fish(random);
            case HEART -> GeometricFigures.heart(random);
            case HOUSE -> GeometricFigures.house(random);
            case KEY -> GeometricFigures.key(random);
            case LEAF -> NaturalFigures.leaf(random);
            case STAR -> GeometricFigures.star(random, lightFromLeft);
            case TREE -> random.chance(0.5) ? NaturalFigures.spruce(random) : NaturalFigures.broadleaf(random);
        };
    }
}
