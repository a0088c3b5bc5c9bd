package dev.fovea.examples.spring;

import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.QueueFullException;
import dev.fovea.vision.codec.ImageFormatException;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** {@code POST /recognise} with the bytes of a picture. */
@RestController
class RecogniseController {
    private static final int MOST_BYTES = 16 << 20;
    private static final long MOST_PIXELS = 40_000_000;

    private final ImageReader reader = new ImageReader(new Limits(MOST_PIXELS, MOST_BYTES));
    private final Classifier classifier;

    RecogniseController(Classifier classifier) {
        this.classifier = classifier;
    }

    /** A class and how sure the network is of it, 0-1. */
    record Answer(String name, float score) {}

    /** The picture is decoded in the request's own thread, which is then free while the batch runs. */
    @PostMapping(
            path = "/recognise",
            consumes = {"image/*", "application/octet-stream"})
    CompletableFuture<List<Answer>> recognise(InputStream body, @RequestParam(defaultValue = "5") int top)
            throws IOException {
        if (top < 1) {
            throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "top must be at least 1, got " + top);
        }
        byte[] picture = body.readNBytes(MOST_BYTES + 1);
        if (picture.length > MOST_BYTES) {
            throw new ResponseStatusException(HttpStatus.PAYLOAD_TOO_LARGE, "a picture has at most 16 MiB");
        }
        return classifier
                .submit(reader.read(picture, "the picture"))
                .thenApply(classification -> classification.top(top).stream()
                        .map(s -> new Answer(s.label().name(), s.score()))
                        .toList());
    }

    @ExceptionHandler
    ProblemDetail cannotBeRead(ImageFormatException e) {
        return ProblemDetail.forStatusAndDetail(HttpStatus.UNPROCESSABLE_ENTITY, e.getMessage());
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooMuchToDo(QueueFullException e) {
        var status = HttpStatus.TOO_MANY_REQUESTS;
        return ResponseEntity.status(status)
                .header("Retry-After", "1")
                .body(ProblemDetail.forStatusAndDetail(status, e.getMessage()));
    }
}
