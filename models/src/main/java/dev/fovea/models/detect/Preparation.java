package dev.fovea.models.detect;

import dev.fovea.vision.Size;
import java.util.List;

/**
 * How pictures become the input of a detector: resized by a rule, scaled, normalised, and padded at the right and at the bottom.
 *
 * @param rule what size they get
 * @param mean per channel, after scaling
 * @param std per channel, after scaling
 * @param scale factor on pixels 0-255: usually 1/255
 * @param bgr whether blue comes first
 * @param multiple height and width of a batch are padded to multiples of this
 */
public record Preparation(Rule rule, List<Double> mean, List<Double> std, double scale, boolean bgr, int multiple) {
    public Preparation {
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** How a size follows from a picture's. */
    public sealed interface Rule {}

    /** The shorter side becomes {@code shortest}, unless the longer would exceed {@code longest}, which then decides. */
    public record WithinSides(int shortest, int longest) implements Rule {}

    /** Stretched to one size. */
    public record Stretched(Size size) implements Rule {}

    /** Enlarged or shrunk as a whole until it fits, at the top left, the rest filled with {@code fill} (0-255). */
    public record TopLeft(Size size, int fill) implements Rule {}
}
