package dev.fovea.bench.inference;

import ai.djl.MalformedModelException;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.NoopTranslator;
import ai.djl.translate.TranslateException;
import dev.fovea.bench.Workload;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;

/** DJL's predictor on an array that is there already, without a translator's work; its output is copied out. */
public final class DjlInference implements Workload {
    private final InferenceSettings settings;
    private final Engine engine;
    private final ZooModel<NDList, NDList> model;
    private final Predictor<NDList, NDList> predictor;
    private final NDArray pictures;

    private DjlInference(InferenceSettings settings, Engine engine)
            throws IOException, ModelNotFoundException, MalformedModelException {
        this.settings = settings;
        this.engine = engine;
        model = Criteria.builder()
                .setTypes(NDList.class, NDList.class)
                .optModelPath(settings.file())
                .optEngine(engine.getEngineName())
                .optTranslator(new NoopTranslator())
                .optOption("intraOpNumThreads", String.valueOf(settings.threads()))
                .build()
                .loadModel();
        predictor = model.newPredictor();
        FloatBuffer values = settings.noise().asFloatBuffer();
        pictures = model.getNDManager().create(values, new Shape(settings.shape()));
    }

    /**
     * Starts DJL.
     *
     * @param engine {@code PyTorch} or {@code OnnxRuntime}
     * @throws UnavailableException if the engine does not start or the file is missing
     */
    public static DjlInference of(InferenceSettings settings, String engine) throws IOException, UnavailableException {
        if (!Files.exists(settings.file())) {
            throw new UnavailableException("no file in TorchScript's form, which torch in Python writes");
        }
        System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(settings.threads()));
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        try {
            return new DjlInference(settings, Engine.getEngine(engine));
        } catch (EngineException | UnsatisfiedLinkError | ModelNotFoundException | MalformedModelException e) {
            throw new UnavailableException("DJL's engine " + engine + " does not start: "
                    + (e.getCause() == null ? e : e.getCause()).getMessage());
        }
    }

    @Override
    public String description() {
        return "DJL " + Engine.getDjlVersion() + " on " + engine.getEngineName() + " " + version();
    }

    /** DJL names the version of ONNX Runtime that it was built with; what runs is what the class path has. */
    private String version() {
        return engine.getEngineName().equals("OnnxRuntime")
                ? ai.onnxruntime.OrtEnvironment.getEnvironment().getVersion()
                : engine.getVersion();
    }

    @Override
    public long run(int repetitions) throws IOException {
        long done = 0;
        while (done < (long) repetitions * settings.pictures()) {
            try (var output = predictor.predict(new NDList(pictures))) {
                output.singletonOrThrow().toFloatArray();
            } catch (TranslateException e) {
                throw new IOException("DJL failed: " + e.getMessage(), e);
            }
            done += settings.batch();
        }
        return done;
    }

    @Override
    public void close() {
        predictor.close();
        model.close();
    }
}
