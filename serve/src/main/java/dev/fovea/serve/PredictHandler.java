package dev.fovea.serve;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** {@code POST /v1/models/{name}/predict}: one picture or many in, their classes or objects out. */
final class PredictHandler {
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
        var wishes = Wishes.of(ctx);
        answers.admitted(ctx, admission, ticket -> {
            var model = models.use(name, version);
            ticket.holds(model::release);
            ctx.attribute(AccessLog.MODEL, model.name() + "/" + model.version());
            answers.async(ctx, ticket, () -> bodies.read(ctx.req(), ticket::holds)
                    .thenComposeAsync(body -> recognise(ctx, ticket, model, body, wishes, begin), workers));
        });
    }

    private CompletableFuture<Object> recognise(
            Context ctx, Admission.Ticket ticket, LoadedModel model, byte[] body, Wishes wishes, long begin) {
        var files = uploads.read(body, ctx.contentType());
        ticket.take(files.size());
        ctx.attribute(AccessLog.PICTURES, files.size());
        var pictures = recognition.recognise(image -> wishes.submit(model.network(), image), files);
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
                    return answer(model, files, pictures, wishes, begin);
                });
    }

    private static Map<String, Object> answer(
            LoadedModel model,
            List<ImageUploads.Upload> files,
            List<CompletableFuture<Recognition.Seen>> pictures,
            Wishes wishes,
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
                wishes.put(seen.prediction(), prediction);
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
}
