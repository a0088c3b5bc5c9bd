package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Figure.Detail;
import dev.fovea.data.scenes.Figure.Relief;
import dev.fovea.data.scenes.Scene.Item;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.List;

/** Turns a scene into pixels, from back to front: backdrop, then each item's shadow and surface, then the camera. */
final class Painter {
    private static final double AMBIENT = 0.42;
    private final Scene scene;
    private final int width;
    private final int height;
    private final Size size;
    private final double scale;
    private final float[] rgb;

    private Painter(Scene scene, Size size) {
        this.scene = scene;
        this.size = size;
        width = size.width();
        height = size.height();
        scale = Math.min(width, height);
        rgb = new float[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    }

    static Image paint(Scene scene, Size size) {
        var painter = new Painter(scene, size);
        painter.backdrop();
        for (var item : scene.items()) {
            painter.item(item);
        }
        painter.falloff();
        painter.blur();
        return Image.wrap(size.width(), size.height(), 3, painter.develop());
    }

    private void backdrop() {
        double pixel = 1 / scale;
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                scene.backdrop().paint((x + 0.5) * pixel, (y + 0.5) * pixel, pixel, rgb, at);
            }
        }
    }

    private void item(Item item) {
        int soft = Math.max(1, (int) Math.round(item.pose().radius() * scale * 0.07));
        var coverage = Coverage.of(item.figure().contours(), item.pose(), size, 2 * soft + 1);
        var blurred = coverage.blurred(soft);
        shadow(item, blurred);
        float[] surface = surface(item, coverage);
        for (var detail : item.figure().details()) {
            detail(item, detail, coverage, surface);
        }
        shade(item, coverage, blurred, soft, surface);
        int right = Math.min(width, coverage.left + coverage.width);
        int bottom = Math.min(height, coverage.top + coverage.height);
        for (int y = Math.max(0, coverage.top); y < bottom; y++) {
            for (int x = Math.max(0, coverage.left); x < right; x++) {
                int local = (y - coverage.top) * coverage.width + x - coverage.left;
                float share = coverage.share[local];
                int at = (y * width + x) * 3;
                for (int c = 0; c < 3 && share > 0; c++) {
                    rgb[at + c] += (surface[3 * local + c] - rgb[at + c]) * share;
                }
            }
        }
    }

    /** Darkens what lies behind, away from the light. */
    private void shadow(Item item, Coverage blurred) {
        double reach = item.pose().radius() * scale * 0.13;
        int dx = (int) Math.round(-scene.light().x() * reach);
        int dy = (int) Math.round(-scene.light().y() * reach);
        float depth = (float) (0.5 * scene.light().strength());
        int right = Math.min(width, blurred.left + dx + blurred.width);
        int bottom = Math.min(height, blurred.top + dy + blurred.height);
        for (int y = Math.max(0, blurred.top + dy); y < bottom; y++) {
            for (int x = Math.max(0, blurred.left + dx); x < right; x++) {
                float tone = 1 - depth * blurred.at(x - dx, y - dy);
                int at = (y * width + x) * 3;
                rgb[at] *= tone;
                rgb[at + 1] *= tone;
                rgb[at + 2] *= tone;
            }
        }
    }

    /** The item's texture before lighting, over the buffer of its coverage. */
    private float[] surface(Item item, Coverage coverage) {
        float[] surface = new float[3 * coverage.share.length];
        for (int i = 0; i < coverage.share.length; i++) {
            if (coverage.share[i] > 0) {
                int x = coverage.left + i % coverage.width;
                int y = coverage.top + i / coverage.width;
                mix(item, share(item, x, y, Frame.OWN), surface, 3 * i);
            }
        }
        return surface;
    }

    /** The share of the material's second colour at a pixel. */
    private float share(Item item, int x, int y, Frame frame) {
        var pose = item.pose();
        double px = (x + 0.5) / scale;
        double py = (y + 0.5) / scale;
        double u = pose.u(px, py);
        double v = pose.v(px, py);
        return (float) item.material().blend(frame.u(u, v), frame.v(u, v), 1 / (pose.radius() * scale));
    }

    private static void mix(Item item, float share, float[] surface, int at) {
        var base = item.material().base();
        var second = item.material().second();
        surface[at] = base.red() + (second.red() - base.red()) * share;
        surface[at + 1] = base.green() + (second.green() - base.green()) * share;
        surface[at + 2] = base.blue() + (second.blue() - base.blue()) * share;
    }

    private void detail(Item item, Detail detail, Coverage whole, float[] surface) {
        var part = Coverage.of(List.of(detail.area()), item.pose(), size, 0);
        float[] ink = new float[3];
        float tone = (float) detail.tone();
        for (int i = 0; i < part.share.length; i++) {
            float share = part.share[i];
            int x = part.left + i % part.width;
            int y = part.top + i / part.width;
            if (share > 0 && whole.at(x, y) > 0) {
                int at = 3 * ((y - whole.top) * whole.width + x - whole.left);
                ink(item, detail, x, y, surface, at, ink);
                for (int c = 0; c < 3; c++) {
                    surface[at + c] += (ink[c] * tone - surface[at + c]) * share;
                }
            }
        }
    }

    /** Writes what a detail is painted with at a pixel. */
    private void ink(Item item, Detail detail, int x, int y, float[] surface, int at, float[] ink) {
        switch (detail.ink()) {
            case BASE -> System.arraycopy(surface, at, ink, 0, 3);
            case TEXTURE -> mix(item, share(item, x, y, detail.frame()), ink, 0);
            case ACCENT -> {
                var accent = item.material().accent();
                ink[0] = accent.red();
                ink[1] = accent.green();
                ink[2] = accent.blue();
            }
            case WHITE -> Arrays.fill(ink, 0.97f);
        }
    }

    /** Lights the surface by the slope of its relief. */
    private void shade(Item item, Coverage coverage, Coverage blurred, int soft, float[] surface) {
        var relief = item.figure().relief();
        double strength = scene.light().strength();
        double lx = scene.light().x();
        double ly = scene.light().y();
        double slope = soft * (relief == Relief.FLAT ? 0.5 : 1.25) * strength;
        int columns = coverage.width;
        for (int y = 1; y < coverage.height - 1; y++) {
            for (int x = 1; x < columns - 1; x++) {
                int i = y * columns + x;
                if (coverage.share[i] == 0) {
                    continue;
                }
                double tone;
                double gloss = 0;
                if (relief == Relief.SPHERE) {
                    double px = (coverage.left + x + 0.5) / scale;
                    double py = (coverage.top + y + 0.5) / scale;
                    double u = item.pose().u(px, py);
                    double v = item.pose().v(px, py);
                    double w = Math.sqrt(Math.max(0, 1 - u * u - v * v));
                    double facing = Math.max(0, 0.62 * (u * lx + v * ly) + 0.78 * w);
                    tone = 1 + strength * (AMBIENT + 0.72 * facing - 1);
                    double peak = Math.max(0, 0.4 * (u * lx + v * ly) + 0.9165 * w);
                    gloss = 0.55 * strength * power16(peak * peak);
                } else {
                    double gx = blurred.share[i + 1] - blurred.share[i - 1];
                    double gy = blurred.share[i + columns] - blurred.share[i - columns];
                    tone = 1 - slope * (gx * lx + gy * ly);
                }
                for (int c = 3 * i; c < 3 * i + 3; c++) {
                    surface[c] = (float) (surface[c] * tone + gloss * (1 - surface[c]));
                }
            }
        }
    }

    private static double power16(double value) {
        double v2 = value * value;
        double v4 = v2 * v2;
        double v8 = v4 * v4;
        return v8 * v8;
    }

    /** The side away from the light is a little darker. */
    private void falloff() {
        double depth = 0.14 * scene.light().strength();
        for (int y = 0, at = 0; y < height; y++) {
            for (int x = 0; x < width; x++, at += 3) {
                double along = (2.0 * x / width - 1) * scene.light().x()
                        + (2.0 * y / height - 1) * scene.light().y();
                float tone = (float) (1 + depth * along);
                rgb[at] *= tone;
                rgb[at + 1] *= tone;
                rgb[at + 2] *= tone;
            }
        }
    }

    private void blur() {
        float side = (float) scene.camera().blur();
        for (int y = 0; y < height; y++) {
            blurLine(3 * y * width, 3, width, side);
        }
        for (int x = 0; x < width; x++) {
            blurLine(3 * x, 3 * width, height, side);
        }
    }

    private void blurLine(int start, int step, int count, float side) {
        for (int c = start; c < start + 3; c++) {
            float before = rgb[c];
            float here = before;
            for (int i = 0, at = c; i < count; i++, at += step) {
                float after = i + 1 < count ? rgb[at + step] : here;
                rgb[at] = here + side * (before + after - 2 * here);
                before = here;
                here = after;
            }
        }
    }

    /** Adds the sensor's noise (the sum of four uniform numbers, nearly normal) and rounds to bytes. */
    private byte[] develop() {
        byte[] pixels = new byte[rgb.length];
        var random = new SplitMix(scene.key() ^ 0x5EED);
        double deviation = scene.camera().noise() * Math.sqrt(3.0) / 65536;
        for (int i = 0; i < pixels.length; i++) {
            long bits = random.next();
            long sum = (bits & 0xffff) + (bits >>> 16 & 0xffff) + (bits >>> 32 & 0xffff) + (bits >>> 48);
            double value = rgb[i] + deviation * (sum - 131070);
            pixels[i] = (byte) Math.max(0, Math.min(255, (int) (value * 255 + 0.5)));
        }
        return pixels;
    }
}
