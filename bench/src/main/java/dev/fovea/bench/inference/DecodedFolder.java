package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** The files of a folder decoded on all processors and forgotten. */
public final class DecodedFolder implements Workload {
    private final ImageReader reader = new ImageReader();
    private final List<Path> files;

    public DecodedFolder(Path folder) throws IOException {
        files = PictureFolder.jpegs(folder);
    }

    @Override
    public String description() {
        return "decoding alone, all processors";
    }

    @Override
    public long run(int repetitions) {
        long done = 0;
        for (int i = 0; i < repetitions; i++) {
            done += files.parallelStream()
                    .mapToInt(this::read)
                    .filter(p -> p > 0)
                    .count();
        }
        return done;
    }

    private int read(Path file) {
        try {
            return reader.read(file).width();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        // nothing is held
    }
}
