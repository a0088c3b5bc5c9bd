package dev.fovea.cli;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Runs the examples of the documentation in a process of their own, whose working directory has what they speak of. */
final class DocumentationRunner {
    private static final ObjectMapper JSON = new ObjectMapper();

    private DocumentationRunner() {}

    /**
     * One thing to run.
     *
     * @param arguments of a call of the command; null for a class
     * @param listed a glob whose files are on standard input, or null
     * @param fresh a folder that is removed first, or null
     * @param main a class whose main method is run; null for a call
     */
    record Step(List<String> arguments, String listed, String fresh, String main) {}

    /** What came of it. */
    record Outcome(int code, String output, double seconds) {}

    public static void main(String[] args) throws IOException {
        var steps = JSON.readValue(Path.of(args[0]).toFile(), new TypeReference<List<Step>>() {});
        var outcomes = new ArrayList<Outcome>();
        for (var step : steps) {
            long begin = System.nanoTime();
            var text = new StringWriter();
            int code;
            try {
                code = step.main() == null ? call(step, new PrintWriter(text, true)) : runClass(step.main(), text);
            } catch (ReflectiveOperationException | IOException | RuntimeException e) {
                e.printStackTrace(new PrintWriter(text, true));
                code = -1;
            }
            outcomes.add(new Outcome(code, text.toString(), (System.nanoTime() - begin) / 1e9));
        }
        JSON.writeValue(Path.of(args[1]).toFile(), outcomes);
        System.exit(0);
    }

    private static int call(Step step, PrintWriter out) throws IOException {
        if (step.fresh() != null && Files.exists(Path.of(step.fresh()))) {
            try (var all = Files.walk(Path.of(step.fresh()))) {
                for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(path);
                }
            }
        }
        if (step.listed() != null) {
            String list = PictureFiles.find(List.of(step.listed())).stream()
                    .map(Path::toString)
                    .collect(Collectors.joining("\n"));
            System.setIn(new ByteArrayInputStream(list.getBytes(StandardCharsets.UTF_8)));
        }
        return Main.run(out, out, step.arguments().toArray(String[]::new));
    }

    private static int runClass(String name, StringWriter text) throws ReflectiveOperationException {
        var before = System.out;
        var bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        try {
            Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
            return 0;
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace(new PrintWriter(text, true));
            return 1;
        } finally {
            System.setOut(before);
            text.append(bytes.toString(StandardCharsets.UTF_8));
        }
    }
}
