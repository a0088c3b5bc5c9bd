package dev.fovea.bench.step;

import dev.fovea.bench.Workload;
import dev.fovea.nn.detect.RoiAlign;
import dev.fovea.nn.detect.Suppression;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.Threads;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * An operation on regions alone: {@code nms} (2,000 boxes, IoU 0.7), {@code roi_align} (1,000 regions of two pictures, 256 channels of
 * 100 x 136 cells, to 7 x 7) or {@code roi_align_backward} (the same, there and back).
 */
public final class RegionOperation implements Workload {
    public static final List<String> NAMES = List.of("nms", "roi_align", "roi_align_backward");

    private static final int HEIGHT = 100;
    private static final int WIDTH = 136;
    private static final int STRIDE = 8;

    private final String name;
    private final Runnable once;
    private final int boxes;

    public RegionOperation(String name, int threads) {
        this.name = name;
        Threads.set(threads);
        boxes = name.equals("nms") ? 2000 : 1000;
        var random = new SplittableRandom(1);
        var regions = Tensor.of(regions(random), boxes, 4);
        once = switch (name) {
            case "nms" -> nms(regions, random);
            case "roi_align" -> pooling(regions, false);
            case "roi_align_backward" -> pooling(regions, true);
            default ->
                throw new IllegalArgumentException("unknown operation '" + name + "'; use " + String.join(", ", NAMES));
        };
    }

    /** Sides from 16 to 256 pixels, anywhere. */
    private float[] regions(SplittableRandom random) {
        var corners = new float[4 * boxes];
        for (int i = 0; i < corners.length; i += 4) {
            float width = (float) random.nextDouble(16, 256);
            float height = (float) random.nextDouble(16, 256);
            corners[i] = (float) random.nextDouble(0, WIDTH * STRIDE - width);
            corners[i + 1] = (float) random.nextDouble(0, HEIGHT * STRIDE - height);
            corners[i + 2] = corners[i] + width;
            corners[i + 3] = corners[i + 1] + height;
        }
        return corners;
    }

    private Runnable nms(Tensor regions, SplittableRandom random) {
        var values = new float[boxes];
        for (int i = 0; i < boxes; i++) {
            values[i] = (float) random.nextDouble();
        }
        var scores = Tensor.of(values, boxes);
        return () -> Suppression.greedy(regions, scores, 0.7);
    }

    private Runnable pooling(Tensor regions, boolean back) {
        var align = new RoiAlign(7, 7, 1.0 / STRIDE, 2, false);
        var maps = Tensor.randn(DType.FLOAT32, Device.CPU, 2, 256, HEIGHT, WIDTH)
                .channelsLast()
                .requiresGrad(back);
        var pictures = new long[boxes];
        Arrays.fill(pictures, boxes / 2, boxes, 1);
        return () -> {
            try (var mode = back ? Grad.on() : Grad.off()) {
                var pooled = align.pool(maps, regions, pictures);
                if (back) {
                    pooled.sum().backward();
                    maps.clearGrad();
                }
            }
        };
    }

    @Override
    public String description() {
        return "Fovea, " + name;
    }

    @Override
    public long run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
            try (var scope = Scope.open()) {
                once.run();
            }
        }
        return repetitions;
    }

    @Override
    public void close() {}
}
