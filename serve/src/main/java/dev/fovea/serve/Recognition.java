package dev.fovea.serve;

import dev.fovea.vision.Image;
import dev.fovea.vision.Prediction;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageFormatException;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.Limits;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** From picture files to what is in them: as many threads decode as there are processors, so that memory stays bounded; batches follow. */
final class Recognition implements AutoCloseable {
    private final ImageReader reader;
    private final ExecutorService decoders;

    Recognition(ServeOptions.Limits limits) {
        this.reader = new ImageReader(new Limits(limits.pixels(), limits.body()));
        this.decoders = Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors(), task -> {
            var thread = new Thread(task, "fovea-decoder");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * A picture that was looked at.
     *
     * @param size its own
     * @param decodeSeconds what decoding and preparing took
     */
    record Seen(String name, Size size, double decodeSeconds, Prediction prediction) {}

    /**
     * What is in pictures, each by itself; a failed one has a {@link Problem}. Cancelling saves what has not begun.
     *
     * @param network begins to look at an image
     */
    List<CompletableFuture<Seen>> recognise(
            Function<Image, CompletableFuture<? extends Prediction>> network, List<ImageUploads.Upload> uploads) {
        return uploads.stream().map(upload -> recognise(network, upload)).toList();
    }

    private CompletableFuture<Seen> recognise(
            Function<Image, CompletableFuture<? extends Prediction>> network, ImageUploads.Upload upload) {
        var result = new CompletableFuture<Seen>();
        decoders.execute(() -> {
            if (result.isDone()) {
                return;
            }
            try {
                long begin = System.nanoTime();
                var image = reader.read(upload.content(), upload.name());
                var later = network.apply(image);
                double seconds = (System.nanoTime() - begin) / 1e9;
                var unusedCancel = result.whenComplete((seen, failure) -> later.cancel(false));
                var unusedAnswer = later.whenComplete((prediction, failure) -> {
                    if (failure == null) {
                        result.complete(new Seen(upload.name(), image.size(), seconds, prediction));
                    } else {
                        result.completeExceptionally(failure);
                    }
                });
            } catch (ImageFormatException e) {
                result.completeExceptionally(Problem.badImage(e.getMessage()));
            } catch (OutOfMemoryError e) {
                result.completeExceptionally(Problem.busy("there is no memory left for this picture now", 1));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** The cause of a failed future. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public void close() {
        decoders.shutdown();
    }
}
