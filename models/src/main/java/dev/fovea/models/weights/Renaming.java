package dev.fovea.models.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.Backbone;
import dev.fovea.models.detect.Detector;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A file's tensors under a network's own names. Other projects call the tensors of the same networks otherwise, cut them otherwise
 * (query, key and value apart or as one) or keep them in another shape; tables beside this class, one for each project, say how.
 *
 * @param tensors by the names that the network has, as far as a table knows them
 * @param table whose names the file had, for people, such as {@code timm's names of a vision transformer}; empty if it had the network's
 *     own
 */
public record Renaming(Map<String, Tensor> tensors, Optional<String> table) {
    private static final List<String> SOURCES = List.of("torchvision", "timm", "huggingface");
    private static final String COUNTER = "num_batches_tracked";

    /** Read when first needed. */
    private static final class Tables {
        private static final List<RenamingFamily> ALL = read();

        private static List<RenamingFamily> read() {
            var families = new ArrayList<RenamingFamily>();
            for (String source : SOURCES) {
                try (var stream = Renaming.class.getResourceAsStream("names-" + source + ".json")) {
                    families.addAll(Renaming.read(stream));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return List.copyOf(families);
        }
    }

    static List<RenamingFamily> read(InputStream table) throws IOException {
        var tree = new ObjectMapper().readTree(table);
        String source = tree.required("source").textValue();
        var families = new ArrayList<RenamingFamily>();
        tree.required("families").forEach(f -> families.add(RenamingFamily.of(source, f)));
        return families;
    }

    public Renaming {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * The tensors of a file for a network, those of another picture or window size {@linkplain Backbone#fitted fitted}. New tensors (joined,
     * split, shifted, resized ones) belong to the innermost
     * {@link dev.fovea.tensor.Scope}, all others are the file's.
     *
     * @throws IllegalArgumentException if two tensors of the file mean the same one of the network
     */
    public static Renaming of(Backbone network, Map<String, Tensor> file) {
        var renamed = of(network, file, Tables.ALL);
        var fitted = new LinkedHashMap<String, Tensor>();
        renamed.tensors.forEach((key, tensor) -> fitted.put(key, network.fitted(key, tensor)));
        return new Renaming(fitted, renamed.table);
    }

    /** As {@link #of(Backbone, Map)}, for a detector. */
    public static Renaming of(Detector<?> network, Map<String, Tensor> file) {
        var renamed = of(network.stateDict(), network::canonicalKey, file, Tables.ALL);
        var fitted = new LinkedHashMap<String, Tensor>();
        renamed.tensors.forEach((key, tensor) -> fitted.put(key, network.fitted(key, tensor)));
        return new Renaming(fitted, renamed.table);
    }

    static Renaming of(Backbone network, Map<String, Tensor> given, List<RenamingFamily> families) {
        return of(network.stateDict(), network::canonicalKey, given, families);
    }

    private static Renaming of(
            Map<String, Tensor> own,
            UnaryOperator<String> canonicalKey,
            Map<String, Tensor> given,
            List<RenamingFamily> families) {
        var file = new LinkedHashMap<String, Tensor>();
        given.forEach((key, tensor) -> file.put(canonicalKey.apply(key), tensor));
        var needed = new LinkedHashSet<>(own.keySet());
        needed.removeIf(key -> key.endsWith(COUNTER));
        if (file.keySet().containsAll(needed)) {
            return new Renaming(file, Optional.empty());
        }
        RenamingFamily best = null;
        RenamingFamily.Plan bestPlan = null;
        long most = needed.stream().filter(file::containsKey).count();
        for (var family : families) {
            if (file.keySet().containsAll(family.present())) {
                var plan = family.plan(file.keySet());
                long filled = plan.filled(needed);
                if (filled > most) {
                    best = family;
                    bestPlan = plan;
                    most = filled;
                }
            }
        }
        return best == null
                ? new Renaming(file, Optional.empty())
                : new Renaming(apply(best, bestPlan, file, own), Optional.of(title(best)));
    }

    private static String title(RenamingFamily family) {
        return family.source() + "'s names of " + family.name()
                + (family.note().isEmpty() ? "" : " (" + family.note() + ")");
    }

    private static Map<String, Tensor> apply(
            RenamingFamily family, RenamingFamily.Plan plan, Map<String, Tensor> file, Map<String, Tensor> own) {
        var named = new LinkedHashMap<String, Tensor>();
        var origin = new LinkedHashMap<String, String>();
        for (var use : plan.uses()) {
            var parts = parts(use, file);
            for (int i = 0; i < parts.size(); i++) {
                String to = use.to().get(i);
                put(named, origin, to, use.from().get(0), fitted(family, use, to, parts.get(i), own));
            }
        }
        plan.left().forEach(key -> put(named, origin, key, key, file.get(key)));
        own.forEach((key, tensor) -> {
            if (family.own().stream().anyMatch(p -> p.match(key).isPresent())) {
                named.putIfAbsent(key, tensor);
            }
        });
        return named;
    }

    private static void put(
            Map<String, Tensor> named, Map<String, String> origin, String to, String from, Tensor tensor) {
        String before = origin.put(to, from);
        if (before != null) {
            throw new IllegalArgumentException(
                    "the tensors '" + before + "' and '" + from + "' both mean '" + to + "'; the file is damaged");
        }
        named.put(to, tensor);
    }

    /** The tensors of a use, joined and cut as its rule says: one for each new name. */
    private static List<Tensor> parts(RenamingRule.Use use, Map<String, Tensor> file) {
        var first = file.get(use.from().get(0));
        var joined = first;
        if (use.from().size() > 1) {
            var all = use.from().stream()
                    .map(key -> key.equals(RenamingRule.ZEROS)
                            ? Tensor.zeros(
                                    first.dtype(), first.device(), first.shape().toArray())
                            : file.get(key))
                    .toList();
            if (!all.stream().allMatch(t -> t.rank() > 0 && sameBehind(t, first))) {
                throw new IllegalArgumentException(
                        "the tensors " + use.from() + " of the file cannot be joined, their shapes are "
                                + all.stream().map(Tensor::shape).toList());
            }
            joined = Tensor.cat(all, 0);
        }
        int n = use.to().size();
        if (n == 1) {
            return List.of(joined);
        }
        if (joined.rank() == 0 || joined.dim(0) % n != 0) {
            throw new IllegalArgumentException("the tensor '" + use.from().get(0) + "' of the file, " + joined.shape()
                    + ", has not " + n + " equal parts");
        }
        long rows = joined.dim(0) / n;
        var parts = new ArrayList<Tensor>();
        for (int i = 0; i < n; i++) {
            parts.add(joined.narrow(0, i * rows, rows));
        }
        return parts;
    }

    private static boolean sameBehind(Tensor a, Tensor b) {
        if (a.rank() != b.rank()) {
            return false;
        }
        for (int d = 1; d < a.rank(); d++) {
            if (a.dim(d) != b.dim(d)) {
                return false;
            }
        }
        return true;
    }

    private static Tensor fitted(
            RenamingFamily family, RenamingRule.Use use, String to, Tensor part, Map<String, Tensor> own) {
        var expected = own.get(to);
        var tensor = part;
        if (use.rule().reshape()
                && expected != null
                && expected.numel() == part.numel()
                && !expected.shape().equals(part.shape())) {
            tensor = part.reshape(expected.shape().toArray());
        }
        var shift = family.shifts().get(to.substring(to.lastIndexOf('.') + 1));
        return shift == null ? tensor : tensor.add(shift);
    }
}
