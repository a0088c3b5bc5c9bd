package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Scene.Item;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Says what a scene shows, in one English phrase without capital or full stop, for example {@code a striped red fish
 * above a blue cube}. The largest object comes first.
 */
final class Captions {
    private static final String[] NUMBERS = {
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"
    };

    private Captions() {}

    static String caption(Scene scene) {
        var objects = scene.items().stream()
                .filter(item -> item.kind().isPresent())
                .sorted((a, b) -> Double.compare(b.pose().radius(), a.pose().radius()))
                .toList();
        if (objects.isEmpty()) {
            return "nothing but clutter";
        }
        var caption = new StringBuilder(phrase(objects.get(0)));
        if (objects.size() > 1) {
            caption.append(' ')
                    .append(relation(objects.get(0), objects.get(1)))
                    .append(' ')
                    .append(phrase(objects.get(1)));
        }
        if (objects.size() > 2) {
            caption.append(", with ").append(rest(objects.subList(2, objects.size())));
        }
        return caption.toString();
    }

    private static String phrase(Item item) {
        var words = new ArrayList<String>();
        if (!item.material().texture().adjective().isEmpty()) {
            words.add(item.material().texture().adjective());
        }
        words.add(item.material().name().word());
        words.add(noun(item));
        return article(words.get(0)) + " " + String.join(" ", words);
    }

    private static String noun(Item item) {
        return item.kind().map(SceneClass::label).orElse("piece");
    }

    private static String article(String word) {
        return "aeiou".indexOf(word.charAt(0)) >= 0 ? "an" : "a";
    }

    /** Where the first object is, seen from the second. */
    private static String relation(Item first, Item second) {
        double dx = first.pose().centreX() - second.pose().centreX();
        double dy = first.pose().centreY() - second.pose().centreY();
        if (Math.abs(dx) > Math.abs(dy)) {
            return dx < 0 ? "to the left of" : "to the right of";
        }
        return dy < 0 ? "above" : "below";
    }

    /** The other objects: one or two described, more of them counted by class. */
    private static String rest(List<Item> others) {
        if (others.size() <= 2) {
            return others.stream().map(Captions::phrase).collect(Collectors.joining(" and "));
        }
        var counts = new EnumMap<SceneClass, Integer>(SceneClass.class);
        others.forEach(item -> item.kind().ifPresent(kind -> counts.merge(kind, 1, Integer::sum)));
        var parts = counts.entrySet().stream()
                .map(entry -> counted(entry.getKey(), entry.getValue()))
                .toList();
        return parts.size() == 1
                ? parts.get(0)
                : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.get(parts.size() - 1);
    }

    private static String counted(SceneClass kind, int count) {
        if (count == 1) {
            return article(kind.label()) + " " + kind.label();
        }
        return (count < NUMBERS.length ? NUMBERS[count] : Integer.toString(count)) + " " + kind.plural();
    }
}
