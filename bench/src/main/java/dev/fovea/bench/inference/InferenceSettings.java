package dev.fovea.bench.inference;

import dev.fovea.runtime.RuntimeOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * What inference is measured on.
 *
 * @param file the network, ONNX or TorchScript
 * @param batch pictures that run together
 * @param side their width and height
 * @param pictures that go through in a repetition, a multiple of the batch
 */
public record InferenceSettings(Path file, int batch, int side, int threads, int pictures) {
    private static final int CHANNELS = 3;

    public InferenceSettings {
        if (batch < 1 || side < 32 || threads < 1 || pictures < batch || pictures % batch != 0) {
            throw new IllegalArgumentException(
                    "inference needs at least 1 picture, 32 pixels a side and 1 thread, and whole batches; got batch="
                            + batch + ", side=" + side + ", threads=" + threads + ", pictures=" + pictures);
        }
    }

    /** One batch a repetition. */
    public static InferenceSettings of(Path file, int batch, int side, int threads) {
        return new InferenceSettings(file, batch, side, threads, batch);
    }

    /** Reads what {@link #command} wrote, from behind the contender's name on. */
    public static InferenceSettings parse(List<String> a) {
        return new InferenceSettings(
                Path.of(a.get(0)),
                Integer.parseInt(a.get(1)),
                Integer.parseInt(a.get(2)),
                Integer.parseInt(a.get(3)),
                Integer.parseInt(a.get(4)));
    }

    /** Arguments for a contender's process: its name, others, and these settings. */
    public String[] command(String contender, String... before) {
        var settings = Stream.of(file, batch, side, threads, pictures).map(String::valueOf);
        return Stream.of(Stream.of(contender), Stream.of(before), settings)
                .flatMap(s -> s)
                .toArray(String[]::new);
    }

    /** The runtime as it comes where libtorch is not beside it; a number of threads that is not the machine's gets a pool of its own. */
    RuntimeOptions options() {
        var options = RuntimeOptions.DEFAULT.withMaxBatch(batch).withSpinning(true);
        return threads == Runtime.getRuntime().availableProcessors() ? options : options.withThreads(threads);
    }

    /** {@code [batch, 3, side, side]}. */
    long[] shape() {
        return new long[] {batch, CHANNELS, side, side};
    }

    /** A batch of noise, normally distributed, float32 in native memory. */
    ByteBuffer noise() {
        int values = batch * CHANNELS * side * side;
        var buffer = ByteBuffer.allocateDirect(values * Float.BYTES).order(ByteOrder.nativeOrder());
        var random = new Random(1);
        for (int i = 0; i < values; i++) {
            buffer.putFloat((float) random.nextGaussian());
        }
        return buffer.flip();
    }
}
