package dev.fovea.serve;

import java.util.LinkedHashMap;
import java.util.Map;

/** A request that is not answered as asked; told to the caller as RFC 9457 says. */
final class Problem extends RuntimeException {
    static final String CONTENT_TYPE = "application/problem+json";
    private static final long serialVersionUID = 1;

    private final int status;
    private final String title;
    private final int retryAfterSeconds;

    private Problem(int status, String title, String detail, int retryAfterSeconds) {
        super(detail, null, false, false);
        this.status = status;
        this.title = title;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    static Problem badRequest(String detail) {
        return new Problem(400, "The request cannot be understood", detail, 0);
    }

    static Problem badImage(String detail) {
        return new Problem(422, "The picture cannot be used", detail, 0);
    }

    static Problem unauthorized() {
        return new Problem(
                401, "A token is needed", "send the header 'Authorization: Bearer TOKEN' with the server's token", 0);
    }

    static Problem notFound(String detail) {
        return new Problem(404, "Not found", detail, 0);
    }

    static Problem tooLarge(String detail) {
        return new Problem(413, "The request is too large", detail, 0);
    }

    static Problem unsupported(String detail) {
        return new Problem(415, "This type of content is not supported", detail, 0);
    }

    static Problem busy(String detail, int retryAfterSeconds) {
        return new Problem(429, "The server has too much to do", detail, retryAfterSeconds);
    }

    static Problem tooSlow(String detail) {
        return new Problem(408, "The request did not arrive in time", detail, 0);
    }

    static Problem timeout(String detail) {
        return new Problem(504, "The answer was not ready in time", detail, 0);
    }

    static Problem unavailable(String detail) {
        return new Problem(503, "The server is ending", detail, 1);
    }

    static Problem of(int status, String title, String detail) {
        return new Problem(status, title, detail, 0);
    }

    int status() {
        return status;
    }

    /** Seconds after which to try again; 0 where that helps nothing. */
    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    /** Its members; {@code error} is what the Open Inference Protocol calls the detail. */
    Map<String, Object> members() {
        var map = new LinkedHashMap<String, Object>();
        map.put("type", "about:blank");
        map.put("title", title);
        map.put("status", status);
        map.put("detail", getMessage());
        map.put("error", getMessage());
        return map;
    }

    /** A stranger's text, short and without control characters. */
    static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", "?");
        return plain.length() > 60 ? plain.substring(0, 60) + "…" : plain;
    }
}
