package dev.fovea.data;

import dev.fovea.vision.Annotation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The entry point to data on disk: recognises what a path is.
 *
 * <ul>
 *   <li>a folder with a folder for each class, alone or in {@code train}, {@code validation} (or {@code val}, {@code valid})
 *       and {@code test}: {@link ImageFolder}
 *   <li>a folder with the four files of MNIST: {@link IdxImages}
 *   <li>a folder with the files of CIFAR-10 or CIFAR-100, binary version: {@link CifarBinary}
 *   <li>a CSV file, or a folder with {@code manifest.csv} or with one CSV file and no class folders: {@link CsvManifest}
 *   <li>pictures with boxes: COCO JSON (a folder or the file itself), Pascal VOC XML, YOLO text, a CSV file with the columns
 *       of boxes; also a folder of annotations alone, beside the folder of the pictures
 *   <li>a zip archive of an image folder or of pictures with a manifest, read in place
 * </ul>
 */
public final class Datasets {
    private static final String FORMS =
            "a folder with a folder for each class, a folder with MNIST (IDX) or CIFAR binary"
                    + " files, pictures with COCO, VOC or YOLO boxes, a CSV manifest or a zip archive";

    private Datasets() {}

    /**
     * Opens whatever the path is. Where there is no validation part, one is held out: a tenth of the training part if there
     * is a test part, else a fifth of all, always by the hash of the names ({@link Splits}).
     *
     * @throws DatasetException if there is nothing usable; the message is one sentence with the way out
     */
    public static SplitDatasets open(Path path) throws IOException {
        return HeldOut.complete(find(path), Optional.empty());
    }

    /** The same with given parts to hold out; parts that the data has of its own stay as they are. */
    public static SplitDatasets open(Path path, Fractions fractions) throws IOException {
        return HeldOut.complete(find(path), Optional.of(fractions));
    }

    /**
     * The parts that the data itself has, under {@code train}, {@code validation} and {@code test}; nothing is held out, so
     * data without parts is all {@code train}.
     */
    public static Map<String, Dataset> parts(Path path) throws IOException {
        Found found = find(path);
        Map<String, Dataset> parts = new LinkedHashMap<>();
        parts.put("train", found.train());
        found.validation().ifPresent(part -> parts.put("validation", part));
        found.test().ifPresent(part -> parts.put("test", part));
        return parts;
    }

    /**
     * The pictures to judge a network by: the test part, else the validation part, else everything.
     *
     * @param classes those of the network; labels carry their indices
     * @throws DatasetException if the data has a class that is not among them
     */
    public static Dataset openForEvaluation(Path path, List<String> classes) throws IOException {
        Found found = find(path);
        return Relabelled.of(found.test().or(found::validation).orElse(found.train()), classes);
    }

    /**
     * All pictures of a folder or a zip archive, in whatever folders they lie, or the training part of any other form; classes that they
     * may have are not looked at.
     *
     * @throws DatasetException if there is no picture
     */
    public static Dataset openUnlabelled(Path path) throws IOException {
        requireReadable(path);
        boolean zip = path.toString().toLowerCase(Locale.ROOT).endsWith(".zip");
        if (!zip && (!Files.isDirectory(path) || isPacked(path))) {
            return new Unlabelled(find(path).train());
        }
        FileTree tree = zip ? ZipTree.open(path) : new FolderTree(path);
        List<FileDataset.Entry> entries = new ArrayList<>();
        for (String file : tree.files()) {
            if (FileTree.isPicture(file)) {
                entries.add(new FileDataset.Entry(file, Annotation.NONE));
            }
        }
        if (entries.isEmpty()) {
            throw new DatasetException(tree.name() + " holds no pictures; give a folder or an archive that does");
        }
        return new FileDataset(tree, List.of(), entries);
    }

    /** Whether a folder has files with many pictures each. */
    private static boolean isPacked(Path folder) {
        return IdxImages.find(folder, IdxImages.STANDARD_NAMES.get(0)).isPresent()
                || Stream.of(folder, folder.resolve("cifar-10-batches-bin"), folder.resolve("cifar-100-binary"))
                        .anyMatch(f -> Files.isRegularFile(f.resolve("data_batch_1.bin"))
                                || Files.isRegularFile(f.resolve("fine_label_names.txt")));
    }

    private static Found find(Path path) throws IOException {
        requireReadable(path);
        return Files.isDirectory(path) ? folder(path) : file(path);
    }

    private static void requireReadable(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new DatasetException(
                    path + ": no such file or folder; check the spelling", new NoSuchFileException(path.toString()));
        }
        if (!Files.isReadable(path)) {
            throw new DatasetException(path + " may not be read; check its permissions");
        }
    }

    private static Found file(Path path) throws IOException {
        String name = path.getFileName().toString();
        String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        Path folder = Optional.ofNullable(path.getParent()).orElse(Path.of(""));
        if (extension.equals("csv") || extension.equals("tsv")) {
            return CsvManifest.find(new FolderTree(folder), name);
        }
        if (extension.equals("json")) {
            boolean alone = isNamedForAnnotations(folder) && new PictureIndex(new FolderTree(folder)).isEmpty();
            Path root = alone ? folder.toAbsolutePath().normalize().getParent() : folder;
            return root == null
                    ? CocoFolder.ofFile(new FolderTree(folder), name)
                    : CocoFolder.ofFile(new FolderTree(root), relative(root, path));
        }
        if (extension.equals("zip")) {
            return tree(ZipTree.open(path));
        }
        if (IdxImages.STANDARD_NAMES.stream()
                .anyMatch(s -> IdxImages.find(folder, s).equals(Optional.of(path)))) {
            return idx(folder);
        }
        throw new DatasetException(path + " is no data set that is known; give " + FORMS);
    }

    private static String relative(Path root, Path path) {
        return root.toAbsolutePath()
                .normalize()
                .relativize(path.toAbsolutePath().normalize())
                .toString()
                .replace(path.getFileSystem().getSeparator(), "/");
    }

    private static Found folder(Path folder) throws IOException {
        if (IdxImages.find(folder, IdxImages.STANDARD_NAMES.get(0)).isPresent()) {
            return idx(folder);
        }
        Path cifar10 = folder.resolve("cifar-10-batches-bin");
        Path cifar100 = folder.resolve("cifar-100-binary");
        for (Path candidate : List.of(folder, cifar10, cifar100)) {
            if (Files.isRegularFile(candidate.resolve("data_batch_1.bin"))) {
                return cifar10(candidate);
            }
            if (Files.isRegularFile(candidate.resolve("fine_label_names.txt"))) {
                return cifar100(candidate);
            }
        }
        var tree = new FolderTree(folder);
        Path above = folder.toAbsolutePath().normalize().getParent();
        // What lies beside a folder is looked at only where its name says that it is half of something.
        if (above != null && isNamedForAnnotations(folder) && isAnnotationsOnly(tree)) {
            Optional<Found> beside = BoxForms.find(new FolderTree(above), relative(above, folder) + "/");
            if (beside.isPresent()) {
                return beside.get();
            }
        }
        return tree(tree);
    }

    private static boolean isNamedForAnnotations(Path folder) {
        Path name = folder.toAbsolutePath().normalize().getFileName();
        return name != null && name.toString().toLowerCase(Locale.ROOT).matches("(annotation|label)s?([_-].*)?");
    }

    /** Whether a folder has files of annotations but no picture. */
    private static boolean isAnnotationsOnly(FileTree tree) throws IOException {
        List<String> files = tree.files();
        return files.stream().noneMatch(FileTree::isPicture)
                && files.stream().anyMatch(f -> f.matches("(?i).*\\.(json|xml|txt)"));
    }

    private static Found tree(FileTree tree) throws IOException {
        List<String> manifests = new ArrayList<>();
        for (String file : tree.files()) {
            if (file.indexOf('/') < 0 && file.toLowerCase(Locale.ROOT).endsWith(".csv")) {
                manifests.add(file);
            }
        }
        if (manifests.contains("manifest.csv")) {
            return CsvManifest.find(tree, "manifest.csv");
        }
        for (String file : manifests) {
            if (CsvManifest.hasBoxes(tree, file)) {
                return CsvManifest.find(tree, file);
            }
        }
        Optional<Found> boxes = BoxForms.find(tree, "");
        if (boxes.isPresent()) {
            return boxes.get();
        }
        if (!ImageFolder.isIn(tree) && manifests.size() == 1) {
            return CsvManifest.find(tree, manifests.get(0));
        }
        if (tree.files().isEmpty()) {
            throw new DatasetException(
                    tree.name() + " is empty; put the pictures of each class into a folder named after it");
        }
        return ImageFolder.find(tree);
    }

    private static Found idx(Path folder) throws IOException {
        Path classFile = folder.resolve(ClassNames.FILE);
        List<String> names =
                Files.isRegularFile(classFile) ? ClassNames.parse(Files.readAllBytes(classFile)) : List.of();
        IdxImages train = IdxImages.open(standard(folder, 0), standard(folder, 1), names);
        Optional<Dataset> test = Optional.empty();
        if (IdxImages.find(folder, IdxImages.STANDARD_NAMES.get(2)).isPresent()) {
            IdxImages given = IdxImages.open(standard(folder, 2), standard(folder, 3), names);
            List<String> all = Stream.of(train.classes(), given.classes())
                    .max((a, b) -> Integer.compare(a.size(), b.size()))
                    .orElseThrow();
            train = train.withClasses(all);
            test = Optional.of(given.withClasses(all));
        }
        return new Found("IDX files in " + folder, train, i -> "train#" + i, Optional.empty(), test, false);
    }

    private static Path standard(Path folder, int which) throws DatasetException {
        String name = IdxImages.STANDARD_NAMES.get(which);
        return IdxImages.find(folder, name)
                .orElseThrow(() -> new DatasetException(
                        folder + " has no file " + name + " (or .gz); put it beside the other IDX files"));
    }

    private static Found cifar10(Path folder) throws IOException {
        List<Path> batches = new ArrayList<>();
        for (int i = 1; Files.isRegularFile(folder.resolve("data_batch_" + i + ".bin")); i++) {
            batches.add(folder.resolve("data_batch_" + i + ".bin"));
        }
        Path testFile = folder.resolve("test_batch.bin");
        Optional<Dataset> test =
                Files.isRegularFile(testFile) ? Optional.of(CifarBinary.cifar10(List.of(testFile))) : Optional.empty();
        Dataset train = CifarBinary.cifar10(batches);
        return new Found("CIFAR-10 files in " + folder, train, i -> "train#" + i, Optional.empty(), test, false);
    }

    private static Found cifar100(Path folder) throws IOException {
        List<String> names = ClassNames.parse(Files.readAllBytes(folder.resolve("fine_label_names.txt")));
        Path trainFile = folder.resolve("train.bin");
        if (!Files.isRegularFile(trainFile)) {
            throw new DatasetException(folder + " has no file train.bin; put it beside fine_label_names.txt");
        }
        Path testFile = folder.resolve("test.bin");
        Optional<Dataset> test =
                Files.isRegularFile(testFile) ? Optional.of(CifarBinary.cifar100(testFile, names)) : Optional.empty();
        Dataset train = CifarBinary.cifar100(trainFile, names);
        return new Found("CIFAR-100 files in " + folder, train, i -> "train#" + i, Optional.empty(), test, false);
    }
}
