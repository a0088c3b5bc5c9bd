package dev.fovea.vision.transform;

import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The one table of augmentations by name: their arguments with defaults, what they do, and how they are made. */
final class Registry {
    private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>();

    static {
        add("flip", "swaps left and right", a -> new HorizontalFlip(a.number("probability")), "probability=0.5");
        add("vflip", "swaps top and bottom", a -> new VerticalFlip(a.number("probability")), "probability=0.5");
        add(
                "crop",
                "a window of that size at a random place, after padding each side",
                a -> new RandomCrop(a.size("size"), a.whole("padding"), a.whole("fill")),
                "size",
                "padding=0",
                "fill=0");
        add(
                "resizedcrop",
                "a random part of that share of the area and that ratio, resized",
                a -> new RandomResizedCrop(
                        a.size("size"),
                        a.number("minArea"),
                        a.number("maxArea"),
                        a.number("minRatio"),
                        a.number("maxRatio")),
                "size",
                "minArea=0.08",
                "maxArea=1",
                "minRatio=0.75",
                "maxRatio=1.3333");
        add(
                "rotate",
                "turns by up to that many degrees either way",
                a -> new RandomRotation(a.number("degrees"), a.whole("fill")),
                "degrees",
                "fill=0");
        add(
                "affine",
                "turns (degrees), shifts (share of the size), scales and shears (degrees)",
                a -> new RandomAffine(
                        a.number("degrees"),
                        a.number("translate"),
                        a.number("minScale"),
                        a.number("maxScale"),
                        a.number("shear"),
                        a.whole("fill")),
                "degrees",
                "translate=0",
                "minScale=1",
                "maxScale=1",
                "shear=0",
                "fill=0");
        add(
                "perspective",
                "sees it from a random angle",
                a -> new RandomPerspective(a.number("distortion"), a.number("probability"), a.whole("fill")),
                "distortion=0.5",
                "probability=0.5",
                "fill=0");
        add(
                "jitter",
                "changes brightness, contrast, saturation and hue in random order",
                a -> new ColorJitter(
                        a.number("brightness"), a.number("contrast"), a.number("saturation"), a.number("hue")),
                "brightness",
                "contrast=0",
                "saturation=0",
                "hue=0");
        add(
                "blur",
                "Gaussian blur of a random width",
                a -> new GaussianBlur(
                        a.whole("kernel"), a.number("minSigma"), a.number("maxSigma"), a.number("probability")),
                "kernel",
                "minSigma=0.1",
                "maxSigma=2",
                "probability=1");
        add(
                "noise",
                "Gaussian noise of that many grey levels",
                a -> new GaussianNoise(a.number("sigma"), a.number("probability")),
                "sigma",
                "probability=1");
        add(
                "erase",
                "hides a random rectangle",
                a -> new RandomErasing(
                        a.number("probability"),
                        a.number("minArea"),
                        a.number("maxArea"),
                        a.number("minRatio"),
                        a.number("maxRatio"),
                        a.whole("fill")),
                "probability=0.5",
                "minArea=0.02",
                "maxArea=0.33",
                "minRatio=0.3",
                "maxRatio=3.3",
                "fill=128");
        add(
                "ioucrop",
                "a random part that some object overlaps well (for boxes)",
                a -> new RandomIouCrop(
                        a.number("minScale"), a.number("maxScale"), a.number("minRatio"), a.number("maxRatio")),
                "minScale=0.3",
                "maxScale=1",
                "minRatio=0.5",
                "maxRatio=2");
        add(
                "zoomout",
                "puts it on a sheet of up to so many times its sides",
                a -> new ZoomOut(a.number("maxScale"), a.number("probability"), a.whole("fill")),
                "maxScale=4",
                "probability=0.5",
                "fill=0");
        add(
                "scalejitter",
                "a window of that size of it after scaling by that range",
                a -> new ScaleJitter(a.size("size"), a.number("minScale"), a.number("maxScale"), a.whole("fill")),
                "size",
                "minScale=0.1",
                "maxScale=2",
                "fill=0");
        add(
                "autocontrast",
                "stretches each channel to the full range",
                a -> new AutoContrast(a.number("probability")),
                "probability=0.5");
        add(
                "equalize",
                "makes all grey levels about equally frequent",
                a -> new Equalize(a.number("probability")),
                "probability=0.5");
        add(
                "posterize",
                "keeps that many high bits of each value",
                a -> new Posterize(a.whole("bits"), a.number("probability")),
                "bits",
                "probability=0.5");
        add(
                "solarize",
                "inverts the values from the threshold up",
                a -> new Solarize(a.number("threshold"), a.number("probability")),
                "threshold=128",
                "probability=0.5");
        add("invert", "makes the negative", a -> new Invert(a.number("probability")), "probability=0.5");
        add(
                "sharpness",
                "sharpens (factor above 1) or softens (below 1)",
                a -> new Sharpness(a.number("factor"), a.number("probability")),
                "factor",
                "probability=0.5");
        add("grey", "takes the colour away", a -> new Grayscale(a.number("probability")), "probability=0.1");
        add(
                "randaugment",
                "some operations at random, all with one magnitude of 0-30",
                a -> new RandAugment(a.whole("operations"), a.whole("magnitude"), a.whole("fill")),
                "operations=2",
                "magnitude=9",
                "fill=0");
        add(
                "trivial",
                "one operation at random with a random magnitude (TrivialAugment)",
                a -> new TrivialAugmentWide(a.whole("fill")),
                "fill=0");
    }

    private Registry() {}

    /** An argument's name, and its default as text; empty where it must be given. */
    private record Parameter(String name, String fallback) {}

    private record Entry(
            String name, String summary, List<Parameter> parameters, Function<Arguments, Transform> factory) {}

    private static void add(String name, String summary, Function<Arguments, Transform> factory, String... parameters) {
        var list = new ArrayList<Parameter>();
        for (String parameter : parameters) {
            int equals = parameter.indexOf('=');
            list.add(
                    equals < 0
                            ? new Parameter(parameter, "")
                            : new Parameter(parameter.substring(0, equals), parameter.substring(equals + 1)));
        }
        ENTRIES.put(name, new Entry(name, summary, List.copyOf(list), factory));
    }

    static List<String> names() {
        return List.copyOf(ENTRIES.keySet());
    }

    /** One line for each name: how it is written and what it does. */
    static List<String> help() {
        return ENTRIES.values().stream()
                .map(e -> e.name + "(" + parameters(e) + ")  " + e.summary)
                .toList();
    }

    private static String parameters(Entry entry) {
        return String.join(
                ", ",
                entry.parameters.stream()
                        .map(p -> p.fallback.isEmpty() ? p.name : p.name + "=" + p.fallback)
                        .toList());
    }

    /** Makes a transform from one call, for example {@code crop(32, padding=4)}. */
    static Transform parse(String call, Optional<Size> input) {
        int open = call.indexOf('(');
        if (open >= 0 && !call.endsWith(")")) {
            throw new IllegalArgumentException("augmentation '" + call + "': the closing parenthesis is missing");
        }
        String name = (open < 0 ? call : call.substring(0, open)).strip();
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            throw new IllegalArgumentException("unknown augmentation '" + name + "'; did you mean '"
                    + nearest(name, names()) + "'? There are " + String.join(", ", names()));
        }
        String inside = open < 0 ? "" : call.substring(open + 1, call.length() - 1);
        return entry.factory.apply(new Arguments(name, values(entry, inside), input));
    }

    private static Map<String, String> values(Entry entry, String inside) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> given = inside.isBlank() ? List.of() : List.of(inside.split(",", -1));
        for (int i = 0; i < given.size(); i++) {
            int equals = given.get(i).indexOf('=');
            if (equals < 0 && i >= entry.parameters.size()) {
                throw new IllegalArgumentException(entry.name + " takes at most " + entry.parameters.size()
                        + " arguments (" + parameters(entry) + "), got " + given.size());
            }
            String name = equals < 0
                    ? entry.parameters.get(i).name
                    : given.get(i).substring(0, equals).strip();
            requireKnown(entry, name);
            if (values.put(name, given.get(i).substring(equals + 1).strip()) != null) {
                throw new IllegalArgumentException(entry.name + ": " + name + " is given twice");
            }
        }
        for (Parameter parameter : entry.parameters) {
            if (parameter.fallback.isEmpty() && !values.containsKey(parameter.name)) {
                throw new IllegalArgumentException(entry.name + ": " + parameter.name + " is missing; write "
                        + entry.name + "(" + parameters(entry) + ")");
            }
            values.putIfAbsent(parameter.name, parameter.fallback);
        }
        return values;
    }

    private static void requireKnown(Entry entry, String name) {
        List<String> known = entry.parameters.stream().map(Parameter::name).toList();
        if (!known.contains(name)) {
            throw new IllegalArgumentException(entry.name + " has no argument '" + name + "'; did you mean '"
                    + nearest(name, known) + "'? It takes " + String.join(", ", known));
        }
    }

    /** The call that makes a transform, without the last arguments that equal their defaults. */
    static String line(String name, Object... values) {
        List<Parameter> parameters = ENTRIES.get(name).parameters;
        int count = values.length;
        while (count > 0 && text(values[count - 1]).equals(parameters.get(count - 1).fallback)) {
            count--;
        }
        var shown = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            shown.add(text(values[i]));
        }
        return shown.isEmpty() ? name : name + "(" + String.join(",", shown) + ")";
    }

    /** A value as it is written in a pipeline: whole numbers without a point, squares as one number. */
    static String text(Object value) {
        if (value instanceof Size size && size.width() == size.height()) {
            return Integer.toString(size.width());
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e9) {
            return Long.toString(number.longValue());
        }
        return value.toString();
    }

    /** The candidate with the fewest edits (Levenshtein, 1966) from a word. */
    static String nearest(String word, List<String> candidates) {
        return candidates.stream()
                .min(Comparator.comparingInt(
                        candidate -> LevenshteinDistance.getDefaultInstance().apply(word, candidate)))
                .orElseThrow();
    }
}
