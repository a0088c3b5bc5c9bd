package dev.fovea.bench.inference;

import dev.fovea.bench.Workload;
import dev.fovea.cli.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;

/** {@code fovea predict} on a folder, from the start of the command (the network is loaded each time) to the last line of its table. */
public final class PredictedFolder implements Workload {
    private final Path model;
    private final Path folder;
    private final int batch;
    private final int files;

    public PredictedFolder(Path model, Path folder, int batch) throws IOException {
        this.model = model;
        this.folder = folder;
        this.batch = batch;
        files = PictureFolder.jpegs(folder).size();
    }

    @Override
    public String description() {
        return "fovea predict, batches of " + batch;
    }

    @Override
    public long run(int repetitions) throws IOException {
        for (int i = 0; i < repetitions; i++) {
            var out = new StringWriter();
            var err = new StringWriter();
            int code = Main.run(
                    new PrintWriter(out, true),
                    new PrintWriter(err, true),
                    "predict",
                    model.toString(),
                    folder.toString(),
                    "--csv",
                    "--top",
                    "1",
                    "--batch",
                    String.valueOf(batch));
            long lines = out.toString().lines().count() - 1;
            if (code != 0 || lines != files) {
                throw new IOException(
                        "fovea predict gave " + lines + " of " + files + " pictures, code " + code + ": " + err);
            }
        }
        return (long) repetitions * files;
    }

    @Override
    public void close() {
        // each call closes what it opened
    }
}
