package dev.fovea.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where a model comes from: an ONNX file, which is its version 1, or a folder of versions, {@code birds/3.onnx} or
 * {@code birds/3/model.onnx}.
 *
 * @param name what callers call it
 * @param path the file or folder
 */
public record ModelSource(String name, Path path) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern VERSION = Pattern.compile("([1-9]\\d{0,17})(\\.onnx)?");

    public ModelSource {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "'" + name + "' is no name for a model; use letters, digits, '.', '_' and"
                            + " '-', at most 100, or name it yourself: name=" + path);
        }
    }

    /** A source from its text: a path, whose last part becomes the name, or {@code name=path}. */
    public static ModelSource parse(String text) {
        int equals = text.indexOf('=');
        var path = Path.of(text.substring(equals + 1));
        if (path.getFileName() == null || path.toString().isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' names no model; write a path or name=path");
        }
        String name = equals >= 0
                ? text.substring(0, equals)
                : path.getFileName().toString().replaceFirst("\\.onnx$", "");
        return new ModelSource(name, path);
    }

    /**
     * The files of its versions as they are now.
     *
     * @throws NoSuchFileException if there is none
     */
    Map<Long, Path> versions() throws IOException {
        if (Files.isRegularFile(path)) {
            return Map.of(1L, path);
        }
        if (!Files.isDirectory(path)) {
            throw new NoSuchFileException(path.toString());
        }
        var versions = new TreeMap<Long, Path>();
        try (Stream<Path> entries = Files.list(path)) {
            entries.forEach(entry -> {
                var match = VERSION.matcher(entry.getFileName().toString());
                var file = Files.isDirectory(entry) ? entry.resolve("model.onnx") : entry;
                if (match.matches()
                        && (match.group(2) != null) != Files.isDirectory(entry)
                        && Files.isRegularFile(file)) {
                    versions.put(Long.parseLong(match.group(1)), file);
                }
            });
        }
        if (versions.isEmpty()) {
            throw new NoSuchFileException(
                    path.toString(), null, path + " holds no versions; expected 1.onnx or 1/model.onnx");
        }
        return versions;
    }
}
