package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * How a picture of any size becomes one of the network's input size. The policy belongs to the weights: it is stored
 * beside them in its text form and used again wherever they are.
 *
 * <pre>{@code
 * ResizePolicy.parse("resize256-crop224-bilinear")    // shortest side to 256, centre 224 x 224
 * ResizePolicy.parse("stretch320x240-bicubic")        // 320 wide, 240 high, whatever the shape was
 * ResizePolicy.parse("letterbox640-fill114-bilinear") // whole picture, bars of grey 114
 * ResizePolicy.parse("corner640-fill114")             // whole picture at the top left, the rest grey 114
 * ResizePolicy.parse("sides800-1333-corner1344")      // shorter side 800 or longer side 1333, at the top left, the rest zero
 * }</pre>
 */
public sealed interface ResizePolicy extends Transform {
    /** The size of every prepared picture. */
    Size size();

    /** The filter. */
    Interpolation interpolation();

    /** The size from which on a source loses nothing: for decoding JPEG at reduced scale while training. */
    Optional<Size> atLeast();

    /** The prepared image without annotation. */
    Image apply(Image image);

    /** The movement of pixels that this policy means for an image of the given size. */
    Warp warp(Size from);

    @Override
    default Picture apply(Picture picture, RandomGenerator random) {
        return apply(picture);
    }

    /** The prepared picture; there is no chance in it. */
    default Picture apply(Picture picture) {
        return warp(picture.image().size()).apply(picture, apply(picture.image()));
    }

    /** The usual preparation for evaluation: shortest side to 8/7 of the input size, then its centre, bilinear. */
    static ResizePolicy evaluation(int side) {
        return new ShortestSideCrop(Math.round(side * 8 / 7f), Size.square(side), Interpolation.BILINEAR);
    }

    /**
     * A policy from its text; the interpolation may be left out and is bilinear then.
     *
     * @throws IllegalArgumentException if the text is no policy
     */
    static ResizePolicy parse(String text) {
        return ResizeText.parse(text);
    }

    /** The whole picture at the given size; its shape is not kept. */
    record Stretch(Size size, Interpolation interpolation) implements ResizePolicy {
        @Override
        public Image apply(Image image) {
            return Resample.resize(image, size, interpolation);
        }

        @Override
        public Warp warp(Size from) {
            return Warp.stretch(from, size);
        }

        @Override
        public Optional<Size> atLeast() {
            return Optional.of(size);
        }

        @Override
        public String toString() {
            return "stretch" + ResizeText.of(size) + "-" + interpolation;
        }
    }

    /**
     * The shortest side resized to {@code resize} pixels, shape kept, then the centre of the given size, padded with black
     * where the picture is smaller; rounding as torchvision's {@code Resize} and {@code CenterCrop}.
     */
    record ShortestSideCrop(int resize, Size size, Interpolation interpolation) implements ResizePolicy {
        public ShortestSideCrop {
            if (resize < 1) {
                throw new IllegalArgumentException("the shortest side must become at least 1 pixel, got " + resize);
            }
        }

        /** The size before the crop. */
        Size resized(Size from) {
            int longSide = (int) ((double) ((long) resize * Math.max(from.width(), from.height()))
                    / Math.min(from.width(), from.height()));
            return from.width() <= from.height() ? new Size(longSide, resize) : new Size(resize, longSide);
        }

        @Override
        public Image apply(Image image) {
            Size full = resized(image.size());
            Frame frame = Frame.centre(full, size);
            if (!frame.isInside(full)) {
                return frame.cut(Resample.resize(image, full, interpolation), 0);
            }
            return full.equals(image.size())
                    ? frame.cut(image, 0)
                    : Resample.window(image, full, frame.x(), frame.y(), size, interpolation);
        }

        @Override
        public Warp warp(Size from) {
            Size full = resized(from);
            Frame frame = Frame.centre(full, size);
            return frame.warpOf(from, full);
        }

        @Override
        public Optional<Size> atLeast() {
            return Optional.of(Size.square(resize));
        }

        @Override
        public String toString() {
            return "resize" + resize + "-crop" + ResizeText.of(size) + "-" + interpolation;
        }
    }

    /** The whole picture with its shape kept, centred between bars of grey level {@code fill}, 0-255. */
    record Letterbox(Size size, int fill, Interpolation interpolation) implements ResizePolicy {
        public Letterbox {
            Chance.requireRange("letterbox", "fill", fill, 0, 255);
        }

        /** The size of the picture between the bars. */
        Size inner(Size from) {
            double scale = Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
            return new Size(
                    Math.min(size.height(), Math.max(1, (int) Math.round(from.height() * scale))),
                    Math.min(size.width(), Math.max(1, (int) Math.round(from.width() * scale))));
        }

        /** The whole seen from the picture between the bars. */
        Frame frame(Size inner) {
            return new Frame(-((size.width() - inner.width()) / 2), -((size.height() - inner.height()) / 2), size);
        }

        @Override
        public Image apply(Image image) {
            Size inner = inner(image.size());
            return frame(inner).cut(Resample.resize(image, inner, interpolation), fill);
        }

        @Override
        public Warp warp(Size from) {
            Size inner = inner(from);
            Frame frame = frame(inner);
            return frame.warpOf(from, inner);
        }

        @Override
        public Optional<Size> atLeast() {
            return Optional.of(size);
        }

        @Override
        public String toString() {
            return "letterbox" + ResizeText.of(size) + "-fill" + fill + "-" + interpolation;
        }
    }

    /**
     * The whole picture with its shape kept, at the top left, the rest filled with grey level {@code fill}. Without antialiasing the pixels
     * are those of OpenCV's bilinear filter, which does not widen when a picture shrinks: the preparation that YOLOX was trained and
     * measured with (Ge et al. 2021, arXiv 2107.08430). Sides are rounded down.
     *
     * @param fill 0-255
     * @param antialias whether pixels are those of {@link Interpolation#BILINEAR} everywhere else instead
     */
    record CornerLetterbox(Size size, int fill, boolean antialias) implements ResizePolicy {
        public CornerLetterbox {
            Chance.requireRange("corner", "fill", fill, 0, 255);
        }

        /** As YOLOX has it. */
        public CornerLetterbox(Size size, int fill) {
            this(size, fill, false);
        }

        private double ratio(Size from) {
            return Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
        }

        /** The size of the picture without the filled part; at least one pixel. */
        public Size inner(Size from) {
            double ratio = ratio(from);
            return new Size(
                    Math.max(1, Math.min(size.height(), (int) (from.height() * ratio))),
                    Math.max(1, Math.min(size.width(), (int) (from.width() * ratio))));
        }

        @Override
        public Image apply(Image image) {
            return new Frame(0, 0, size).cut(resized(image), fill);
        }

        /** The picture without the filled part. */
        Image resized(Image image) {
            Size inner = inner(image.size());
            if (inner.equals(image.size())) {
                return image;
            }
            return antialias
                    ? Resample.resize(image, inner, Interpolation.BILINEAR)
                    : PlainBilinear.resize(image, inner);
        }

        /** The ratio alone, as the reference scales boxes, though the last pixel of the picture may be rounded away. */
        @Override
        public Warp warp(Size from) {
            double ratio = ratio(from);
            return Warp.affine(ratio, 0, 0, 0, ratio, 0, size);
        }

        @Override
        public Optional<Size> atLeast() {
            return Optional.of(size);
        }

        @Override
        public Interpolation interpolation() {
            return Interpolation.BILINEAR;
        }

        @Override
        public String toString() {
            return "corner" + ResizeText.of(size) + "-fill" + fill + (antialias ? "-antialias" : "");
        }
    }

    /**
     * The whole picture with its shape kept: its shorter side gets {@code shortest} pixels, unless the longer would exceed {@code longest}, and
     * fewer where that does not fit into the frame. It lies at the top left; the rest is padding, which is zero after normalisation, so that
     * networks can tell it from the picture. The preparation of Faster R-CNN, DETR and their kin, in a frame that does not change.
     */
    record WithinSides(int shortest, int longest, Size size) implements ResizePolicy {
        public WithinSides {
            if (shortest < 1 || longest < 1) {
                throw new IllegalArgumentException(
                        "sides must become at least 1 pixel, got " + shortest + " and " + longest);
            }
        }

        /** The size of the picture without padding. */
        public Size inner(Size from) {
            // In float32 and by reciprocals, as the reference: rounding up or down decides about a pixel.
            float shorter = 1f / Math.min(from.height(), from.width()) * shortest;
            float longer = 1f / Math.max(from.height(), from.width()) * longest;
            double fit = Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
            double factor = Math.min(Math.min(shorter, longer), fit);
            return new Size(side(from.height() * factor, size.height()), side(from.width() * factor, size.width()));
        }

        private static int side(double length, int most) {
            return Math.max(1, Math.min(most, (int) length));
        }

        @Override
        public Image apply(Image image) {
            Size inner = inner(image.size());
            return new Frame(0, 0, size).cut(Resample.resize(image, inner, Interpolation.BILINEAR), 0);
        }

        @Override
        public Warp warp(Size from) {
            return new Frame(0, 0, size).warpOf(from, inner(from));
        }

        @Override
        public Optional<Size> atLeast() {
            return Optional.of(size);
        }

        @Override
        public Interpolation interpolation() {
            return Interpolation.BILINEAR;
        }

        @Override
        public String toString() {
            return "sides" + shortest + "-" + longest + "-corner" + ResizeText.of(size);
        }
    }
}
