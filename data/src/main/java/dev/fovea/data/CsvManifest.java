package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Pictures listed in a CSV file with a header, one a row. The header decides:
 *
 * <ul>
 *   <li>{@code path} (or {@code file}, {@code filename}, {@code image}): relative to the manifest's folder, inside it
 *   <li>{@code label} (or {@code class}, {@code class_name}): one class. If any cell has a semicolon the manifest is
 *       multi-label, as with {@code labels}
 *   <li>{@code labels} (or {@code classes}): any number of classes, {@code red;round}; empty for none
 *   <li>none of these: multi-label, every further column is a class with 1 or 0 in each row
 *   <li>the corners of boxes, see {@code BoxCsv}: one object a row
 *   <li>{@code split} (optional): train, val, valid, validation or test; without it a validation part is held out
 * </ul>
 *
 * Further columns beside a label column are ignored. Classes are the names that occur, sorted, or as {@code classes.txt}
 * beside the manifest orders them; with 0/1 columns as the header orders them.
 */
public final class CsvManifest {
    private static final List<String> PATH = List.of("path", "file", "filename", "image");
    private static final List<String> LABEL = List.of("label", "class", "class_name");
    private static final List<String> LABELS = List.of("labels", "classes");
    private static final int ROWS_TO_PROBE = 20;
    private static final int HEADER_BYTES = 64 << 10;

    private record Line(int number, String path, List<String> classes, Optional<Part> part) {}

    private final FileTree tree;
    private final String source;
    private final List<String> header;
    private final int pathColumn;
    private final int labelColumn;
    private final int splitColumn;
    private final boolean indicators;
    private final List<Line> lines = new ArrayList<>();
    private final boolean multiLabel;
    private final List<String> classes;

    private CsvManifest(FileTree tree, String file) throws IOException {
        this.tree = tree;
        source = tree.source(file);
        List<CsvText.Row> rows = CsvText.parse(tree.read(file), source);
        if (rows.size() < 2) {
            throw new DatasetException(
                    source + " lists no pictures; it needs a header 'path,label' and a row a picture");
        }
        header = rows.get(0).cells().stream()
                .map(c -> c.strip().toLowerCase(Locale.ROOT))
                .toList();
        pathColumn = column(PATH);
        splitColumn = column(List.of("split"));
        int several = column(LABELS);
        labelColumn = several >= 0 ? several : column(LABEL);
        indicators = labelColumn < 0;
        if (pathColumn < 0 || (indicators && header.size() < (splitColumn < 0 ? 2 : 3))) {
            throw new DatasetException(source + " has the columns " + header
                    + "; a manifest needs 'path' and 'label', 'labels' or one 0/1 column for each class");
        }
        multiLabel = several >= 0
                || indicators
                || rows.stream()
                        .skip(1)
                        .anyMatch(r -> r.cells().size() > labelColumn
                                && r.cells().get(labelColumn).indexOf(';') >= 0);
        List<String> names = rows.get(0).cells();
        for (CsvText.Row row : rows.subList(1, rows.size())) {
            lines.add(line(row, names));
        }
        classes = classNames(names, Path.of(file).getParent());
        requireSomeFile();
    }

    /** All pictures of a manifest, whatever part they are in, in its order. */
    public static Dataset open(Path csv) throws IOException {
        Path folder = csv.toAbsolutePath().getParent();
        var manifest = new CsvManifest(new FolderTree(folder), csv.getFileName().toString());
        return manifest.dataset(manifest.lines);
    }

    /** Whether the header of a file has the columns of boxes. */
    static boolean hasBoxes(FileTree tree, String file) throws IOException {
        byte[] start;
        try (var in = tree.open(file, FileTree.LARGEST_FILE)) {
            start = in.readNBytes(HEADER_BYTES);
        }
        String header =
                new String(start, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        List<CsvText.Row> rows = CsvText.parse(header.getBytes(StandardCharsets.UTF_8), tree.source(file));
        return !rows.isEmpty()
                && BoxCsv.hasBoxes(rows.get(0).cells().stream()
                        .map(c -> c.strip().toLowerCase(Locale.ROOT))
                        .toList());
    }

    /** What a manifest in a tree holds. */
    static Found find(FileTree tree, String file) throws IOException {
        if (hasBoxes(tree, file)) {
            return BoxCsv.find(tree, file, CsvText.parse(tree.read(file), tree.source(file)));
        }
        var manifest = new CsvManifest(tree, file);
        String what = (manifest.multiLabel ? "multi-label manifest " : "manifest ") + manifest.source;
        if (manifest.lines.stream().allMatch(line -> line.part().isEmpty())) {
            FileDataset all = manifest.dataset(manifest.lines);
            return new Found(what, all, all::path, Optional.empty(), Optional.empty(), manifest.multiLabel);
        }
        for (Line line : manifest.lines) {
            if (line.part().isEmpty()) {
                throw new DatasetException(manifest.at(line.number())
                        + "the split is empty, but other rows have one; write train, validation or test");
            }
        }
        FileDataset train = manifest.part(Part.TRAIN);
        Optional<Dataset> validation =
                Optional.<Dataset>of(manifest.part(Part.VALIDATION)).filter(d -> d.size() > 0);
        Optional<Dataset> test = Optional.<Dataset>of(manifest.part(Part.TEST)).filter(d -> d.size() > 0);
        return new Found(what, train, train::path, validation, test, manifest.multiLabel);
    }

    private FileDataset part(Part part) {
        return dataset(lines.stream()
                .filter(line -> line.part().equals(Optional.of(part)))
                .toList());
    }

    private int column(List<String> names) {
        return names.stream()
                .map(header::indexOf)
                .filter(i -> i >= 0)
                .findFirst()
                .orElse(-1);
    }

    private String at(int line) {
        return source + ", line " + line + ": ";
    }

    private Line line(CsvText.Row row, List<String> names) throws DatasetException {
        List<String> cells = row.cells();
        if (cells.size() != header.size()) {
            throw new DatasetException(at(row.line()) + cells.size() + " fields where the header has " + header.size()
                    + "; quote fields that contain the separator");
        }
        String path = relative(cells.get(pathColumn).strip(), at(row.line()));
        Optional<Part> part = splitColumn < 0 ? Optional.empty() : part(cells.get(splitColumn), row.line());
        return new Line(row.line(), path, indicators ? indicated(row, names) : named(row), part);
    }

    /** A path of a manifest with plain slashes; {@code at} begins the message where it leads out of the folder. */
    static String relative(String path, String at) throws DatasetException {
        String plain = path.replace('\\', '/');
        if (plain.isEmpty()) {
            throw new DatasetException(at + "the path is empty; name a picture or remove the row");
        }
        List<String> names = new ArrayList<>(Arrays.asList(plain.split("/")));
        names.removeIf(n -> n.equals("."));
        if (plain.startsWith("/") || plain.matches("[A-Za-z]:.*") || names.contains("..") || plain.indexOf('\0') >= 0) {
            throw new DatasetException(at + "the path '" + path + "' leads out of the manifest's folder;"
                    + " put the manifest into a folder that contains all pictures and use relative paths");
        }
        return String.join("/", names);
    }

    private Optional<Part> part(String cell, int line) throws DatasetException {
        if (cell.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(Part.named(cell)
                .orElseThrow(() -> new DatasetException(
                        at(line) + "the split '" + cell + "' is unknown; write train, validation or test")));
    }

    private List<String> named(CsvText.Row row) throws DatasetException {
        String cell = row.cells().get(labelColumn);
        List<String> found = Arrays.stream(multiLabel ? cell.split(";") : new String[] {cell})
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList();
        if (found.isEmpty() && !multiLabel) {
            throw new DatasetException(at(row.line()) + "the label is empty; name a class or remove the row");
        }
        return found;
    }

    private List<String> indicated(CsvText.Row row, List<String> names) throws DatasetException {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            if (i != pathColumn && i != splitColumn) {
                String cell = row.cells().get(i).strip();
                if (!cell.equals("0") && !cell.equals("1")) {
                    throw new DatasetException(at(row.line()) + "column '" + names.get(i) + "' has '" + cell
                            + "'; without a column 'label' every further column is a class with 0 or 1");
                }
                if (cell.equals("1")) {
                    found.add(names.get(i));
                }
            }
        }
        return found;
    }

    private List<String> classNames(List<String> names, Path folder) throws IOException {
        if (indicators) {
            List<String> columns = new ArrayList<>(names);
            columns.removeIf(n -> header.get(names.indexOf(n)).equals(header.get(pathColumn)) || isSplit(n));
            return columns;
        }
        var found = new TreeSet<String>();
        lines.forEach(line -> found.addAll(line.classes()));
        if (found.isEmpty()) {
            throw new DatasetException(
                    source + " has no label in any row; fill the column '" + header.get(labelColumn) + "'");
        }
        String file = folder == null ? ClassNames.FILE : folder + "/" + ClassNames.FILE;
        return tree.contains(file)
                ? ClassNames.ordered(found, ClassNames.parse(tree.read(file)), tree.name())
                : List.copyOf(found);
    }

    private static boolean isSplit(String name) {
        return name.strip().equalsIgnoreCase("split");
    }

    /** Single missing pictures are found when they are read; if all are, the paths are meant differently. */
    private void requireSomeFile() throws DatasetException {
        Line first = lines.get(0);
        if (lines.stream().limit(ROWS_TO_PROBE).noneMatch(line -> tree.contains(line.path()))) {
            throw new DatasetException(at(first.number()) + "there is no picture '" + first.path() + "' in "
                    + tree.name() + ", nor those of the next rows; paths are relative to the manifest's folder");
        }
    }

    private FileDataset dataset(List<Line> selected) {
        Map<String, Label> labels = new HashMap<>();
        classes.forEach(name -> labels.put(name, new Label(labels.size(), name)));
        List<Entry> entries = new ArrayList<>();
        for (Line line : selected) {
            List<Label> own = line.classes().stream()
                    .map(labels::get)
                    .sorted((a, b) -> Integer.compare(a.index(), b.index()))
                    .toList();
            entries.add(new Entry(line.path(), Annotation.ofLabels(own)));
        }
        return new FileDataset(tree, classes, entries);
    }
}
