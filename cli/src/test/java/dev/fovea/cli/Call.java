package dev.fovea.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;

/** One call of the command in this process: its exit code and what it printed. */
record Call(int code, String out, String err) {
    static Call of(Object... arguments) {
        var out = new StringWriter();
        var err = new StringWriter();
        int code = Main.run(
                new PrintWriter(out, true),
                new PrintWriter(err, true),
                Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
        return new Call(code, out.toString(), err.toString());
    }

    /** What was printed, as the one JSON object it must be. */
    JsonNode json() throws IOException {
        try (var parser = new ObjectMapper().createParser(out)) {
            JsonNode object = parser.readValueAsTree();
            if (parser.nextToken() != null) {
                throw new IOException("more than one JSON value: " + out);
            }
            return object;
        }
    }
}
