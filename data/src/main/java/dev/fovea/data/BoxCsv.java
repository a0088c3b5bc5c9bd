package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Boxes in a CSV file with a header, one object a row. Columns: {@code path} (or {@code file}, {@code filename}, {@code
 * image}); {@code label} (or {@code class}, {@code class_name}, {@code name}); the corners {@code x1, y1, x2, y2} (or {@code
 * xmin, ymin, xmax, ymax}) or corner and size {@code x, y, width, height} (or {@code x, y, w, h}), in pixels; optionally
 * {@code split}, {@code crowd}, {@code difficult}, {@code area}. A row with an empty label is a picture without objects.
 */
final class BoxCsv {
    private static final List<List<String>> CORNERS =
            List.of(List.of("x1", "y1", "x2", "y2"), List.of("xmin", "ymin", "xmax", "ymax"));
    private static final List<List<String>> SIZES =
            List.of(List.of("x", "y", "width", "height"), List.of("x", "y", "w", "h"));
    private static final List<String> PATH = List.of("path", "file", "filename", "image");
    private static final List<String> LABEL = List.of("label", "class", "class_name", "name");

    private final FileTree tree;
    private final String source;
    private final List<String> header;
    private final int[] box;
    private final boolean corners;
    private final int path;
    private final int label;

    private record Line(int number, String path, String label, List<String> cells, Optional<Part> part) {}

    private BoxCsv(FileTree tree, String source, List<String> header) throws DatasetException {
        this.tree = tree;
        this.source = source;
        this.header = header;
        Optional<List<String>> asCorners =
                CORNERS.stream().filter(header::containsAll).findFirst();
        corners = asCorners.isPresent();
        box = asCorners.or(() -> SIZES.stream().filter(header::containsAll).findFirst()).orElseThrow().stream()
                .mapToInt(header::indexOf)
                .toArray();
        path = column(PATH);
        label = column(LABEL);
        if (path < 0 || label < 0) {
            throw new DatasetException(
                    source + " has boxes but no column 'path' or 'label'; its columns are " + header);
        }
    }

    private int column(List<String> names) {
        return names.stream()
                .map(header::indexOf)
                .filter(i -> i >= 0)
                .findFirst()
                .orElse(-1);
    }

    /** Whether a header (lower case) has the columns of a box. */
    static boolean hasBoxes(List<String> header) {
        return CORNERS.stream().anyMatch(header::containsAll) || SIZES.stream().anyMatch(header::containsAll);
    }

    /** What the file holds. */
    static Found find(FileTree tree, String file, List<CsvText.Row> rows) throws IOException {
        List<String> header = rows.get(0).cells().stream()
                .map(c -> c.strip().toLowerCase(Locale.ROOT))
                .toList();
        return new BoxCsv(tree, tree.source(file), header).found(file, rows.subList(1, rows.size()));
    }

    private Found found(String file, List<CsvText.Row> rows) throws IOException {
        List<Line> lines = new ArrayList<>();
        var names = new TreeSet<String>();
        for (CsvText.Row row : rows) {
            Line line = line(row, PictureIndex.folder(file));
            lines.add(line);
            if (!line.label().isEmpty()) {
                names.add(line.label());
            }
        }
        if (names.isEmpty()) {
            throw new DatasetException(
                    source + " has no label in any row; fill the column '" + header.get(label) + "'");
        }
        String classFile = PictureIndex.folder(file) + ClassNames.FILE;
        List<String> classes = tree.contains(classFile)
                ? ClassNames.ordered(names, ClassNames.parse(tree.read(classFile)), tree.name())
                : List.copyOf(names);
        Map<String, Label> labels = new HashMap<>();
        classes.forEach(name -> labels.put(name, new Label(labels.size(), name)));
        Map<String, List<Line>> byPicture = new LinkedHashMap<>();
        lines.forEach(
                l -> byPicture.computeIfAbsent(l.path(), p -> new ArrayList<>()).add(l));
        List<DroppedBox> dropped = new ArrayList<>();
        var parts = new BoxForms.Parts(tree, classes, dropped);
        for (var each : byPicture.entrySet()) {
            var collector = new ObjectCollector(source + ", " + each.getKey(), dropped);
            for (Line line : each.getValue()) {
                if (!line.label().isEmpty()) {
                    object(line, labels, collector).ifPresent(collector::add);
                }
            }
            parts.add(each.getValue().get(0).part(), new Entry(each.getKey(), collector.annotation()));
        }
        return parts.found("CSV boxes in " + source);
    }

    private Line line(CsvText.Row row, String folder) throws DatasetException {
        List<String> cells = row.cells();
        if (cells.size() != header.size()) {
            throw new DatasetException(at(row.line()) + cells.size() + " fields where the header has " + header.size()
                    + "; quote fields that contain the separator");
        }
        String picture = CsvManifest.relative(cells.get(path).strip(), at(row.line()));
        int split = header.indexOf("split");
        String stated = split < 0 ? "" : cells.get(split).strip();
        Optional<Part> part = stated.isEmpty() ? Optional.empty() : Part.named(stated);
        if (!stated.isEmpty() && part.isEmpty()) {
            throw new DatasetException(
                    at(row.line()) + "the split '" + stated + "' is unknown; write train, validation or test");
        }
        return new Line(row.line(), folder + picture, cells.get(label).strip(), cells, part);
    }

    private String at(int line) {
        return source + ", line " + line + ": ";
    }

    private Optional<Instance> object(Line line, Map<String, Label> labels, ObjectCollector collector)
            throws DatasetException {
        double[] v = new double[4];
        for (int i = 0; i < 4; i++) {
            v[i] = number(line, box[i]);
        }
        Optional<Instance> object = collector.object(
                labels.get(line.label()), v[0], v[1], corners ? v[2] : v[0] + v[2], corners ? v[3] : v[1] + v[3]);
        if (object.isEmpty()) {
            return object;
        }
        Instance flagged = object.get().withCrowd(isSet(line, "crowd")).withDifficult(isSet(line, "difficult"));
        int area = header.indexOf("area");
        boolean stated = area >= 0 && !line.cells().get(area).isBlank();
        return Optional.of(stated ? flagged.withStatedArea(Math.max(0, number(line, area))) : flagged);
    }

    private boolean isSet(Line line, String name) {
        int column = header.indexOf(name);
        return column >= 0 && line.cells().get(column).strip().equals("1");
    }

    private double number(Line line, int column) throws DatasetException {
        String text = line.cells().get(column).strip();
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new DatasetException(
                    at(line.number()) + "column '" + header.get(column) + "' has '" + text + "', not a number", e);
        }
    }
}
