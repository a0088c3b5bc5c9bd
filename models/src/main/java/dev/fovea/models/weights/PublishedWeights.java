package dev.fovea.models.weights;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A file of weights that the authors of a reference implementation publish, and what must be known to use it. The table holds what
 * the references' own sources say.
 *
 * @param model name of the registry
 * @param tag the reference's name for this set of weights, such as {@code imagenet1k_v1}
 * @param preferred whether the reference means this set where none is named
 * @param address where the reference fetches it
 * @param sha256 how the file's SHA-256 begins: the check that the reference itself makes
 * @param bytes its size, exact to a kilobyte; 0 if the reference does not say
 * @param licence under which the reference gives it, as far as it says so
 * @param resize how pictures get their size, as {@link ResizePolicy} reads it
 * @param mean of the channels, 0-1
 * @param std deviation of the channels, 0-1
 * @param labels the list of classes: {@code imagenet1k}
 * @param options of the network, as {@link ModelSpec} reads them between the parentheses; empty for the standard ones
 */
public record PublishedWeights(
        String model,
        String tag,
        boolean preferred,
        URI address,
        String sha256,
        long bytes,
        String licence,
        String resize,
        List<Float> mean,
        List<Float> std,
        String labels,
        String options) {
    /** What stands for a file of weights where the published ones are meant. */
    public static final String WORD = "pretrained";

    private static final int COLUMNS = 12;

    /** Read when first asked for. */
    private static final class Table {
        private static final List<PublishedWeights> ALL = lines("published-weights.tsv").stream()
                .skip(1)
                .map(PublishedWeights::of)
                .toList();
    }

    private static List<String> lines(String resource) {
        try (var stream = Objects.requireNonNull(PublishedWeights.class.getResourceAsStream(resource), resource);
                var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PublishedWeights of(String line) {
        String[] c = line.split("\t", -1);
        if (c.length != COLUMNS) {
            throw new IllegalStateException("a row of published weights has " + COLUMNS + " columns: " + line);
        }
        return new PublishedWeights(
                c[0],
                c[1],
                c[2].equals("yes"),
                URI.create(c[3]),
                c[4],
                c[5].isEmpty() ? 0 : Math.round(Double.parseDouble(c[5]) * (1 << 20)),
                c[6],
                c[7],
                numbers(c[8]),
                numbers(c[9]),
                c[10],
                c[11]);
    }

    private static List<Float> numbers(String text) {
        return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
    }

    /** The whole table, networks that are not registered included. */
    static List<PublishedWeights> table() {
        return Table.ALL;
    }

    /** All published weights of registered networks. */
    public static List<PublishedWeights> all() {
        return Table.ALL.stream().filter(w -> Models.find(w.model).isPresent()).toList();
    }

    /** All published weights of one network, the preferred first. */
    public static List<PublishedWeights> of(ModelSpec model) {
        return all().stream()
                .filter(w -> w.model.equals(model.name()))
                .sorted((a, b) -> Boolean.compare(b.preferred, a.preferred))
                .toList();
    }

    /**
     * The weights of a name: {@code resnet50} for the preferred ones, {@code resnet50.imagenet1k_v1} for others.
     *
     * @throws IllegalArgumentException if there are none, naming those that there are
     */
    public static PublishedWeights get(String name) {
        int dot = name.indexOf('.');
        var model = Models.get(dot < 0 ? name : name.substring(0, dot));
        var known = of(ModelSpec.of(model.name()));
        if (known.isEmpty()) {
            throw new IllegalArgumentException(
                    "no published weights are known of " + model.name() + "; 'fovea pull --list' names those that are");
        }
        String tag = dot < 0 ? known.get(0).tag : name.substring(dot + 1);
        return known.stream()
                .filter(w -> w.tag.equals(tag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there are no weights '" + name + "'; those of "
                        + model.name() + " are "
                        + String.join(
                                ", ", known.stream().map(PublishedWeights::name).toList())));
    }

    /**
     * The weights that a word for a file means for a network: {@code pretrained} or {@code pretrained.imagenet1k_v1}; empty if it is
     * no such word but a file.
     */
    public static Optional<PublishedWeights> meant(String weights, ModelSpec model) {
        if (!weights.equals(WORD) && !weights.startsWith(WORD + ".imagenet") && !isTagged(weights, model)) {
            return Optional.empty();
        }
        return Optional.of(get(model.name() + weights.substring(WORD.length())));
    }

    private static boolean isTagged(String weights, ModelSpec model) {
        return of(model).stream().anyMatch(w -> weights.equals(WORD + "." + w.tag));
    }

    /** Model and tag. */
    public String name() {
        return model + "." + tag;
    }

    /** What the file is called at its address, and here. */
    public String fileName() {
        String path = address.getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The network that the weights are for. */
    public ModelSpec spec() {
        return ModelSpec.parse(options.isEmpty() ? model : model + "(" + options + ")");
    }

    /** How pictures are prepared for these weights. */
    public Preprocessing preprocessing() {
        return new Preprocessing(ResizePolicy.parse(resize), new Normalize(mean, std));
    }

    /** The names of the classes, in order. */
    public List<String> classes() {
        return lines("labels-" + labels + ".txt");
    }
}
