package dev.fovea.examples.batch;

import dev.fovea.runtime.Batching;
import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.RuntimeOptions;
import dev.fovea.vision.Classification;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Writes a CSV file with the class of every picture in a folder: {@code FolderJob MODEL.onnx FOLDER RESULTS.csv}.
 *
 * <p>Memory does not grow with the folder: pictures are read when their turn comes, and never more than {@link #MOST_IN_WORK} are between
 * reading and writing. Rows stand in the order of the files.
 */
public final class FolderJob {
    /** Enough that processors and batches are never idle. */
    private static final int MOST_IN_WORK = 64;

    private final ImageReader reader = new ImageReader();
    private final Classifier classifier;
    private final ExecutorService decoders;

    private FolderJob(Classifier classifier, ExecutorService decoders) {
        this.classifier = classifier;
        this.decoders = decoders;
    }

    /** How many pictures were looked at, and how many of them could not be used. */
    public record Summary(long pictures, long failed) {}

    private record InWork(Path file, CompletableFuture<Classification> result) {}

    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            System.err.println("usage: FolderJob MODEL.onnx FOLDER RESULTS.csv");
            System.exit(2);
        }
        var summary = run(Path.of(args[0]), Path.of(args[1]), Path.of(args[2]));
        System.out.println(summary.pictures() + " pictures, " + summary.failed() + " failed");
        System.exit(summary.failed() == 0 ? 0 : 1);
    }

    /** Runs the whole job. The results appear at once when they are complete: a job that is killed leaves no half file under their name. */
    public static Summary run(Path model, Path folder, Path results) throws IOException {
        var options = RuntimeOptions.DEFAULT.withBatching(new Batching(Duration.ofMillis(5), MOST_IN_WORK));
        var decoders = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
        var part = results.resolveSibling(results.getFileName() + ".part");
        try (var classifier = Classifier.load(model, options);
                var files = Files.walk(folder)) {
            Summary summary;
            try (var out = Files.newBufferedWriter(part)) {
                var sorted = files.filter(Files::isRegularFile)
                        .filter(FolderJob::isPicture)
                        .sorted();
                summary = new FolderJob(classifier, decoders).write(folder, sorted.iterator(), out);
            }
            Files.move(part, results, StandardCopyOption.REPLACE_EXISTING);
            return summary;
        } finally {
            decoders.shutdownNow();
            Files.deleteIfExists(part);
        }
    }

    private static boolean isPicture(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(jpe?g|png|webp|gif|bmp|tiff?)");
    }

    private Summary write(Path folder, Iterator<Path> files, Writer out) throws IOException {
        long pictures = 0;
        long failed = 0;
        Queue<InWork> work = new ArrayDeque<>();
        out.write("file,class,score,problem\n");
        while (files.hasNext() || !work.isEmpty()) {
            while (files.hasNext() && work.size() < MOST_IN_WORK) {
                var file = files.next();
                work.add(new InWork(
                        folder.relativize(file),
                        CompletableFuture.supplyAsync(() -> read(file), decoders)
                                .thenCompose(classifier::submit)));
            }
            pictures++;
            failed += writeRow(work.remove(), out) ? 0 : 1;
        }
        return new Summary(pictures, failed);
    }

    private Image read(Path file) {
        try {
            return reader.read(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for a picture; false if it failed, which ends the row and not the job. */
    private static boolean writeRow(InWork picture, Writer out) throws IOException {
        String name = quoted(picture.file().toString());
        try {
            var best = picture.result().join().best();
            out.write(name + "," + quoted(best.label().name()) + "," + best.score() + ",\n");
            return true;
        } catch (CompletionException e) {
            var cause = e.getCause() instanceof UncheckedIOException io ? io.getCause() : e.getCause();
            out.write(name + ",,," + quoted(String.valueOf(cause.getMessage())) + "\n");
            return false;
        }
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\"", "\"\"") + "\"";
    }
}
