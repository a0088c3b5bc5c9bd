package dev.fovea.cli;

import dev.fovea.models.Models;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea models}: the names there are. */
@Command(
        name = "models",
        description = "List the networks, or check their numbers.",
        mixinStandardHelpOptions = true,
        subcommands = {ModelsShowCommand.class, ModelsVerifyCommand.class})
final class ModelsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public void run() {
        var out = spec.commandLine().getOut();
        if (json) {
            List<Map<String, Object>> list = new ArrayList<>();
            for (var a : Models.classifiers()) {
                var entry = new LinkedHashMap<String, Object>();
                entry.put("name", a.name());
                entry.put("task", "classify");
                entry.put("parameters", a.parameters());
                entry.put("size", a.imageSize());
                entry.put("reference", a.reference());
                entry.put("paper", a.paper());
                list.add(entry);
            }
            Json.print(out, Map.of("models", list));
            return;
        }
        var table = new Table("name", "parameters", "size", "reference", "paper");
        for (var a : Models.classifiers()) {
            table.add(
                    a.name(),
                    String.format(Locale.ROOT, "%,d", a.parameters()),
                    a.imageSize(),
                    a.reference(),
                    a.paper());
        }
        out.println(table);
    }
}
