package dev.fovea.cli;

import dev.fovea.data.inspect.Inspection;
import dev.fovea.data.inspect.InspectionPage;
import dev.fovea.train.classify.ClassifyData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea data inspect PATH}. */
@Command(
        name = "inspect",
        description = "Count classes and sizes, find damaged files and near-duplicates, show samples; one HTML page.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DataInspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "Pictures in any form that 'train' takes.")
    private String path;

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description = "The page to write (default ${DEFAULT-VALUE}).",
            defaultValue = "inspection.html")
    private Path page;

    @Option(names = "--json", description = "Print one JSON object instead of a summary.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        if (Files.isDirectory(page)) {
            throw new ParameterException(spec.commandLine(), "--out " + page + " is a folder; name a file in it");
        }
        var inspection = Inspection.of(ClassifyData.open(path, 0));
        InspectionPage.write(inspection, page);
        if (json) {
            Json.print(out, inspection.toJson().put("page", page.toString()));
        } else {
            out.println(inspection.description());
            var table = new Table(head(inspection));
            for (int c = 0; c < inspection.classes().size(); c++) {
                table.add(row(inspection, c));
            }
            out.println(table);
            inspection
                    .findings()
                    .forEach(f -> out.println(f.level().name().toLowerCase(Locale.ROOT) + ": " + f.text()));
            out.println("page " + page);
        }
        return Main.DONE;
    }

    private static String[] head(Inspection inspection) {
        return Stream.concat(Stream.of("class"), inspection.parts().stream().map(p -> p.name()))
                .toArray(String[]::new);
    }

    private static Object[] row(Inspection inspection, int c) {
        return Stream.concat(
                        Stream.of((Object) inspection.classes().get(c)),
                        inspection.parts().stream()
                                .map(p -> (Object) p.perClass().get(c)))
                .toArray();
    }
}
