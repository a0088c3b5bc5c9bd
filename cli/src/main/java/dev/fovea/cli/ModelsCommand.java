package dev.fovea.cli;

import dev.fovea.models.Architecture;
import dev.fovea.models.Models;
import dev.fovea.models.NetworkCost;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code fovea models}: the names there are. */
@Command(
        name = "models",
        description = "List the networks, show one, or check their numbers.",
        mixinStandardHelpOptions = true,
        subcommands = {ModelsShowCommand.class, ModelsVerifyCommand.class, ModelsMeasureCommand.class})
final class ModelsCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--filter",
            paramLabel = "TEXT",
            description = "Only networks whose name, task, reference or paper has this in it, in any case.")
    private String filter = "";

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var io = spec.commandLine();
        var shown = Models.all().stream().filter(this::isShown).toList();
        if (json) {
            Json.print(
                    io.getOut(),
                    Map.of("models", shown.stream().map(ModelsCommand::entry).toList()));
            return Main.DONE;
        }
        if (shown.isEmpty()) {
            io.getErr().println("no network has '" + filter + "' in its name, task, reference or paper");
            return Main.FAILED;
        }
        io.getOut().println(table(shown));
        var unmeasured = new ArrayList<String>();
        shown.stream().filter(a -> NetworkCost.find(a).isEmpty()).forEach(a -> unmeasured.add(a.name()));
        if (!unmeasured.isEmpty()) {
            io.getErr()
                    .println("not measured yet: " + String.join(", ", unmeasured)
                            + "; 'fovea models measure NAME' does it");
        }
        return Main.DONE;
    }

    private boolean isShown(Architecture<?> a) {
        var all = String.join("\n", a.name(), Models.task(a), a.reference(), a.paper())
                .toLowerCase(Locale.ROOT);
        return all.contains(filter.toLowerCase(Locale.ROOT));
    }

    private static Table table(List<Architecture<?>> shown) {
        var table = new Table("name", "task", "parameters", "FLOPs", "size", "reference", "paper");
        for (var a : shown) {
            table.add(
                    a.name(),
                    Models.task(a),
                    String.format(Locale.ROOT, "%,d", a.parameters()),
                    NetworkCost.find(a).map(c -> giga(c.multiplyAdds())).orElse("-"),
                    a.imageSize(),
                    a.reference(),
                    a.paper());
        }
        return table;
    }

    private static Map<String, Object> entry(Architecture<?> a) {
        var entry = new LinkedHashMap<String, Object>();
        entry.put("name", a.name());
        entry.put("task", Models.task(a));
        entry.put("parameters", a.parameters());
        entry.put(
                "multiply_adds",
                NetworkCost.find(a).map(NetworkCost::multiplyAdds).orElse(null));
        entry.put("size", a.imageSize());
        entry.put("reference", a.reference());
        entry.put("paper", a.paper());
        return entry;
    }

    /** Multiply-adds with three or four digits and a unit that is the same for all, so that they compare at a glance. */
    private static String giga(long multiplyAdds) {
        return String.format(Locale.ROOT, multiplyAdds < 1_000_000_000L ? "%.4f G" : "%.2f G", multiplyAdds / 1e9);
    }
}
