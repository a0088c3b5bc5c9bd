package dev.fovea.serve;

import dev.fovea.vision.Classification;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** {@code POST /v1/models/{name}/predict}: one picture or many in, their classes out. */
final class PredictHandler {
    private static final int USUAL_TOP = 5;

    private final ModelRepository models;
    private final Admission admission;
    private final RequestBody bodies;
    private final ImageUploads uploads;
    private final Recognition recognition;
    private final Answers answers;
    private final ServeOptions.Limits limits;
    private final Executor workers;

    PredictHandler(
            ModelRepository models,
            Admission admission,
            RequestBody bodies,
            Recognition recognition,
            Answers answers,
            ServeOptions.Limits limits,
            Executor workers) {
        this.models = models;
        this.admission = admission;
        this.bodies = bodies;
        this.uploads = new ImageUploads(limits);
        this.recognition = recognition;
        this.answers = answers;
        this.limits = limits;
        this.workers = workers;
    }

    void handle(Context ctx, String name, Optional<String> version) {
        long begin = System.nanoTime();
        int top = top(ctx);
        answers.admitted(ctx, admission, ticket -> {
            var model = models.use(name, version);
            ticket.holds(model::release);
            ctx.attribute(AccessLog.MODEL, model.name() + "/" + model.version());
            answers.async(ctx, ticket, () -> bodies.read(ctx.req(), ticket::holds)
                    .thenComposeAsync(body -> recognise(ctx, ticket, model, body, top, begin), workers));
        });
    }

    private CompletableFuture<Object> recognise(
            Context ctx, Admission.Ticket ticket, LoadedModel model, byte[] body, int top, long begin) {
        var files = uploads.read(body, ctx.contentType());
        ticket.take(files.size());
        ctx.attribute(AccessLog.PICTURES, files.size());
        var pictures = recognition.recognise(model.classifier(), files);
        long left = limits.time().toNanos() - (System.nanoTime() - begin);
        return CompletableFuture.allOf(pictures.toArray(CompletableFuture[]::new))
                .orTimeout(Math.max(1, left), TimeUnit.NANOSECONDS)
                .handle((done, failure) -> {
                    var late = pictures.stream().filter(p -> !p.isDone()).toList();
                    late.forEach(p -> p.cancel(false));
                    if (!late.isEmpty()) {
                        throw Problem.timeout("not done within " + limits.time().toMillis()
                                + " ms; try again, or with fewer pictures at a time");
                    }
                    return answer(model, files, pictures, top, begin);
                });
    }

    private static int top(Context ctx) {
        String text = ctx.queryParam("top");
        if (text == null) {
            return USUAL_TOP;
        }
        if (!text.matches("[1-9]\\d{0,5}")) {
            throw Problem.badRequest("top must be a number from 1 on, got '" + Problem.shown(text) + "'");
        }
        return Integer.parseInt(text);
    }

    private static Map<String, Object> answer(
            LoadedModel model,
            List<ImageUploads.Upload> files,
            List<CompletableFuture<Recognition.Seen>> pictures,
            int top,
            long begin) {
        var predictions = new ArrayList<Map<String, Object>>();
        double decode = 0;
        for (int i = 0; i < pictures.size(); i++) {
            var prediction = new LinkedHashMap<String, Object>();
            prediction.put("name", files.get(i).name());
            try {
                var seen = pictures.get(i).join();
                decode += seen.decodeSeconds();
                prediction.put("width", seen.size().width());
                prediction.put("height", seen.size().height());
                prediction.put("classes", classes(seen.classification().top(top)));
            } catch (RuntimeException e) {
                var problem = Answers.problem(Recognition.cause(e));
                if (pictures.size() == 1) {
                    throw problem;
                }
                prediction.put("problem", problem.members());
            }
            predictions.add(prediction);
        }
        var answer = new LinkedHashMap<String, Object>();
        answer.put("model", model.name());
        answer.put("version", Long.toString(model.version()));
        answer.put("predictions", predictions);
        answer.put("milliseconds", Map.of("decode", decode * 1e3, "total", (System.nanoTime() - begin) / 1e6));
        return answer;
    }

    static List<Map<String, Object>> classes(List<Classification.Score> scores) {
        var classes = new ArrayList<Map<String, Object>>();
        for (var s : scores) {
            var entry = new LinkedHashMap<String, Object>();
            entry.put("class", s.label().name());
            entry.put("index", s.label().index());
            entry.put("score", s.score());
            classes.add(entry);
        }
        return classes;
    }
}
