package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A pipeline of transforms with a text form, which recipes and the command line use:
 *
 * <pre>{@code
 * Augmentation.parse("flip|crop(32,4)|randaugment(2,9)|erase(0.25)")
 * Augmentation.parse("standard|blur(3)", Size.square(224))
 * }</pre>
 *
 * <p>Steps are applied from left to right. Arguments are given in order or by name ({@code affine(10, shear=5)});
 * {@link #help} lists all. The names of {@link #presets} stand for whole pipelines. The text of {@link #toString}
 * parses to an equal pipeline, if every step is one of the registered augmentations.
 */
public record Augmentation(List<Transform> steps) implements Transform {
    /** Changes nothing. */
    public static final Augmentation NONE = new Augmentation(List.of());

    private static final Map<String, String> PRESETS = new LinkedHashMap<>();

    static {
        PRESETS.put("none", "");
        PRESETS.put("light", "flip|affine(5,0.05,0.95,1.05)");
        PRESETS.put("standard", "resizedcrop(size,0.35)|flip|jitter(0.2,0.2,0.2)");
        PRESETS.put("strong", "resizedcrop(size,0.2)|flip|randaugment(2,9)|erase(0.25)");
        // A mirrored or upturned digit is another digit, or none.
        PRESETS.put("digits", "affine(10,0.1,0.9,1.1,5)");
    }

    public Augmentation {
        steps = List.copyOf(steps);
    }

    /**
     * A pipeline from its text.
     *
     * @throws IllegalArgumentException if a name is unknown (the nearest is named) or an argument is wrong
     */
    public static Augmentation parse(String text) {
        return parse(text, Optional.empty());
    }

    /** The same, with the size of the network's input, for which {@code size} may stand as an argument. */
    public static Augmentation parse(String text, Size input) {
        return parse(text, Optional.of(input));
    }

    private static Augmentation parse(String text, Optional<Size> input) {
        var steps = new ArrayList<Transform>();
        for (String step : List.of(text.split("\\|", -1))) {
            String call = step.strip();
            if (PRESETS.containsKey(call)) {
                String preset = PRESETS.get(call);
                if (!preset.isEmpty()) {
                    steps.addAll(parse(preset, input).steps);
                }
            } else if (!call.isEmpty()) {
                steps.add(Registry.parse(call, input));
            } else if (!text.isBlank()) {
                throw new IllegalArgumentException("augmentation '" + text + "' has an empty step");
            }
        }
        return new Augmentation(steps);
    }

    /** The names that stand for whole pipelines. */
    public static List<String> presets() {
        return List.copyOf(PRESETS.keySet());
    }

    /** The names of all augmentations. */
    public static List<String> names() {
        return Registry.names();
    }

    /** One line for each augmentation and preset: how it is written and what it does. */
    public static List<String> help() {
        var lines = new ArrayList<>(Registry.help());
        PRESETS.forEach((name, text) -> lines.add(name + "  preset: " + (text.isEmpty() ? "no change" : text)));
        return lines;
    }

    /**
     * True if pictures of any size leave with one size. Then this pipeline takes the place of the resize policy in
     * training; otherwise it follows the policy.
     */
    public boolean framesItself() {
        return steps.stream().anyMatch(step -> step instanceof RandomResizedCrop || step instanceof ScaleJitter);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Picture augmented = picture;
        for (Transform step : steps) {
            augmented = step.apply(augmented, random);
        }
        return augmented;
    }

    @Override
    public Picture apply(Picture picture, Companions others, RandomGenerator random) {
        Picture augmented = picture;
        for (Transform step : steps) {
            augmented = step.apply(augmented, others, random);
        }
        return augmented;
    }

    /** The pipeline's text; {@code none} if it is empty. */
    @Override
    public String toString() {
        return steps.isEmpty()
                ? "none"
                : String.join("|", steps.stream().map(Object::toString).toList());
    }
}
