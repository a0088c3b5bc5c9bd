package dev.fovea.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the pictures that files of annotations speak of, though their paths were true on another machine. */
final class PictureIndex {
    private final Map<String, List<String>> byName = new HashMap<>();
    private final Map<String, List<String>> byStem = new HashMap<>();

    PictureIndex(FileTree tree) throws IOException {
        for (String file : tree.files()) {
            if (FileTree.isPicture(file)) {
                byName.computeIfAbsent(name(file), n -> new ArrayList<>()).add(file);
                byStem.computeIfAbsent(stem(file), n -> new ArrayList<>()).add(file);
            }
        }
    }

    boolean isEmpty() {
        return byName.isEmpty();
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /** The name without its extension. */
    static String stem(String path) {
        String name = name(path);
        return name.lastIndexOf('.') > 0 ? name.substring(0, name.lastIndexOf('.')) : name;
    }

    static String folder(String path) {
        return path.substring(0, path.lastIndexOf('/') + 1);
    }

    boolean hasStem(String stem) {
        return byStem.containsKey(stem);
    }

    /**
     * The picture of a name that an annotation gives.
     *
     * @param written as it stands there, of any system, relative or absolute
     * @param near a path beside which it is looked for first
     * @param part preferred where several pictures have the name
     */
    Optional<String> find(String written, String near, Optional<Part> part) {
        String plain = written.replace('\\', '/');
        List<String> candidates = byName.getOrDefault(name(plain), List.of());
        if (candidates.isEmpty()) {
            candidates = byStem.getOrDefault(stem(plain), List.of());
        }
        return best(candidates, plain, near, part);
    }

    /** The picture with a name but for its extension. */
    Optional<String> findStem(String stem, String near, Optional<Part> part) {
        return best(byStem.getOrDefault(stem, List.of()), stem, near, part);
    }

    private static Optional<String> best(List<String> candidates, String written, String near, Optional<Part> part) {
        String best = null;
        int most = -1;
        for (String candidate : candidates) {
            int score = candidate.endsWith("/" + written) || candidate.equals(written) ? 8 : 0;
            score += part.isPresent() && Part.ofPath(candidate).equals(part) ? 4 : 0;
            score += common(folder(candidate), folder(near));
            if (score > most) {
                most = score;
                best = candidate;
            }
        }
        return Optional.ofNullable(best);
    }

    /** 3 for the same folder, 1 for one below the same folder, 0 else. */
    private static int common(String a, String b) {
        if (a.equals(b)) {
            return 3;
        }
        String above = b.isEmpty() ? "" : folder(b.substring(0, b.length() - 1));
        return a.startsWith(above) && !above.isEmpty() ? 1 : 0;
    }
}
