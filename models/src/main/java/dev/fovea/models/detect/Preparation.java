package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
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

    /** Pixels scaled to 0-1 and normalised as on ImageNet, red first; batches are as large as their largest picture. */
    static Preparation imageNet(Rule rule) {
        return new Preparation(rule, List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225), 1 / 255.0, false, 1);
    }

    /** How a size follows from a picture's. */
    public sealed interface Rule {}

    /** The shorter side becomes {@code shortest}, unless the longer would exceed {@code longest}, which then decides. */
    public record WithinSides(int shortest, int longest) implements Rule {}

    /** Stretched to one size. */
    public record Stretched(Size size) implements Rule {}

    /** Enlarged or shrunk as a whole until it fits, at the top left, the rest filled with {@code fill} (0-255). */
    public record TopLeft(Size size, int fill) implements Rule {}

    /** The size that a picture of {@code size} gets, before padding. */
    public Size prepared(Size size) {
        if (rule instanceof WithinSides within) {
            // In float32 and by a reciprocal, as the reference: rounding up or down decides about a pixel.
            float shorter = 1f / Math.min(size.height(), size.width()) * within.shortest;
            float longer = 1f / Math.max(size.height(), size.width()) * within.longest;
            double factor = Math.min(shorter, longer);
            return new Size((int) Math.max(1, Math.floor(size.height() * factor)), (int)
                    Math.max(1, Math.floor(size.width() * factor)));
        } else if (rule instanceof TopLeft box) {
            double factor =
                    Math.min((double) box.size.height() / size.height(), (double) box.size.width() / size.width());
            return new Size((int) Math.max(1, size.height() * factor), (int) Math.max(1, size.width() * factor));
        }
        return ((Stretched) rule).size;
    }

    /**
     * Prepares pictures {@code [3, H, W]} of floats 0-1, red first, on their device: scaled, normalised, resized bilinearly without
     * antialiasing (as the reference does with tensors) and padded.
     */
    public Pictures batch(List<Tensor> images) {
        var resized = new ArrayList<Tensor>();
        var sizes = new ArrayList<Size>();
        for (var image : images) {
            var size = prepared(new Size((int) image.dim(1), (int) image.dim(2)));
            sizes.add(size);
            resized.add(normalised(image)
                    .unsqueeze(0)
                    .interpolate(size.height(), size.width(), Tensor.Interpolation.BILINEAR, false, false)
                    .squeeze(0));
        }
        var frame = frame(sizes);
        double fill = rule instanceof TopLeft box ? box.fill * scale : 0;
        var padded = new ArrayList<Tensor>();
        for (int i = 0; i < sizes.size(); i++) {
            padded.add(resized.get(i)
                    .pad(
                            Tensor.PadMode.CONSTANT,
                            fill,
                            0,
                            frame.width() - sizes.get(i).width(),
                            0,
                            frame.height() - sizes.get(i).height()));
        }
        return new Pictures(Tensor.stack(padded, 0), sizes);
    }

    private Tensor normalised(Tensor image) {
        double factor = scale * 255;
        var scaled = factor == 1 ? image : image.mul(factor);
        if (bgr) {
            scaled = scaled.flip(0);
        }
        return scaled.sub(channels(mean, image)).div(channels(std, image));
    }

    private static Tensor channels(List<Double> values, Tensor like) {
        var array = values.stream().mapToDouble(Double::doubleValue).toArray();
        return Tensor.of(array, values.size(), 1, 1).to(like.dtype()).to(like.device());
    }

    /** The size of a batch of pictures that were prepared. */
    public Size frame(List<Size> sizes) {
        if (rule instanceof TopLeft box) {
            return box.size;
        }
        int height = sizes.stream().mapToInt(Size::height).max().orElseThrow();
        int width = sizes.stream().mapToInt(Size::width).max().orElseThrow();
        return new Size(roundedUp(height), roundedUp(width));
    }

    private int roundedUp(int length) {
        return (length + multiple - 1) / multiple * multiple;
    }
}
