package dev.fovea.cli;

import dev.fovea.models.weights.Download;
import dev.fovea.models.weights.PublishedWeights;
import dev.fovea.models.weights.WeightsFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea pull NAME}: published weights from where their authors keep them. */
@Command(
        name = "pull",
        description = "Fetch published weights from their authors' address; '--weights pretrained' then finds them.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PullCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..*",
            description = "A network, for the weights its authors prefer; or 'resnet50.imagenet1k_v1' for others.")
    private List<String> names = new ArrayList<>();

    @Option(names = "--list", description = "List what can be fetched, of the networks named or of all.")
    private boolean list;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    private final WeightsFolder folder = WeightsFolder.standard();

    @Override
    public Integer call() throws IOException {
        if (list) {
            list();
        } else if (names.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "no network named; 'fovea pull --list' says which have published weights");
        } else {
            pull();
        }
        return Main.DONE;
    }

    private void pull() throws IOException {
        var wanted = names.stream().map(PublishedWeights::get).toList();
        var io = spec.commandLine();
        var answers = new ArrayList<Map<String, Object>>();
        for (var weights : wanted) {
            var place = folder.place(weights);
            if (folder.find(weights).isEmpty()) {
                io.getErr().println(weights.name() + " from " + weights.address() + size(weights));
            }
            boolean fetched = new Download().fetch(Download.Source.of(weights), place, new Tenths(io.getErr()));
            if (!json) {
                io.getOut().println(place + (fetched ? "" : "  (was here already)"));
            }
            var answer = facts(weights);
            answer.put("fetched", fetched);
            answers.add(answer);
        }
        if (json) {
            Json.print(io.getOut(), Map.of("weights", answers));
        }
    }

    private void list() {
        var shown = PublishedWeights.all().stream()
                .filter(w -> names.isEmpty() || names.contains(w.model()))
                .toList();
        if (json) {
            Json.print(
                    spec.commandLine().getOut(),
                    Map.of("weights", shown.stream().map(this::facts).toList()));
            return;
        }
        var table = new Table("name", "preferred", "MB", "here", "licence", "preparation", "address");
        for (var w : shown) {
            table.add(
                    w.name(),
                    w.preferred() ? "yes" : "",
                    w.bytes() == 0 ? "" : String.format(Locale.ROOT, "%.1f", (double) w.bytes() / 1e6),
                    folder.find(w).isPresent() ? "yes" : "",
                    w.licence(),
                    w.resize(),
                    w.address());
        }
        spec.commandLine().getOut().println(table);
    }

    private Map<String, Object> facts(PublishedWeights w) {
        var facts = new LinkedHashMap<String, Object>();
        facts.put("name", w.name());
        facts.put("model", w.spec().toString());
        facts.put("preferred", w.preferred());
        facts.put("address", w.address().toString());
        facts.put("sha256", w.sha256());
        facts.put("bytes", w.bytes());
        facts.put("licence", w.licence());
        facts.put("preparation", w.resize());
        facts.put("labels", w.labels());
        facts.put("file", folder.place(w).toString());
        facts.put("here", folder.find(w).isPresent());
        return facts;
    }

    private static String size(PublishedWeights weights) {
        return weights.bytes() == 0 ? "" : String.format(Locale.ROOT, ", %.1f MB", (double) weights.bytes() / 1e6);
    }

    /** A line for each tenth. */
    private static final class Tenths implements Download.Listener {
        private final PrintWriter err;
        private long last = -1;

        private Tenths(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void progress(long bytes, long total) {
            Interruption.check();
            long tenth = total == 0 ? 0 : bytes * 10 / total;
            if (tenth > last && total > 0) {
                err.printf(Locale.ROOT, "%4d %%  %.1f of %.1f MB%n", tenth * 10, bytes / 1e6, total / 1e6);
                last = tenth;
            }
        }
    }
}
