package dev.fovea.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Arguments that name pictures, as a list of files: files as they are, folders and globs expanded in sorted order. */
final class PictureFiles {
    private static final Set<String> EXTENSIONS =
            Set.of("jpg", "jpeg", "jpe", "png", "webp", "gif", "bmp", "tif", "tiff", "ppm", "pgm", "pbm", "pnm");

    private PictureFiles() {}

    static List<Path> find(List<String> arguments) throws IOException {
        var files = new ArrayList<Path>();
        for (String argument : arguments) {
            if (argument.equals("-")) {
                int before = files.size();
                addListed(files);
                if (files.size() == before) {
                    throw new NoSuchFileException("-", null, "standard input lists no pictures; give a path a line");
                }
            } else {
                add(files, argument);
            }
        }
        return files;
    }

    private static void addListed(List<Path> files) throws IOException {
        var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (!line.isBlank()) {
                add(files, line.strip());
            }
        }
    }

    private static void add(List<Path> files, String argument) throws IOException {
        var path = Path.of(argument);
        if (Files.isDirectory(path)) {
            int before = files.size();
            try (Stream<Path> below = Files.walk(path)) {
                below.filter(Files::isRegularFile)
                        .filter(PictureFiles::looksLikePicture)
                        .sorted()
                        .forEach(files::add);
            }
            if (files.size() == before) {
                throw new NoSuchFileException(argument, null, argument + " holds no pictures");
            }
        } else if (Files.exists(path)) {
            files.add(path);
        } else if (argument.matches(".*[*?\\[{].*")) {
            addGlob(files, argument);
        } else {
            throw new NoSuchFileException(argument);
        }
    }

    private static void addGlob(List<Path> files, String glob) throws IOException {
        int wild = glob.split("[*?\\[{]", 2)[0].length();
        int slash = glob.lastIndexOf('/', wild);
        var start = slash < 0 ? Path.of("") : Path.of(glob.substring(0, slash + 1));
        var matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        int before = files.size();
        if (Files.isDirectory(slash < 0 ? Path.of(".") : start)) {
            try (Stream<Path> below = Files.walk(start)) {
                below.filter(Files::isRegularFile)
                        .filter(matcher::matches)
                        .sorted()
                        .forEach(files::add);
            }
        }
        if (files.size() == before) {
            throw new NoSuchFileException(glob, null, "no file matches '" + glob + "'");
        }
    }

    private static boolean looksLikePicture(Path file) {
        String name = file.getFileName().toString();
        return !name.startsWith(".")
                && EXTENSIONS.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
