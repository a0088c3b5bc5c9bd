package dev.fovea.serve;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.Network;
import dev.fovea.runtime.Signature;
import dev.fovea.runtime.Values;
import io.javalin.http.Context;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** {@code POST /v2/models/{name}/infer}: tensors in, tensors out, as the Open Inference Protocol has it. */
final class InferHandler {
    private static final String JSON_LENGTH = "Inference-Header-Content-Length";

    private final ModelRepository models;
    private final Admission admission;
    private final RequestBody bodies;
    private final Answers answers;
    private final ServeOptions.Limits limits;
    private final Executor workers;

    InferHandler(
            ModelRepository models,
            Admission admission,
            RequestBody bodies,
            Answers answers,
            ServeOptions.Limits limits,
            Executor workers) {
        this.models = models;
        this.admission = admission;
        this.bodies = bodies;
        this.answers = answers;
        this.limits = limits;
        this.workers = workers;
    }

    /** Tensors of pictures: {@code count} of them, {@code height x width}. */
    private record Pictures(int count, int height, int width, ByteBuffer values) {}

    void handle(Context ctx, String name, Optional<String> version) {
        long begin = System.nanoTime();
        answers.admitted(ctx, admission, ticket -> {
            var model = models.use(name, version);
            ticket.holds(model::release);
            ctx.attribute(AccessLog.MODEL, model.name() + "/" + model.version());
            answers.async(ctx, ticket, () -> bodies.read(ctx.req(), ticket::holds)
                    .thenComposeAsync(body -> infer(ctx, ticket, model, body, begin), workers));
        });
    }

    private CompletableFuture<Object> infer(
            Context ctx, Admission.Ticket ticket, LoadedModel model, byte[] body, long begin) {
        var request = InferRequest.parse(body, jsonLength(ctx, body.length));
        var signature = model.network().signature();
        var pictures = pictures(request, signature);
        ticket.take(pictures.count());
        ctx.attribute(AccessLog.PICTURES, pictures.count());
        var outputs = outputs(request, signature);
        long left = limits.time().toNanos() - (System.nanoTime() - begin);
        return run(model.network(), pictures, outputs)
                .orTimeout(Math.max(1, left), TimeUnit.NANOSECONDS)
                .handle((rows, failure) -> {
                    if (failure != null && Recognition.cause(failure) instanceof TimeoutException) {
                        throw Problem.timeout("not done within " + limits.time().toMillis() + " ms");
                    }
                    if (failure != null) {
                        throw Answers.problem(Recognition.cause(failure));
                    }
                    return answer(model, request, outputs, rows);
                });
    }

    private static int jsonLength(Context ctx, int bodyLength) {
        String text = ctx.header(JSON_LENGTH);
        if (text == null) {
            return bodyLength;
        }
        if (!text.matches("\\d{1,9}")) {
            throw Problem.badRequest(JSON_LENGTH + " must be a number, got '" + Problem.shown(text) + "'");
        }
        return Integer.parseInt(text);
    }

    private Pictures pictures(InferRequest request, Signature signature) {
        var expected = signature.input();
        if (request.inputs().size() != 1 || !request.inputs().get(0).name().equals(expected.name())) {
            throw Problem.badRequest("expected one input, '" + expected.name() + "', got "
                    + request.inputs().stream()
                            .map(i -> Problem.shown(i.name()))
                            .toList());
        }
        var input = request.inputs().get(0);
        if (!input.type().equals(expected.type())) {
            throw Problem.badRequest("input '" + expected.name() + "' is " + expected.type() + ", got '"
                    + Problem.shown(input.type()) + "'; for picture files use /v1/models/{name}/predict");
        }
        var shape = input.shape();
        if (shape.size() != 4 || shape.stream().anyMatch(n -> n < 1) || !fits(shape, expected.shape())) {
            throw Problem.badRequest("input '" + expected.name() + "' has the shape " + expected.shape()
                    + " (-1 is free), got " + shape);
        }
        boolean planes = expected.type().equals("FP32");
        int height = shape.get(planes ? 2 : 1);
        int width = shape.get(planes ? 3 : 2);
        if (shape.get(0) > limits.images() || (long) height * width > limits.pixels()) {
            throw Problem.tooLarge("a request may have " + limits.images() + " pictures of " + limits.pixels()
                    + " pixels, got the shape " + shape);
        }
        long bytes = (planes ? 4L : 1L) * shape.get(0) * shape.get(1) * shape.get(2) * shape.get(3);
        if (input.values().remaining() != bytes) {
            throw Problem.badRequest("the shape " + shape + " needs " + bytes + " bytes of " + expected.type()
                    + ", got " + input.values().remaining());
        }
        return new Pictures(shape.get(0), height, width, inNativeOrder(input.values(), planes));
    }

    /** All but the batch, whose size is the server's affair. */
    private static boolean fits(List<Integer> shape, List<Integer> expected) {
        for (int i = 1; i < 4; i++) {
            if (expected.get(i) > 0 && !expected.get(i).equals(shape.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** The machine's byte order; the protocol's is little endian. */
    private static ByteBuffer inNativeOrder(ByteBuffer values, boolean floats) {
        if (!floats || ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN) {
            return values;
        }
        var swapped = ByteBuffer.allocate(values.remaining()).order(ByteOrder.nativeOrder());
        swapped.asFloatBuffer()
                .put(values.duplicate().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer());
        return swapped;
    }

    /** Names with whether they come as raw bytes. */
    private static Map<String, Boolean> outputs(InferRequest request, Signature signature) {
        var known = signature.outputs().stream().map(Signature.Tensor::name).toList();
        if (request.outputs().isEmpty()) {
            var all = new LinkedHashMap<String, Boolean>();
            known.forEach(name -> all.put(name, request.binaryOutput()));
            return all;
        }
        for (String name : request.outputs().keySet()) {
            if (!known.contains(name)) {
                throw Problem.badRequest("there is no output '" + Problem.shown(name) + "'; outputs are " + known);
            }
        }
        return request.outputs();
    }

    /** What each output gives. The classes alone are gathered with other requests; other outputs run at once. */
    private CompletableFuture<List<Values>> run(Network network, Pictures pictures, Map<String, Boolean> outputs) {
        int bytes = pictures.values().remaining() / pictures.count();
        if (network instanceof Classifier && outputs.keySet().equals(Set.copyOf(network.outputs()))) {
            var rows = new ArrayList<CompletableFuture<List<Values>>>();
            for (int i = 0; i < pictures.count(); i++) {
                var values = pictures.values().slice(pictures.values().position() + i * bytes, bytes);
                rows.add(network.submitTensor(values, pictures.height(), pictures.width()));
            }
            return CompletableFuture.allOf(rows.toArray(CompletableFuture[]::new))
                    .thenApply(done -> List.of(join(rows)));
        }
        return CompletableFuture.supplyAsync(
                () -> network.runTensor(
                        pictures.values(),
                        pictures.count(),
                        pictures.height(),
                        pictures.width(),
                        List.copyOf(outputs.keySet())),
                workers);
    }

    private static Values join(List<CompletableFuture<List<Values>>> rows) {
        int width = rows.get(0).join().get(0).count();
        float[] all = new float[rows.size() * width];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).join().get(0).floats(), 0, all, i * width, width);
        }
        return new Values.Floats(List.of(rows.size(), width), all);
    }

    private static Object answer(
            LoadedModel model, InferRequest request, Map<String, Boolean> outputs, List<Values> values) {
        var tensors = new ArrayList<Map<String, Object>>();
        var raw = new ByteArrayOutputStream();
        int i = 0;
        for (var output : outputs.entrySet()) {
            var part = values.get(i++);
            var tensor = new LinkedHashMap<String, Object>();
            tensor.put("name", output.getKey());
            tensor.put("datatype", part instanceof Values.Floats ? "FP32" : "INT64");
            tensor.put("shape", part.shape());
            if (output.getValue()) {
                byte[] bytes = bytes(part);
                raw.writeBytes(bytes);
                tensor.put("parameters", Map.of("binary_data_size", bytes.length));
            } else {
                tensor.put("data", part instanceof Values.Integers whole ? whole.values() : part.floats());
            }
            tensors.add(tensor);
        }
        var answer = new LinkedHashMap<String, Object>();
        answer.put("model_name", model.name());
        answer.put("model_version", Long.toString(model.version()));
        if (!request.id().isEmpty()) {
            answer.put("id", request.id());
        }
        answer.put("outputs", tensors);
        return raw.size() == 0 ? answer : new Answers.Binary(Answers.bytes(answer), raw.toByteArray());
    }

    private static byte[] bytes(Values values) {
        if (values instanceof Values.Integers whole) {
            var bytes = ByteBuffer.allocate(whole.values().length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asLongBuffer().put(whole.values());
            return bytes.array();
        }
        float[] floats = values.floats();
        var bytes = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(floats);
        return bytes.array();
    }
}
