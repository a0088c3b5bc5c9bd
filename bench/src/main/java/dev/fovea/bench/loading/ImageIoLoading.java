package dev.fovea.bench.loading;

import dev.fovea.bench.Workload;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;

/** What the JDK offers: ImageIO, Graphics2D's bilinear scaling (not antialiased), floats in a loop; threads from a pool. */
public final class ImageIoLoading implements Workload {
    private static final int SHORTEST = 256;
    private static final int SIDE = 224;
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    private final int threads;
    private final List<Path> files;
    private final ExecutorService pool;

    public ImageIoLoading(Path folder, int threads) throws IOException {
        this.threads = threads;
        ImageIO.setUseCache(false);
        try (var walk = Files.walk(folder)) {
            files = walk.filter(f -> f.toString().toLowerCase(Locale.ROOT).matches(".*\\.jpe?g"))
                    .sorted()
                    .toList();
        }
        pool = Executors.newFixedThreadPool(threads);
    }

    @Override
    public String description() {
        return "ImageIO and Graphics2D, " + threads + " threads";
    }

    @Override
    public long run(int repetitions) throws IOException {
        for (int i = 0; i < repetitions; i++) {
            var results = new ArrayList<Future<float[]>>();
            for (var file : files) {
                results.add(pool.submit(() -> load(file)));
            }
            try {
                for (int k = 0; k < results.size(); k++) {
                    results.set(k, null).get(); // set: a pass does not hold all its results
                }
            } catch (ExecutionException e) {
                throw new IOException("ImageIO failed: " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        return (long) repetitions * files.size();
    }

    private static float[] load(Path file) throws IOException {
        var image = ImageIO.read(file.toFile());
        if (image == null) {
            throw new IOException(file + ": ImageIO has no reader for it");
        }
        double scale = (double) SHORTEST / Math.min(image.getWidth(), image.getHeight());
        int width = (int) Math.round(image.getWidth() * scale);
        int height = (int) Math.round(image.getHeight() * scale);
        var cropped = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_3BYTE_BGR);
        var graphics = cropped.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        graphics.drawImage(image, (SIDE - width) / 2, (SIDE - height) / 2, width, height, null);
        graphics.dispose();
        byte[] bgr = ((DataBufferByte) cropped.getRaster().getDataBuffer()).getData();
        var tensor = new float[3 * SIDE * SIDE];
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < SIDE * SIDE; i++) {
                tensor[c * SIDE * SIDE + i] = ((bgr[3 * i + 2 - c] & 0xff) / 255f - MEAN[c]) / STD[c];
            }
        }
        return tensor;
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
