package dev.fovea.nn;

import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * What a network consists of and costs, found by running it once on one picture in evaluation mode.
 *
 * @param network its type
 * @param input the shape of one picture, without the batch
 * @param rows its modules in the order they began to compute; those that did not compute come last
 * @param parameters values in all parameters
 * @param trainable those of them that are trained
 * @param multiplyAdds multiplications with an addition for one picture, as published (often under the name FLOPs)
 * @param activationBytes memory of all intermediate results of one picture, if all were kept, as training nearly does
 */
public record Summary(
        String network,
        Shape input,
        List<Row> rows,
        long parameters,
        long trainable,
        long multiplyAdds,
        long activationBytes) {
    /**
     * One module. Numbers are its own, without its children's.
     *
     * @param path from the network, empty for itself
     * @param outputs shapes of its first result, with a batch of 1
     * @param receptiveField how much of the picture one output depends on; null where that has no meaning
     * @param calls how often it computes for one picture
     */
    public record Row(
            String path,
            String type,
            List<Shape> outputs,
            long parameters,
            long multiplyAdds,
            ReceptiveField receptiveField,
            long activationBytes,
            int calls) {
        private boolean isWorthALine() {
            return parameters > 0 || multiplyAdds > 0 || activationBytes > 0 || path.isEmpty();
        }
    }

    public Summary {
        rows = List.copyOf(rows);
    }

    /** Of a network for pictures of a shape, for example {@code Summary.of(network, 3, 224, 224)}. */
    public static Summary of(Layer network, long... picture) {
        return of(network, Shape.of(picture), network::call);
    }

    /** Of a network that is called in its own way. */
    public static Summary of(Module network, Shape picture, Consumer<Tensor> call) {
        var modes = new LinkedHashMap<Module, Boolean>();
        network.modules().values().forEach(m -> modes.put(m, m.isTraining()));
        network.eval();
        var recorder = new SummaryRecorder();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            run(pictureFor(network, picture), call, recorder);
        } finally {
            modes.forEach(Module::setTraining);
        }
        return assemble(network, picture, recorder);
    }

    private static Tensor pictureFor(Module network, Shape picture) {
        var batch = new long[picture.rank() + 1];
        batch[0] = 1;
        System.arraycopy(picture.toArray(), 0, batch, 1, picture.rank());
        var zeros = Tensor.zeros(batch);
        var first = network.parameters().values().stream().findFirst();
        return first.map(p -> zeros.to(p.value().device()).to(p.value().dtype()))
                .orElse(zeros);
    }

    private static void run(Tensor picture, Consumer<Tensor> call, SummaryRecorder recorder) {
        recorder.input(picture);
        var observer = Module.glance((module, result) -> recorder.result(result));
        try (var recording = Recording.start(recorder)) {
            call.accept(picture);
        } finally {
            observer.run();
        }
    }

    private static Summary assemble(Module network, Shape picture, SummaryRecorder recorder) {
        var rows = new ArrayList<Row>();
        var byPath = network.modules();
        String root = network.path();
        recorder.modules().forEach((path, work) -> {
            String relative = path.equals(root) ? "" : root.isEmpty() ? path : path.substring(root.length() + 1);
            var module = byPath.get(relative);
            rows.add(new Row(
                    relative,
                    typeOf(module),
                    work.outputs(),
                    ownParameters(module),
                    work.multiplyAdds(),
                    work.field(),
                    work.bytes(),
                    work.calls()));
        });
        var seen = rows.stream().map(Row::path).collect(Collectors.toSet());
        byPath.forEach((path, module) -> {
            if (!seen.contains(path) && !module.states().isEmpty()) {
                rows.add(new Row(path, typeOf(module), List.of(), ownParameters(module), 0, null, 0, 0));
            }
        });
        long trainable = network.parameters().values().stream()
                .filter(Parameter::isTrainable)
                .mapToLong(p -> p.shape().numel())
                .sum();
        return new Summary(
                typeOf(network),
                picture,
                rows,
                network.parameterCount(),
                trainable,
                rows.stream().mapToLong(Row::multiplyAdds).sum(),
                rows.stream().mapToLong(Row::activationBytes).sum());
    }

    private static String typeOf(Module module) {
        return module == null ? "?" : module.getClass().getSimpleName();
    }

    private static long ownParameters(Module module) {
        return module == null
                ? 0
                : module.states().values().stream()
                        .filter(s -> s instanceof Parameter)
                        .mapToLong(s -> s.shape().numel())
                        .sum();
    }

    /** A table of the modules that do or hold something, and the totals. */
    @Override
    public String toString() {
        var lines = new ArrayList<String[]>();
        lines.add(new String[] {"layer", "type", "output", "parameters", "multiply-adds", "field", "memory"});
        for (var row : rows) {
            if (row.isWorthALine()) {
                lines.add(new String[] {
                    row.path().isEmpty() ? "(all)" : row.path(),
                    row.type() + (row.calls() > 1 ? " x" + row.calls() : ""),
                    row.calls() == 0
                            ? "not used"
                            : row.outputs().stream().map(Shape::toString).collect(Collectors.joining(" ")),
                    number(row.parameters()),
                    number(row.multiplyAdds()),
                    row.receptiveField() == null ? "" : row.receptiveField().toString(),
                    bytes(row.activationBytes())
                });
            }
        }
        return table(lines) + totals();
    }

    private String totals() {
        return String.format(
                Locale.ROOT,
                "%s on %s: %s parameters (%s trainable), %.3f G multiply-adds and %s of activations per picture%n",
                network,
                input,
                number(parameters),
                number(trainable),
                (double) multiplyAdds / 1e9,
                bytes(activationBytes));
    }

    private static String number(long n) {
        return n == 0 ? "0" : String.format(Locale.ROOT, "%,d", n);
    }

    private static String bytes(long n) {
        return n < 10_000
                ? n + " B"
                : n < 10_000_000
                        ? String.format(Locale.ROOT, "%.1f kB", (double) n / 1e3)
                        : String.format(Locale.ROOT, "%.1f MB", (double) n / 1e6);
    }

    private static String table(List<String[]> lines) {
        int columns = lines.get(0).length;
        var widths = new int[columns];
        lines.forEach(line -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        });
        var text = new StringBuilder();
        for (var line : lines) {
            for (int i = 0; i < columns; i++) {
                // Words start at the left, numbers end at the right.
                text.append(String.format("%" + (i < 3 ? "-" : "") + widths[i] + "s", line[i]))
                        .append(i == columns - 1 ? System.lineSeparator() : "  ");
            }
        }
        return text.toString();
    }
}
