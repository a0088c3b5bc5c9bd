package dev.fovea.cli;

import dev.fovea.models.Architecture;
import dev.fovea.models.Models;
import dev.fovea.models.NetworkCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea models measure}: the figures that {@code fovea models} shows, made anew. */
@Command(
        name = "measure",
        description = "Run networks once and count what a picture costs them: the table that 'fovea models' reads.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ModelsMeasureCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "NAME", arity = "0..*", description = "Names to measure (default: all).")
    private List<String> names = new ArrayList<>();

    @Option(names = "--missing", description = "Measure only what the table has no figures of.")
    private boolean missing;

    @Option(names = "--out", paramLabel = "FILE", description = "Write the whole table there.")
    private Path file;

    @Override
    public Integer call() throws IOException {
        names.forEach(Models::any);
        var io = spec.commandLine();
        var costs = new ArrayList<NetworkCost>();
        for (var architecture : Models.all()) {
            var kept = NetworkCost.find(architecture);
            if (isWanted(architecture, kept)) {
                var cost = NetworkCost.measure(architecture);
                costs.add(cost);
                io.getOut()
                        .println(String.format(
                                Locale.ROOT,
                                "%-36s %4d px  %,14d parameters  %,18d multiply-adds",
                                cost.name(),
                                cost.size(),
                                cost.parameters(),
                                cost.multiplyAdds()));
                io.getOut().flush();
            } else {
                kept.ifPresent(costs::add);
            }
        }
        if (file != null) {
            Files.writeString(file, NetworkCost.write(costs));
        }
        return Main.DONE;
    }

    private boolean isWanted(Architecture<?> architecture, Optional<NetworkCost> kept) {
        return (names.isEmpty() || names.contains(architecture.name())) && !(missing && kept.isPresent());
    }
}
