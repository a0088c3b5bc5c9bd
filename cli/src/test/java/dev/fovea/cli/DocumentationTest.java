package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.cli.DocumentationPage.Call;
import dev.fovea.cli.DocumentationPage.Code;
import dev.fovea.cli.DocumentationPage.Example;
import dev.fovea.cli.DocumentationRunner.Outcome;
import dev.fovea.cli.DocumentationRunner.Step;
import dev.fovea.models.Models;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.detect.DetectRecipe;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Everything a reader can copy from the documentation works; everything it names exists; nothing is left out. */
class DocumentationTest {
    /** Pages in the order a reader meets them: later ones use runs that earlier ones made. */
    private static final List<String> PAGES = List.of(
            "README.md",
            "docs/train.md",
            "docs/detect.md",
            "docs/predict.md",
            "docs/export.md",
            "docs/serve.md",
            "docs/embed.md",
            "docs/data.md",
            "docs/models.md",
            "docs/files.md",
            "docs/operations.md",
            "docs/architecture.md",
            "CONTRIBUTING.md",
            "CHANGELOG.md");

    private static final String IMPORTS = Stream.of(
                            "data",
                            "export",
                            "models",
                            "models.weights",
                            "nn",
                            "nn.checkpoint",
                            "runtime",
                            "tensor",
                            "train",
                            "train.classify",
                            "train.detect",
                            "train.recipe")
                    .map(p -> "import dev.fovea." + p + ".*;\n")
                    .reduce("", String::concat)
            + "import dev.fovea.vision.*;\nimport dev.fovea.vision.codec.*;\nimport dev.fovea.vision.transform.*;\n"
            + "import java.nio.file.*;\nimport java.util.*;\n";

    private static final Path ROOT = root();

    @TempDir
    static Path temp;

    private static List<DocumentationPage> pages;

    @BeforeAll
    static void read() throws IOException {
        pages = new ArrayList<>();
        for (String name : PAGES) {
            pages.add(DocumentationPage.read(ROOT, name));
        }
    }

    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("fovea")) || !Files.exists(folder.resolve("README.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    @TestFactory
    Stream<DynamicTest> every_example_works() throws IOException, InterruptedException {
        var examples = pages.stream().flatMap(p -> p.examples().stream()).toList();
        assertThat(examples).hasSizeGreaterThan(30);
        var outcomes = run(examples);
        return IntStream.range(0, examples.size())
                .mapToObj(i -> DynamicTest.dynamicTest(
                        examples.get(i).where(), () -> check(examples.get(i), outcomes.get(i))));
    }

    private static void check(Example example, Outcome outcome) {
        if (example instanceof Call call && !call.failure().isEmpty()) {
            assertThat(outcome.code()).as(outcome.output()).isNotZero();
            assertThat(outcome.output()).contains(call.failure());
        } else {
            assertThat(outcome.code()).as(example + "\n" + outcome.output()).isZero();
        }
    }

    private static List<Outcome> run(List<Example> examples) throws IOException, InterruptedException {
        var work = Files.createDirectory(temp.resolve("work"));
        new DocumentationFiles(work).make(ROOT);
        var json = new ObjectMapper();
        var classes = compile(examples);
        var steps = temp.resolve("steps.json");
        var outcomes = temp.resolve("outcomes.json");
        json.writeValue(
                steps.toFile(),
                IntStream.range(0, examples.size())
                        .mapToObj(i -> step(examples.get(i), i))
                        .toList());
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Xss2m",
                        "-XX:TieredStopAtLevel=1",
                        "-Djava.awt.headless=true",
                        "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                        "-cp",
                        classes + java.io.File.pathSeparator + System.getProperty("java.class.path"),
                        DocumentationRunner.class.getName(),
                        steps.toString(),
                        outcomes.toString())
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("log.txt").toFile())
                .start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES))
                    .as("the examples end")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(Files.readString(temp.resolve("log.txt")))
                .isZero();
        return json.readValue(outcomes.toFile(), new TypeReference<List<Outcome>>() {});
    }

    private static Step step(Example example, int number) {
        if (example instanceof Call call) {
            boolean train = call.arguments().contains("train");
            boolean anew = call.failure().isEmpty() && train && call.arguments().contains("--out");
            String fresh = anew ? call.arguments().get(call.arguments().indexOf("--out") + 1) : null;
            return new Step(anew ? quick(call.arguments()) : call.arguments(), call.listed(), fresh, null);
        }
        return new Step(null, null, null, "Example" + number);
    }

    /** A training call that asks for as little work as can be. */
    private static List<String> quick(List<String> arguments) {
        var quick = new ArrayList<>(arguments);
        if (arguments.contains("detect")) {
            quick.addAll(List.of("--epochs", "1", "--limit", "4", "--batch", "2", "--size", "64"));
            return quick;
        }
        int epochs = quick.indexOf("--epochs");
        if (epochs >= 0) {
            quick.remove(epochs);
            quick.remove(epochs);
        }
        quick.addAll(List.of("--epochs", "1", "--limit", "1", "--batch", "10", "--precision", "float32"));
        if (!quick.contains("--size") && !quick.contains("--recipe")) {
            quick.addAll(List.of("--size", "32"));
        }
        if (Stream.of("--model", "--arch", "--recipe").noneMatch(quick::contains)) {
            quick.addAll(List.of("--arch", "conv8-bn-pool,gap"));
        }
        return quick;
    }

    private static Path compile(List<Example> examples) throws IOException {
        var classes = Files.createDirectory(temp.resolve("classes"));
        var arguments = new ArrayList<>(
                List.of("-proc:none", "-d", classes.toString(), "-classpath", System.getProperty("java.class.path")));
        for (int i = 0; i < examples.size(); i++) {
            if (examples.get(i) instanceof Code code) {
                var source = temp.resolve("Example" + i + ".java");
                Files.writeString(
                        source,
                        IMPORTS + "// " + code.where() + "\npublic class Example" + i
                                + " {\n    public static void main(String[] args) throws Exception {\n" + code.text()
                                + "\n    }\n}\n");
                arguments.add(source.toString());
            }
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .as("the Java examples compile; the compiler's messages are above")
                .isZero();
        return classes;
    }

    @Test
    void every_link_leads_somewhere() throws IOException {
        var broken = new ArrayList<String>();
        for (var page : pages) {
            for (String link : page.links()) {
                if (page.isBroken(link)) {
                    broken.add(page.name() + ": " + link);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void every_option_that_is_named_exists() {
        var known = options(new CommandLine(Main.class));
        known.addAll(List.of("--enable-native-access", "--data-binary", "--rm")); // of Java, curl and Docker
        known.add("--epoch"); // a mistake that is shown
        for (var page : pages) {
            assertThat(known).as(page.name()).containsAll(page.options());
        }
    }

    @Test
    void every_option_of_training_is_explained() {
        var train = new CommandLine(Main.class)
                .getSubcommands()
                .get("train")
                .getSubcommands()
                .get("classify");
        var options = options(train);
        options.remove("--version");
        assertThat(page("docs/train.md").options()).containsAll(options);
    }

    @Test
    void every_option_of_detection_is_explained() {
        var train = new CommandLine(Main.class)
                .getSubcommands()
                .get("train")
                .getSubcommands()
                .get("detect");
        var options = options(train);
        options.remove("--version");
        var explained = new TreeSet<String>(page("docs/train.md").options());
        explained.addAll(page("docs/detect.md").options());
        assertThat(explained).containsAll(options);
        String text = page("docs/detect.md").text();
        for (RecordComponent key : DetectRecipe.Data.class.getRecordComponents()) {
            String written = key.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
            assertThat(text).contains("`data." + written + "`");
        }
    }

    @Test
    void every_key_of_a_recipe_is_explained() {
        String text = page("docs/train.md").text();
        for (RecordComponent group : ClassifyRecipe.class.getRecordComponents()) {
            if (group.getType().isRecord()) {
                for (RecordComponent key : group.getType().getRecordComponents()) {
                    String snake = key.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
                    assertThat(text).contains("`" + group.getName() + "." + snake + "`");
                }
            }
        }
    }

    @Test
    void every_network_and_its_options_are_named() {
        String text = page("docs/models.md").text();
        for (var architecture : Models.all()) {
            assertThat(text).contains("`" + architecture.name() + "`");
            // A row may leave a long list to the command, if it says so.
            boolean whole = text.lines()
                    .filter(line -> line.startsWith("|") && line.contains("`" + architecture.name() + "`"))
                    .noneMatch(line -> line.contains("and more: see `./fovea models show"));
            if (whole) {
                architecture.options().forEach(o -> assertThat(text).contains("`" + o.name() + "`"));
            }
        }
    }

    private static DocumentationPage page(String name) {
        return pages.get(PAGES.indexOf(name));
    }

    private static Set<String> options(CommandLine command) {
        var names = new TreeSet<String>();
        command.getCommandSpec().options().forEach(o -> names.add(o.longestName()));
        command.getSubcommands().values().forEach(c -> names.addAll(options(c)));
        return names;
    }
}
