package dev.fovea.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InaccessibleObjectException;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.javacpp.Loader;

/** ONNX Runtime in this process: its one environment, its shared threads, and the options of sessions. */
final class Engine {
    private static final String NATIVE_PATH = "onnxruntime.native.path";
    private static final List<String> LIBTORCH =
            List.of("org/bytedeco/pytorch/global/torch.class", "ai/djl/pytorch/jni/PyTorchLibrary.class");
    private static Engine instance;

    private final OrtEnvironment environment;
    private final boolean shared;

    private Engine(OrtEnvironment environment, boolean shared) {
        this.environment = environment;
        this.shared = shared;
    }

    static synchronized Engine get() throws IOException {
        if (instance == null) {
            cacheNatives();
            instance = open();
            keepUntilTheEnd();
        }
        return instance;
    }

    private static Engine open() throws IOException {
        try (var threading = new OrtEnvironment.ThreadingOptions()) {
            threading.setGlobalIntraOpNumThreads(Runtime.getRuntime().availableProcessors());
            threading.setGlobalInterOpNumThreads(1);
            threading.setGlobalSpinControl(false);
            var environment =
                    OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "fovea", threading);
            environment.setTelemetry(false);
            return new Engine(environment, true);
        } catch (IllegalStateException e) {
            // Somebody else in this process has opened the environment, whose threads cannot be changed afterwards.
            return new Engine(OrtEnvironment.getEnvironment(), false);
        } catch (OrtException e) {
            throw new IOException("ONNX Runtime cannot be started: " + e.getMessage(), e);
        }
    }

    /**
     * Keeps the environment until the process is gone. ONNX Runtime frees it in a shutdown hook of its own, beside the hooks of servers that still
     * answer their last requests, and a run without it crashes the process. The native side counts who uses the environment; asking for it
     * once more, which the API has no way to do, is a use that does not end.
     */
    private static void keepUntilTheEnd() {
        try {
            var api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            var create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            api.setAccessible(true);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR.getValue(), "fovea");
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            // Another ONNX Runtime that does it otherwise; whoever ends must then close classifiers before the JVM's
            // end begins.
        }
    }

    /**
     * Unpacks the natives once for a machine; ONNX Runtime itself would do so at each start. Builds with further libraries (for
     * GPUs) are left to it.
     */
    private static void cacheNatives() {
        String folder = "native/" + platform() + "/";
        if (System.getProperty(NATIVE_PATH) != null
                || OrtEnvironment.class.getResource(folder + System.mapLibraryName("onnxruntime_providers_cuda"))
                        != null) {
            return;
        }
        try {
            File library = null;
            for (String name : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
                var resource = OrtEnvironment.class.getResource(folder + System.mapLibraryName(name));
                library = resource == null ? null : Loader.cacheResource(resource);
                if (library == null) {
                    return;
                }
            }
            System.setProperty(NATIVE_PATH, library.getParent());
        } catch (IOException e) {
            // Nowhere to keep them: ONNX Runtime unpacks them into the temporary folder.
        }
    }

    /** The host as ONNX Runtime's jar calls it. */
    static String platform() {
        return Loader.getPlatform()
                .replace("macosx", "osx")
                .replace("windows", "win")
                .replace("x86_64", "x64")
                .replace("arm64", "aarch64");
    }

    OrtEnvironment environment() {
        return environment;
    }

    /** A session for a file; its own messages and ONNX Runtime's name the file. */
    OrtSession open(Path file, RuntimeOptions options) throws ModelException {
        boolean spinning = options.spinning().orElseGet(() -> !isBesideLibtorch());
        try (var session = new OrtSession.SessionOptions()) {
            session.addConfigEntry("session.intra_op.allow_spinning", spinning ? "1" : "0");
            session.addConfigEntry("session.force_spinning_stop", "1"); // once a run is over
            session.addConfigEntry("session.inter_op.allow_spinning", "0");
            if (shared && options.threads() == 0 && !spinning) {
                session.disablePerSessionThreads();
            } else {
                session.setIntraOpNumThreads(options.threads());
                session.setInterOpNumThreads(1);
            }
            add(session, options.provider());
            return environment.createSession(file.toString(), session);
        } catch (OrtException e) {
            throw new ModelException(file + ": ONNX Runtime cannot use it: " + plain(e), e);
        }
    }

    /** Whether libtorch, by JavaCPP or by DJL, may be used in this process. */
    private static boolean isBesideLibtorch() {
        var classes = Engine.class.getClassLoader();
        return LIBTORCH.stream().anyMatch(name -> classes.getResource(name) != null);
    }

    private static void add(OrtSession.SessionOptions session, Provider provider) throws OrtException {
        OrtProvider needed =
                switch (provider.kind()) {
                    case CPU -> OrtProvider.CPU;
                    case CUDA -> OrtProvider.CUDA;
                    case COREML -> OrtProvider.CORE_ML;
                    case DIRECTML -> OrtProvider.DIRECT_ML;
                };
        if (!OrtEnvironment.getAvailableProviders().contains(needed)) {
            throw new IllegalArgumentException("the ONNX Runtime on the class path was not built for " + provider
                    + "; it has " + OrtEnvironment.getAvailableProviders()
                    + (needed == OrtProvider.CUDA
                            ? "; use com.microsoft.onnxruntime:onnxruntime_gpu in place of onnxruntime"
                            : ""));
        }
        switch (provider.kind()) {
            case CPU -> {}
            case CUDA -> session.addCUDA(provider.device());
            case COREML -> session.addCoreML();
            case DIRECTML -> {
                // What DirectML's documentation asks for.
                session.setMemoryPatternOptimization(false);
                session.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
                session.addDirectML(provider.device());
            }
        }
    }

    /** ONNX Runtime's message without its error code and source positions. */
    static String plain(OrtException e) {
        String message = e.getMessage() == null ? "no message" : e.getMessage().strip();
        return message.replaceFirst("^Error code - \\S+ - message: ", "")
                .replaceAll("\\S*/onnxruntime/core/\\S+ ", "")
                .replaceAll("\\R+", " ");
    }
}
