package dev.fovea.bench.inference;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.fovea.bench.Workload;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.Map;

/**
 * ONNX Runtime's own API with its own settings but for the number of threads, the input in native memory, the output copied out. Its threads
 * spin while they wait, as they do unless told otherwise.
 */
public final class RawOnnxRuntime implements Workload {
    private final InferenceSettings settings;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final FloatBuffer pictures;

    public RawOnnxRuntime(InferenceSettings settings) throws IOException {
        this.settings = settings;
        environment = OrtEnvironment.getEnvironment();
        pictures = settings.noise().asFloatBuffer();
        try (var options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(settings.threads());
            session = environment.createSession(settings.file().toString(), options);
        } catch (OrtException e) {
            throw new IOException(settings.file() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public String description() {
        return "ONNX Runtime " + environment.getVersion() + " itself";
    }

    @Override
    public long run(int repetitions) throws IOException {
        long done = 0;
        try {
            String input = session.getInputNames().iterator().next();
            while (done < (long) repetitions * settings.pictures()) {
                try (var tensor = OnnxTensor.createTensor(environment, pictures, settings.shape());
                        var result = session.run(Map.of(input, tensor))) {
                    var values = ((OnnxTensor) result.get(0)).getFloatBuffer();
                    values.get(new float[values.remaining()]);
                }
                done += settings.batch();
            }
        } catch (OrtException e) {
            throw new IOException(e.getMessage(), e);
        }
        return done;
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }
}
