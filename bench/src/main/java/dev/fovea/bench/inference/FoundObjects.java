package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.runtime.Detector;
import dev.fovea.runtime.RuntimeOptions;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.draw.Overlay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Fovea's runtime from JPEG files to pictures with boxes drawn on them. */
public final class FoundObjects implements Workload {
    private final ImageReader reader = new ImageReader();
    private final Detector detector;
    private final List<Path> files;
    private final boolean apart;

    /**
     * Loads the detector.
     *
     * @param apart whether each processor works on a picture of its own, as {@code fovea predict} does; otherwise all work on one
     */
    public FoundObjects(Path model, Path folder, boolean apart) throws IOException {
        this.apart = apart;
        files = PictureFolder.jpegs(folder);
        detector = Detector.load(
                model, apart ? RuntimeOptions.DEFAULT.withThreads(1) : RuntimeOptions.DEFAULT.withSpinning(true));
    }

    @Override
    public String description() {
        return "Fovea's runtime, JPEG file to drawn boxes, " + (apart ? "a picture a thread" : "one after the other");
    }

    @Override
    public long run(int repetitions) {
        long drawn = 0;
        for (int i = 0; i < repetitions; i++) {
            drawn += (apart ? files.parallelStream() : files.stream())
                    .map(this::drawn)
                    .filter(image -> image.width() > 0)
                    .count();
        }
        return drawn;
    }

    private Image drawn(Path file) {
        try {
            var image = reader.read(file);
            return Overlay.draw(image, detector.detect(image));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        detector.close();
    }
}
