package dev.fovea.serve;

import dev.fovea.runtime.Signature;
import io.javalin.Javalin;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.io.Connection;

/** All addresses of the server, and what every request goes through: the token, the measure, the problems. */
final class Routes {
    private static final String BEGAN = "fovea.began";
    private static final String CONNECTION = "fovea.connection";

    private final ServeOptions options;
    private final ModelRepository models;
    private final Admission admission;
    private final ServerMetrics metrics;
    private final SlowConnections connections;
    private final Answers answers;
    private final PredictHandler predict;
    private final InferHandler infer;

    Routes(
            ServeOptions options,
            ModelRepository models,
            Admission admission,
            Recognition recognition,
            ServerMetrics metrics,
            SlowConnections connections,
            AccessLog log,
            Executor writers) {
        this.options = options;
        this.models = models;
        this.admission = admission;
        this.metrics = metrics;
        this.connections = connections;
        this.answers = new Answers(writers, failure -> log.event("fault", trace(failure)));
        var limits = options.limits();
        var bodies = new RequestBody(limits, Runtime.getRuntime().maxMemory() / 4);
        this.predict = new PredictHandler(models, admission, bodies, recognition, answers, limits, writers);
        this.infer = new InferHandler(models, admission, bodies, answers, limits, writers);
    }

    private static String trace(Throwable failure) {
        var text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    void register(Javalin javalin) {
        javalin.before(this::begin);
        javalin.after(this::end);
        javalin.exception(Exception.class, (e, ctx) -> answers.problem(ctx, e));
        javalin.error(404, ctx -> {
            if (!String.valueOf(ctx.res().getContentType()).startsWith(Problem.CONTENT_TYPE)) {
                answers.problem(
                        ctx,
                        Problem.notFound(
                                "there is nothing at " + Problem.shown(ctx.path()) + "; see /openapi.json or /docs"));
            }
        });
        Pages.register(javalin);
        javalin.get(
                "/metrics", ctx -> ctx.contentType(ServerMetrics.CONTENT_TYPE).result(metrics.text()));
        javalin.get("/v1/models", ctx -> Answers.json(ctx, Map.of("models", describeAll())));
        javalin.get("/v1/models/{name}", ctx -> withModel(ctx, m -> Answers.json(ctx, describe(m))));
        javalin.post("/v1/models/{name}/predict", predicting());
        javalin.post("/v1/models/{name}/versions/{version}/predict", predicting());
        openInference(javalin);
    }

    private Handler predicting() {
        return ctx -> predict.handle(ctx, ctx.pathParam("name"), version(ctx));
    }

    private void openInference(Javalin javalin) {
        javalin.get("/v2", ctx -> Answers.json(ctx, server()));
        javalin.get("/v2/health/live", ctx -> Answers.json(ctx, Map.of("live", true)));
        javalin.get("/v2/health/ready", ctx -> {
            boolean ready = !admission.isEnding();
            Answers.json(ctx.status(ready ? 200 : 503), Map.of("ready", ready));
        });
        for (String model : List.of("/v2/models/{name}", "/v2/models/{name}/versions/{version}")) {
            javalin.get(model, ctx -> withModel(ctx, m -> Answers.json(ctx, metadata(m))));
            javalin.get(
                    model + "/ready",
                    ctx -> withModel(ctx, m -> Answers.json(ctx, Map.of("name", m.name(), "ready", true))));
            javalin.post(model + "/infer", ctx -> infer.handle(ctx, ctx.pathParam("name"), version(ctx)));
        }
    }

    private static Optional<String> version(Context ctx) {
        return Optional.ofNullable(ctx.pathParamMap().get("version"));
    }

    private void begin(Context ctx) {
        ctx.attribute(BEGAN, System.nanoTime());
        admission.began();
        ctx.attribute(AccessLog.COMPLETED, (Runnable) admission::ended);
        ctx.attribute(CONNECTION, SlowConnections.current());
        connections.began(ctx.attribute(CONNECTION));
        ctx.header("X-Content-Type-Options", "nosniff");
        boolean open = Pages.isOpen(ctx.path()) || ctx.path().startsWith("/v2/health/");
        if (options.token().isPresent() && !open && !authorized(ctx.header("Authorization"))) {
            throw Problem.unauthorized();
        }
    }

    /** In a time that tells nothing of how much is right. */
    private boolean authorized(String header) {
        byte[] expected = ("Bearer " + options.token().orElseThrow()).getBytes(StandardCharsets.UTF_8);
        return header != null && MessageDigest.isEqual(expected, header.getBytes(StandardCharsets.UTF_8));
    }

    private void end(Context ctx) {
        connections.ended(ctx.<Connection>attribute(CONNECTION));
        Long began = ctx.attribute(BEGAN);
        String route = ctx.endpointHandlerPath();
        metrics.request(
                models.all().isEmpty() || route.isEmpty() || ctx.statusCode() == 404 ? "none" : route,
                ctx.statusCode(),
                Duration.ofNanos(began == null ? 0 : System.nanoTime() - began));
    }

    private void withModel(Context ctx, Consumer<LoadedModel> use) {
        var model = models.use(ctx.pathParam("name"), version(ctx));
        try {
            use.accept(model);
        } finally {
            model.release();
        }
    }

    private Map<String, Object> server() {
        var map = new LinkedHashMap<String, Object>();
        String version = Routes.class.getPackage().getImplementationVersion();
        map.put("name", "fovea");
        map.put("version", version == null ? "development" : version);
        map.put("extensions", List.of("binary_tensor_data"));
        return map;
    }

    private List<Map<String, Object>> describeAll() {
        var all = new ArrayList<Map<String, Object>>();
        for (NavigableMap<Long, LoadedModel> versions : models.all().values()) {
            all.add(describe(versions.lastEntry().getValue()));
        }
        return all;
    }

    private Map<String, Object> describe(LoadedModel model) {
        var map = new LinkedHashMap<String, Object>();
        var network = model.network();
        map.put("name", model.name());
        map.put("version", Long.toString(model.version()));
        map.put(
                "versions",
                models.all().get(model.name()).keySet().stream()
                        .map(String::valueOf)
                        .toList());
        map.put("task", network.metadata().task());
        map.put("classes", network.labels().stream().map(l -> l.name()).toList());
        network.inputSize().ifPresent(size -> {
            map.put("width", size.width());
            map.put("height", size.height());
        });
        return map;
    }

    private Map<String, Object> metadata(LoadedModel model) {
        var map = new LinkedHashMap<String, Object>();
        var signature = model.network().signature();
        map.put("name", model.name());
        map.put(
                "versions",
                models.all().get(model.name()).keySet().stream()
                        .map(String::valueOf)
                        .toList());
        map.put("platform", "onnxruntime_onnx");
        map.put("inputs", List.of(tensor(signature.input())));
        map.put("outputs", signature.outputs().stream().map(Routes::tensor).toList());
        return map;
    }

    private static Map<String, Object> tensor(Signature.Tensor tensor) {
        var map = new LinkedHashMap<String, Object>();
        map.put("name", tensor.name());
        map.put("datatype", tensor.type());
        map.put("shape", tensor.shape());
        return map;
    }
}
