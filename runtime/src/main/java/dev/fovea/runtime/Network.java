package dev.fovea.runtime;

import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Prediction;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A network from an ONNX file, whatever it recognises: what servers and other programs need that do not care. */
public sealed interface Network extends AutoCloseable permits Classifier, Detector {
    /** Hears of batches. */
    @FunctionalInterface
    interface BatchObserver {
        /** So many pictures ran together, in this time. */
        void batch(int pictures, Duration time);
    }

    /**
     * Loads a file for the task that it says it is made for, or that stands in a {@link Description} beside it; a file that says nothing is
     * a classifier.
     *
     * @throws java.nio.file.NoSuchFileException if there is none
     * @throws ModelException if it cannot be used, or says too little of itself
     * @throws IllegalArgumentException if ONNX Runtime was not built for the provider
     */
    static Network load(Path file, RuntimeOptions options) throws IOException {
        return NetworkFile.open(
                file,
                options,
                opened -> opened.metadata().task().equals(ModelMetadata.DETECT)
                        ? new Detector(opened, options)
                        : new Classifier(opened, options));
    }

    /**
     * What a file is for, as it or a {@link Description} beside it says, without loading it; {@link ModelMetadata#CLASSIFY} where nothing is
     * said.
     */
    static String taskOf(Path file) throws IOException {
        String described = Description.beside(file).entries().get("fovea.task");
        return described != null ? described : TaskOfFile.of(file).orElse(ModelMetadata.CLASSIFY);
    }

    /** What the file says of itself, completed by its description. */
    ModelMetadata metadata();

    /** The classes in the order of the output; numbers where their names are not known. */
    List<Label> labels();

    /** The size of the network's input; empty where the graph takes pictures of any size. */
    Optional<Size> inputSize();

    /** What goes into the graph and comes out of it, for callers that bring tensors instead of pictures. */
    Signature signature();

    /** The outputs that recognition reads, in the order of {@link #submitTensor}. */
    List<String> outputs();

    /**
     * What is in an image as soon as it is computed, together with those of other callers if pictures are gathered
     * ({@link RuntimeOptions#withBatching}). The image is prepared in the calling thread. Who no longer wants the result cancels it, which
     * saves the run.
     *
     * @throws QueueFullException if too many wait
     */
    CompletableFuture<? extends Prediction> submit(Image image);

    /** How many pictures wait for a batch. */
    int waiting();

    /**
     * One picture that is already in the graph's layout ({@link #signature}), gathered with those of other callers.
     *
     * @param values {@code C * H * W} floats or bytes in the machine's byte order, from position to limit
     * @param height of the picture, as the graph sees it
     * @param width of the picture, as the graph sees it
     * @return what the graph gives for it, one for each of {@link #outputs}
     * @throws IllegalArgumentException if the graph does not take this size, or the values are not as many
     * @throws QueueFullException if too many wait
     */
    CompletableFuture<List<Values>> submitTensor(ByteBuffer values, int height, int width);

    /**
     * Pictures that are already in the graph's layout, at once in the calling thread.
     *
     * @param values as for {@link #submitTensor}, one picture after the other
     * @param wanted which outputs of the {@link #signature}
     * @return what each of them gives for all pictures
     * @throws IllegalArgumentException if the graph has no such output or takes no such pictures
     */
    List<Values> runTensor(ByteBuffer values, int pictures, int height, int width, List<String> wanted);

    /** Has every batch that runs from now on told to somebody, in the thread that ran it. */
    void observe(BatchObserver observer);

    /** Finishes what runs or waits, then frees the network. */
    @Override
    void close();
}
