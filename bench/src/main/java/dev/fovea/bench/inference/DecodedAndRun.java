package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The least that finding objects in files can cost: each file decoded, and for each a run of ONNX Runtime itself, on noise. */
public final class DecodedAndRun implements Workload {
    private final ImageReader reader = new ImageReader();
    private final RawOnnxRuntime runtime;
    private final List<Path> files;

    public DecodedAndRun(Path folder, InferenceSettings settings) throws IOException {
        files = PictureFolder.jpegs(folder);
        runtime = new RawOnnxRuntime(settings);
    }

    @Override
    public String description() {
        return runtime.description() + " and decoding, neither resizing nor boxes";
    }

    @Override
    public long run(int repetitions) throws IOException {
        long done = 0;
        for (int i = 0; i < repetitions; i++) {
            for (Path file : files) {
                done += reader.read(file).width() > 0 ? runtime.run(1) : 0;
            }
        }
        return done;
    }

    @Override
    public void close() {
        runtime.close();
    }
}
