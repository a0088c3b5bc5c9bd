package dev.fovea.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A page of the documentation and the examples in it: indented or fenced lines that begin with {@code ./fovea}, and fenced Java. In a
 * {@code text} block, {@code $ ./fovea …} is a call that fails with the lines below it. A comment {@code <!-- not run: reason -->}
 * right before an example keeps it from being run.
 */
record DocumentationPage(Path root, Path file, List<String> lines) {
    private static final Pattern CALL =
            Pattern.compile("(?:[A-Z_]+=(?:\"[^\"]*\"|\\S*) )*(?:ls (?<listed>\\S+) \\| )?\\./fovea(?<rest> .*)");
    private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z0-9-]*");
    private static final String NOT_RUN = "<!-- not run:";

    /** Something that a reader might copy. */
    sealed interface Example permits Call, Code {
        String where();
    }

    /**
     * A call of the command.
     *
     * @param listed a glob whose files are piped into it, or null
     * @param failure what it says when it fails as promised; empty for calls that succeed
     */
    record Call(String where, List<String> arguments, String listed, List<String> failure) implements Example {}

    /** Statements in Java. */
    record Code(String where, String text) implements Example {}

    static DocumentationPage read(Path root, String name) throws IOException {
        return new DocumentationPage(root, root.resolve(name), Files.readAllLines(root.resolve(name)));
    }

    String name() {
        return root.relativize(file).toString();
    }

    String text() {
        return String.join("\n", lines);
    }

    List<Example> examples() {
        var found = new ArrayList<Example>();
        boolean run = true;
        String fence = null;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String where = name() + ":" + (i + 1);
            if (line.startsWith("```")) {
                if (fence == null && line.equals("```java")) {
                    int end = i + lines.subList(i, lines.size()).indexOf("```");
                    if (run) {
                        found.add(new Code(where, String.join("\n", lines.subList(i + 1, end))));
                    }
                    i = end;
                } else {
                    fence = fence == null ? line.substring(3) : null;
                }
            } else if (fence != null || line.startsWith("    ")) {
                if (run) {
                    addCall(found, where, i, "text".equals(fence));
                }
            } else if (!line.isBlank()) {
                run = !line.startsWith(NOT_RUN);
            }
        }
        return found;
    }

    private void addCall(List<Example> found, String where, int i, boolean transcript) {
        String line = lines.get(i).strip();
        if (transcript && !line.startsWith("$ ")) {
            return;
        }
        var call = CALL.matcher(transcript ? line.substring(2) : line);
        if (!call.matches()) {
            return;
        }
        var failure = new ArrayList<String>();
        for (int k = i + 1;
                transcript && !lines.get(k).startsWith("```") && !lines.get(k).startsWith("$ ");
                k++) {
            failure.add(lines.get(k));
        }
        var arguments = WORD.matcher(call.group("rest"))
                .results()
                .map(m -> m.group(1) != null ? m.group(1) : m.group(2) != null ? m.group(2) : m.group(3))
                .toList();
        found.add(new Call(where, arguments, call.group("listed"), failure));
    }

    /** Links to other files and places of this project. */
    List<String> links() {
        return LINK.matcher(text())
                .results()
                .map(m -> m.group(1))
                .filter(link -> !link.startsWith("http"))
                .toList();
    }

    /** What leads nowhere: a missing file, or a heading that is not in it. */
    boolean isBroken(String link) throws IOException {
        String[] parts = link.split("#", 2);
        var target = parts[0].isEmpty() ? file : file.resolveSibling(parts[0]).normalize();
        if (!Files.exists(target)) {
            return true;
        }
        return parts.length == 2
                && Files.readAllLines(target).stream()
                        .filter(line -> line.startsWith("#"))
                        .map(DocumentationPage::anchor)
                        .noneMatch(parts[1]::equals);
    }

    /** A heading's anchor as GitHub makes it. */
    private static String anchor(String heading) {
        return heading.replaceFirst("^#+\\s*", "")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                .replace(' ', '-');
    }

    /** Everything that looks like an option. */
    List<String> options() {
        return OPTION.matcher(text()).results().map(MatchResult::group).toList();
    }
}
