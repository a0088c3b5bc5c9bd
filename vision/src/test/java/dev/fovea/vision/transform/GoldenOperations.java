package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.PixelWarp.Filter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The three pictures of the reference set, and for each reference case the operation that must give its pixels. */
final class GoldenOperations {
    static final int WIDTH = 53;
    static final int HEIGHT = 37;
    private static final Size SIZE = new Size(HEIGHT, WIDTH);

    private GoldenOperations() {}

    /** Case name (operation, picture, backend) to operation. */
    static Map<String, UnaryOperator<Image>> all() {
        var cases = new TreeMap<String, UnaryOperator<Image>>();
        both(cases, "brightness_1.4/noise", i -> Photometric.brightness(i, 1.4));
        both(cases, "brightness_0.6/noise", i -> Photometric.brightness(i, 0.6));
        cases.put("contrast_1.4/noise/pil", i -> Photometric.contrast(i, 1.4));
        cases.put("contrast_0.6/noise/pil", i -> Photometric.contrast(i, 0.6));
        cases.put("saturation_1.4/noise/pil", i -> Photometric.saturation(i, 1.4));
        cases.put("saturation_0.6/noise/pil", i -> Photometric.saturation(i, 0.6));
        cases.put("hue_0.1/noise/pil", i -> Photometric.hue(i, 0.1));
        cases.put("hue_-0.25/noise/pil", i -> Photometric.hue(i, -0.25));
        both(cases, "gamma/noise", i -> Photometric.gamma(i, 0.7, 1.1));
        cases.put("sharpness_1.4/noise/pil", i -> Smoothing.sharpness(i, 1.4));
        cases.put("sharpness_0.6/noise/pil", i -> Smoothing.sharpness(i, 0.6));
        cases.put("grayscale/noise/pil", Image::toGrey);
        cases.put("gaussian_blur/noise/tensor", i -> Smoothing.gaussianBlur(i, 5, 5, 1.2, 1.2));
        cases.put("gaussian_blur_7x3/noise/tensor", i -> Smoothing.gaussianBlur(i, 7, 3, 2.0, 0.5));
        both(cases, "autocontrast/smooth", Photometric::autoContrast);
        both(cases, "equalize/smooth", Photometric::equalize);
        both(cases, "equalize/noise", Photometric::equalize);
        both(cases, "posterize/noise", i -> Photometric.posterize(i, 3));
        both(cases, "solarize/noise", i -> Photometric.solarize(i, 128));
        cases.put("hflip/noise/tensor", HorizontalFlip::flip);
        cases.put("vflip/noise/tensor", VerticalFlip::flip);
        cases.put("invert/noise/tensor", Photometric::invert);
        warps(cases);
        tensors(cases);
        return cases;
    }

    /** Cases in which torchvision computes other pixels on tensors than on Pillow images. */
    private static void tensors(Map<String, UnaryOperator<Image>> cases) {
        for (double factor : new double[] {1.4, 0.6}) {
            cases.put("contrast_" + factor + "/noise/tensor", i -> TensorPhotometric.contrast(i, factor));
            cases.put("saturation_" + factor + "/noise/tensor", i -> TensorPhotometric.saturation(i, factor));
            cases.put("sharpness_" + factor + "/noise/tensor", i -> TensorPhotometric.sharpness(i, factor));
        }
        cases.put("hue_0.1/noise/tensor", i -> TensorPhotometric.hue(i, 0.1));
        cases.put("hue_-0.25/noise/tensor", i -> TensorPhotometric.hue(i, -0.25));
        cases.put("grayscale/noise/tensor", TensorPhotometric::toGrey);
        for (String image : new String[] {"noise", "smooth"}) {
            for (Interpolation filter : new Interpolation[] {Interpolation.BILINEAR, Interpolation.BICUBIC}) {
                for (boolean antialias : new boolean[] {true, false}) {
                    if (image.equals("noise") || filter == Interpolation.BILINEAR) {
                        String rest = "_antialias_" + (antialias ? "True" : "False") + "/" + image + "/tensor";
                        resize(cases, "resize_" + filter + "_24x32" + rest, new Size(24, 32), filter, antialias);
                        resize(cases, "resize_" + filter + "_64x80" + rest, new Size(64, 80), filter, antialias);
                    }
                }
            }
        }
        resize(cases, "resize_nearest_24x32/noise/tensor", new Size(24, 32), Interpolation.NEAREST, false);
        resize(cases, "resize_nearest_64x80/noise/tensor", new Size(64, 80), Interpolation.NEAREST, false);
        resize(cases, "resize_short_side/smooth/tensor", new Size(20, 28), Interpolation.BILINEAR, false);
    }

    private static void resize(
            Map<String, UnaryOperator<Image>> cases, String name, Size size, Interpolation filter, boolean antialias) {
        cases.put(name, i -> TensorResample.resize(i, size, filter, antialias));
    }

    private static void warps(Map<String, UnaryOperator<Image>> cases) {
        var rotation = Maps.rotation(15, WIDTH / 2.0, HEIGHT / 2.0, SIZE);
        cases.put("rotate_bilinear/smooth/pil", i -> PixelWarp.apply(i, rotation, SIZE, Filter.BILINEAR, 0));
        cases.put("rotate_bilinear/noise/pil", i -> PixelWarp.apply(i, rotation, SIZE, Filter.BILINEAR, 0));
        both(cases, "rotate_nearest/noise", i -> PixelWarp.apply(i, rotation, SIZE, Filter.NEAREST, 0));
        for (String image : new String[] {"noise", "smooth"}) {
            cases.put(
                    "rotate_bilinear/" + image + "/tensor",
                    i -> TensorResample.warp(i, rotation, SIZE, Filter.BILINEAR, Optional.empty()));
        }
        var larger = Maps.expanded(rotation, SIZE);
        var expanded = Maps.centred(rotation, SIZE, larger);
        cases.put("rotate_expand/smooth/pil", i -> PixelWarp.apply(i, expanded, larger, Filter.BILINEAR, 10, 20, 30));
        cases.put(
                "rotate_expand/smooth/tensor",
                i -> TensorResample.warp(i, expanded, larger, Filter.BILINEAR, Optional.of(new int[] {10, 20, 30})));
        var aside = Maps.rotation(15, 10, 12, SIZE);
        both(cases, "rotate_center/noise", i -> PixelWarp.apply(i, aside, SIZE, Filter.NEAREST, 0));
        var affine = Maps.affine(20, 3, -2, 1.1, 5, -3, WIDTH / 2.0, HEIGHT / 2.0, SIZE);
        cases.put("affine_bilinear/smooth/pil", i -> PixelWarp.apply(i, affine, SIZE, Filter.BILINEAR, 0));
        cases.put(
                "affine_bilinear/smooth/tensor",
                i -> TensorResample.warp(i, affine, SIZE, Filter.BILINEAR, Optional.empty()));
        cases.put(
                "affine_nearest/smooth/tensor",
                i -> TensorResample.warp(i, affine, SIZE, Filter.NEAREST, Optional.empty()));
        cases.put("affine_nearest/smooth/pil", i -> PixelWarp.apply(i, affine, SIZE, Filter.NEAREST, 0));
        var perspective = Maps.perspective(
                new double[][] {{0, 0}, {52, 0}, {52, 36}, {0, 36}},
                new double[][] {{4, 3}, {47, 1}, {51, 30}, {2, 34}},
                SIZE);
        cases.put("perspective_bilinear/smooth/pil", i -> PixelWarp.apply(i, perspective, SIZE, Filter.BILINEAR, 0));
        cases.put(
                "perspective_bilinear/smooth/tensor",
                i -> TensorResample.warp(i, perspective, SIZE, Filter.BILINEAR, Optional.empty()));
        both(cases, "perspective_nearest/smooth", i -> PixelWarp.apply(i, perspective, SIZE, Filter.NEAREST, 0));
    }

    private static void both(Map<String, UnaryOperator<Image>> cases, String name, UnaryOperator<Image> operation) {
        cases.put(name + "/pil", operation);
        cases.put(name + "/tensor", operation);
    }

    /** One of the reference pictures: {@code noise}, {@code ramp} or {@code smooth}. */
    static Image image(String name) {
        byte[] pixels = new byte[HEIGHT * WIDTH * 3];
        long hash = 0xcbf29ce484222325L;
        for (char c : "image".toCharArray()) {
            hash = (hash ^ c) * 0x100000001b3L;
        }
        for (int i = 0; i < pixels.length; i++) {
            int c = i % 3;
            int x = i / 3 % WIDTH;
            int y = i / 3 / WIDTH;
            pixels[i] = (byte)
                    switch (name) {
                        case "noise" -> (int) (uniform(hash + i) * 256);
                        case "ramp" -> (3 * x + 5 * y + 40 * c + (x * y * (c + 1)) / 7) & 255;
                        case "smooth" ->
                            30 + (150 * x) / WIDTH + (60 * y) / HEIGHT + 5 * c - (70 * x * y) / (HEIGHT * WIDTH);
                        default -> throw new IllegalArgumentException(name);
                    };
        }
        return Image.wrap(WIDTH, HEIGHT, 3, pixels);
    }

    private static double uniform(long x) {
        long z = x + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z = z ^ (z >>> 31);
        return (z >>> 40) / (double) (1 << 24);
    }
}
