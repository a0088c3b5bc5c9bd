package dev.fovea.serve;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a {@code multipart/form-data} body (RFC 7578) that is already in memory: nothing is written to disk, and a body of very many
 * parts is refused after the first too many.
 */
final class Multipart {
    private static final int MOST_HEADER_BYTES = 8 << 10;
    private static final Pattern BOUNDARY =
            Pattern.compile("(?i).*;\\s*boundary=(?:\"([^\"]{1,70})\"|([^\\s;\"]{1,70})).*");
    private static final Pattern FILE_NAME = Pattern.compile("(?i).*;\\s*filename=(?:\"([^\"]*)\"|([^\\s;]+)).*");

    private final byte[] body;
    private final byte[] delimiter;
    private final int mostParts;

    private Multipart(byte[] body, byte[] delimiter, int mostParts) {
        this.body = body;
        this.delimiter = delimiter;
        this.mostParts = mostParts;
    }

    /** One part: the name of its file, if it has one, and its content. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on
    record Part(Optional<String> fileName, byte[] content) {}

    /**
     * Reads a body.
     *
     * @throws Problem if it is malformed or has more parts than allowed
     */
    static List<Part> parse(byte[] body, String contentType, int mostParts) {
        var boundary = BOUNDARY.matcher(contentType);
        if (!boundary.matches()) {
            throw Problem.badRequest("the header Content-Type names no boundary of the multipart body");
        }
        String text = boundary.group(1) != null ? boundary.group(1) : boundary.group(2);
        return new Multipart(body, ("--" + text).getBytes(StandardCharsets.ISO_8859_1), mostParts).parts();
    }

    private List<Part> parts() {
        var parts = new ArrayList<Part>();
        int at = find(delimiter, 0);
        if (at < 0) {
            throw Problem.badRequest("the multipart body does not contain its boundary");
        }
        at += delimiter.length;
        while (!startsWith(at, "--")) {
            if (!startsWith(at, "\r\n")) {
                throw truncated();
            }
            if (parts.size() == mostParts) {
                throw Problem.tooLarge("more than " + mostParts + " parts in a request; send fewer pictures at a time");
            }
            int content = endOfHeaders(at + 2);
            int end = find(closing(), content - 2);
            if (end < 0) {
                throw truncated();
            }
            var headers = new String(body, at + 2, content - at - 2, StandardCharsets.UTF_8);
            parts.add(new Part(fileName(headers), Arrays.copyOfRange(body, Math.min(content, end), end)));
            at = end + 2 + delimiter.length;
        }
        return parts;
    }

    private byte[] closing() {
        byte[] bytes = new byte[delimiter.length + 2];
        bytes[0] = '\r';
        bytes[1] = '\n';
        System.arraycopy(delimiter, 0, bytes, 2, delimiter.length);
        return bytes;
    }

    private int endOfHeaders(int from) {
        for (int i = from; i + 3 < body.length && i - from < MOST_HEADER_BYTES; i++) {
            if (startsWith(i, "\r\n\r\n")) {
                return i + 4;
            }
        }
        throw truncated();
    }

    private static Optional<String> fileName(String headers) {
        return headers.lines()
                .filter(line -> line.regionMatches(true, 0, "Content-Disposition:", 0, 20))
                .map(FILE_NAME::matcher)
                .filter(Matcher::matches)
                .map(m -> m.group(1) != null ? m.group(1) : m.group(2))
                .findFirst();
    }

    private static Problem truncated() {
        return Problem.badRequest("the multipart body is malformed or cut off");
    }

    private boolean startsWith(int at, String text) {
        if (at < 0 || at + text.length() > body.length) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (body[at + i] != text.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The first place of a pattern; pictures are large, so bytes are skipped by the last one (Horspool 1980). */
    private int find(byte[] pattern, int from) {
        int[] skip = new int[256];
        Arrays.fill(skip, pattern.length);
        for (int i = 0; i < pattern.length - 1; i++) {
            skip[pattern[i] & 0xff] = pattern.length - 1 - i;
        }
        int at = Math.max(0, from);
        while (at <= body.length - pattern.length) {
            int i = pattern.length - 1;
            while (i >= 0 && body[at + i] == pattern[i]) {
                i--;
            }
            if (i < 0) {
                return at;
            }
            at += skip[body[at + pattern.length - 1] & 0xff];
        }
        return -1;
    }
}
