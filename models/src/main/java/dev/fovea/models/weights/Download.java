package dev.fovea.models.weights;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Fetches one file: goes on where an earlier attempt stopped, follows a few redirections, refuses more than was announced, compares the
 * checksum, and only then gives the file its name. Nothing but HTTPS, redirections included.
 */
public final class Download {
    private static final int MOST_REDIRECTIONS = 5;
    private static final int ATTEMPTS = 3;
    private static final int CHUNK = 1 << 16;
    /** For files whose size nobody says. */
    private static final long LARGEST = 8L << 30;

    private static final Duration CONNECT = Duration.ofSeconds(20);

    /** Hears how far a download is; may throw to stop it. */
    public interface Listener {
        /** {@code bytes} of {@code total} are there; total is 0 as long as it is unknown. */
        void progress(long bytes, long total);
    }

    /**
     * What is fetched.
     *
     * @param sha256 how the checksum must begin
     * @param bytes the size, exact to a kilobyte; 0 if unknown
     */
    public record Source(URI address, String sha256, long bytes) {
        /** The file of published weights. */
        public static Source of(PublishedWeights weights) {
            return new Source(weights.address(), weights.sha256(), weights.bytes());
        }

        /** The most that is taken: the size with a little room, since published sizes are rounded. */
        private long limit() {
            return bytes == 0 ? LARGEST : bytes + bytes / 100 + 4096;
        }
    }

    /** The work ended early, but going on may succeed. */
    private static final class BrokenException extends IOException {
        private static final long serialVersionUID = 1L;

        private BrokenException(String message, IOException cause) {
            super(message, cause);
        }
    }

    private final HttpClient client = HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final boolean plainAllowed;
    private final Duration patience;

    /** Over HTTPS alone; gives up when nothing has come for a minute. */
    public Download() {
        this(false, Duration.ofMinutes(1));
    }

    /** For tests against a server of their own. */
    Download(boolean plainAllowed, Duration patience) {
        this.plainAllowed = plainAllowed;
        this.patience = patience;
    }

    /**
     * Fetches a file unless it is there already with the right checksum.
     *
     * @return whether anything was fetched
     * @throws IOException in one sentence that names the address and, where the network is out of reach, where to put the file
     */
    public boolean fetch(Source source, Path target, Listener listener) throws IOException {
        if (Files.isRegularFile(target)) {
            check(source, target, sha256(target));
            return false;
        }
        Files.createDirectories(target.toAbsolutePath().getParent());
        var part = target.resolveSibling(target.getFileName() + ".part");
        try (var channel =
                FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            lock(channel, part);
            fetch(source, target, channel, listener);
            channel.force(true);
        } catch (WorthlessException e) {
            Files.deleteIfExists(part);
            throw e;
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        return true;
    }

    /** What was fetched so far is of no use. */
    private static final class WorthlessException extends IOException {
        private static final long serialVersionUID = 1L;

        private WorthlessException(String message) {
            super(message);
        }
    }

    private static void lock(FileChannel channel, Path part) throws IOException {
        try {
            if (channel.tryLock() != null) { // freed with the channel
                return;
            }
        } catch (OverlappingFileLockException e) {
            throw new IOException("another download writes " + part + " already; wait for it", e);
        }
        throw new IOException("another download writes " + part + " already; wait for it");
    }

    private void fetch(Source source, Path target, FileChannel part, Listener listener) throws IOException {
        for (int attempt = 1; ; attempt++) {
            long before = part.size();
            try {
                receive(source, target, part, listener);
                break;
            } catch (BrokenException e) {
                if (attempt >= ATTEMPTS || part.size() == before) {
                    throw new IOException(
                            source.address + ": " + e.getMessage() + " after " + megabytes(part.size())
                                    + "; run it again to go on from there",
                            e);
                }
            }
        }
        String sum = hex(digest(part));
        if (!sum.startsWith(source.sha256)) {
            throw new WorthlessException(source.address + ": the checksum is wrong (SHA-256 " + sum
                    + ", but it must begin with " + source.sha256 + "); what came was deleted");
        }
    }

    /** One attempt, from where the part ends. */
    private void receive(Source source, Path target, FileChannel part, Listener listener) throws IOException {
        long have = part.size();
        var response = ask(source, target, have);
        try (var body = response.body()) {
            if (response.statusCode() == 416
                    && have > 0) { // the part is whole already, or of no use; the checksum tells
                return;
            }
            if (response.statusCode() != 200 && response.statusCode() != 206) {
                throw new IOException(source.address + ": the server answered " + response.statusCode() + "; "
                        + byHand(source, target));
            }
            long from = response.statusCode() == 206 ? rangeStart(response, have, source) : 0;
            if (from == 0) {
                part.truncate(0);
            }
            long length = response.headers().firstValueAsLong("content-length").orElse(-1);
            long total = length < 0 ? source.bytes : from + length;
            if (total > source.limit()) {
                throw tooLarge(source);
            }
            room(target, total - from);
            copy(source, body, part.position(from), from, total, listener);
            if (length >= 0 && part.size() < from + length) {
                throw new BrokenException("the connection ended", null);
            }
        }
    }

    private static long rangeStart(HttpResponse<?> response, long have, Source source) throws IOException {
        String range = response.headers().firstValue("content-range").orElse("");
        if (!range.startsWith("bytes " + have + "-")) {
            throw new WorthlessException(source.address + ": asked for bytes from " + have + ", the server sent '"
                    + range + "'; run it again to begin anew");
        }
        return have;
    }

    private HttpResponse<InputStream> ask(Source source, Path target, long from) throws IOException {
        var address = source.address;
        for (int i = 0; i <= MOST_REDIRECTIONS; i++) {
            if (!"https".equals(address.getScheme()) && !(plainAllowed && "http".equals(address.getScheme()))) {
                throw new IOException(source.address + ": leads to " + address + ", which is not HTTPS");
            }
            var request = HttpRequest.newBuilder(address).timeout(patience).header("User-Agent", "fovea");
            if (from > 0) {
                request.header("Range", "bytes=" + from + "-");
            }
            var response = send(request.build(), source, target);
            int code = response.statusCode();
            var next = response.headers().firstValue("location");
            if (code < 300 || code >= 400 || next.isEmpty()) {
                return response;
            }
            response.body().close();
            try {
                address = address.resolve(next.get());
            } catch (IllegalArgumentException e) {
                throw new IOException(source.address + ": is redirected to no address: " + next.get(), e);
            }
        }
        throw new IOException(source.address + ": is redirected more than " + MOST_REDIRECTIONS + " times");
    }

    private HttpResponse<InputStream> send(HttpRequest request, Source source, Path target) throws IOException {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped", e);
        } catch (IOException e) {
            throw new IOException(
                    "cannot reach " + request.uri().getHost() + " (" + reason(e) + "); " + byHand(source, target), e);
        }
    }

    private static String reason(IOException e) {
        return e.getMessage() == null || e.getMessage().isBlank()
                ? e.getClass()
                        .getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                        .toLowerCase(Locale.ROOT)
                : e.getMessage();
    }

    private static String byHand(Source source, Path target) {
        return "fetch " + source.address + " by other means and put it at " + target;
    }

    private static IOException tooLarge(Source source) {
        return new WorthlessException(source.address + ": is larger than the " + megabytes(source.limit())
                + " that were expected; nothing of it was kept");
    }

    private static void room(Path target, long needed) throws IOException {
        long free = Files.getFileStore(target.toAbsolutePath().getParent()).getUsableSpace();
        if (needed > free) {
            throw new IOException(
                    "no room for " + target + ": it needs " + megabytes(needed) + ", " + megabytes(free) + " are free");
        }
    }

    private void copy(Source source, InputStream body, FileChannel part, long from, long total, Listener listener)
            throws IOException {
        var chunk = new byte[CHUNK];
        long have = from;
        try (var watch = new Stall(body, patience)) {
            for (int n = read(body, chunk, watch); n >= 0; n = read(body, chunk, watch)) {
                have += n;
                if (have > source.limit()) {
                    throw tooLarge(source);
                }
                for (var bytes = ByteBuffer.wrap(chunk, 0, n); bytes.hasRemaining(); ) {
                    part.write(bytes);
                }
                listener.progress(have, total);
            }
        }
    }

    private static int read(InputStream body, byte[] chunk, Stall watch) throws IOException {
        try {
            int n = body.read(chunk);
            watch.alive();
            return n;
        } catch (IOException e) {
            throw new BrokenException(watch.isOver() ? "nothing more came" : "the connection ended", e);
        }
    }

    // --- checksums -------------------------------------------------------------------------------------------------

    private static void check(Source source, Path target, String sum) throws IOException {
        if (!sum.startsWith(source.sha256)) {
            throw new IOException(target + " is not what " + source.address + " holds (SHA-256 " + sum
                    + ", but it must begin with " + source.sha256 + "); delete it and fetch it again");
        }
    }

    /** The SHA-256 of a file in hexadecimal digits. */
    static String sha256(Path file) throws IOException {
        try (var channel = FileChannel.open(file)) {
            return hex(digest(channel));
        }
    }

    private static byte[] digest(FileChannel channel) throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var buffer = ByteBuffer.allocate(CHUNK);
            long at = 0;
            for (int n = channel.read(buffer, at); n >= 0; n = channel.read(buffer, at)) {
                digest.update(buffer.flip());
                buffer.clear();
                at += n;
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", (double) bytes / 1e6);
    }
}
