package dev.fovea.serve;

import com.fasterxml.jackson.core.JsonFactory;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/** One line of JSON for each request, and for what else happens. */
final class AccessLog implements RequestLog {
    /** The request attribute that holds name and version of the model. */
    static final String MODEL = "fovea.model";
    /** The request attribute that holds the number of pictures. */
    static final String PICTURES = "fovea.pictures";

    /** The request attribute that holds what runs when the answer is sent; only the log hears of that. */
    static final String COMPLETED = "fovea.completed";

    private static final JsonFactory JSON = new JsonFactory();

    private final Consumer<String> lines;

    AccessLog(Consumer<String> lines) {
        this.lines = lines;
    }

    @Override
    public void log(Request request, Response response) {
        if (request.getAttribute(COMPLETED) instanceof Runnable completed) {
            completed.run();
        }
        write(request, response);
    }

    private void write(Request request, Response response) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("event", "request");
            json.writeStringField("remote", String.valueOf(request.getRemoteAddr()));
            json.writeStringField("method", String.valueOf(request.getMethod()));
            json.writeStringField(
                    "path",
                    String.valueOf(
                            request.getHttpURI() == null
                                    ? null
                                    : request.getHttpURI().getPath()));
            json.writeNumberField("status", response.getCommittedMetaData().getStatus());
            json.writeNumberField("milliseconds", System.currentTimeMillis() - request.getTimeStamp());
            json.writeNumberField("bytes_in", request.getContentRead());
            json.writeNumberField("bytes_out", response.getHttpChannel().getBytesWritten());
            if (request.getAttribute(MODEL) instanceof String model) {
                json.writeStringField("model", model);
            }
            if (request.getAttribute(PICTURES) instanceof Integer pictures) {
                json.writeNumberField("pictures", pictures);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        lines.accept(text.toString());
    }

    /** Something that happened beside requests. */
    void event(String name, String message) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField(
                    "time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toString());
            json.writeStringField("event", name);
            json.writeStringField("message", message);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        lines.accept(text.toString());
    }
}
