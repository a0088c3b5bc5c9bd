package dev.fovea.bench.load;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The load generator wrk, posting pictures. */
public final class Wrk {
    private static final String SCRIPT = "post.lua";

    private Wrk() {}

    /**
     * What came of a load.
     *
     * @param answered with status 200
     * @param refused with status 429
     * @param other answers with other statuses
     * @param errors connections that failed, broke or timed out
     * @param seconds it lasted
     * @param p50 milliseconds that half of all answers took at most
     * @param p99 milliseconds that 99 of 100 answers took at most
     */
    public record Result(long answered, long refused, long other, long errors, double seconds, double p50, double p99) {
        /** Pictures answered in a second. */
        public double rate() {
            return answered / seconds;
        }

        static Result parse(String line) throws IOException {
            String[] w = line.split(" ", -1);
            if (w.length != 8) {
                throw new IOException("wrk's report is not understood: " + line);
            }
            return new Result(
                    Long.parseLong(w[1]),
                    Long.parseLong(w[2]),
                    Long.parseLong(w[3]),
                    Long.parseLong(w[4]),
                    Double.parseDouble(w[5]),
                    Double.parseDouble(w[6]),
                    Double.parseDouble(w[7]));
        }
    }

    /**
     * Sends pictures, one after the other on each connection.
     *
     * @throws IOException if wrk is not installed or fails
     */
    public static Result run(URI address, List<Path> pictures, int connections, int seconds) throws IOException {
        var script = Files.createTempFile("fovea-bench", ".lua");
        try (var in = Wrk.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, in.readAllBytes());
            var command = new ArrayList<>(List.of(
                    "wrk",
                    "--threads",
                    "1",
                    "--connections",
                    String.valueOf(connections),
                    "--duration",
                    seconds + "s",
                    "--timeout",
                    "30s",
                    "--script",
                    script.toString(),
                    address.toString(),
                    "--"));
            pictures.forEach(p -> command.add(p.toString()));
            return Result.parse(report(command));
        } finally {
            Files.delete(script);
        }
    }

    private static String report(List<String> command) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("wrk, which makes the load, is not installed", e);
        }
        try (var out = process.inputReader(StandardCharsets.UTF_8)) {
            var lines = out.lines().toList();
            return lines.stream()
                    .filter(l -> l.startsWith("fovea "))
                    .findFirst()
                    .orElseThrow(() -> new IOException("wrk failed: " + String.join(" | ", lines)));
        }
    }
}
