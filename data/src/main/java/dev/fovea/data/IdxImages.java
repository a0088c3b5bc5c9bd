package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Grey pictures and their classes in two IDX files, plain or gzip, as MNIST has them: magic {@code 0x00000803}, count,
 * rows, columns (32 bits each, big-endian), then the pixels; and magic {@code 0x00000801}, count, then a byte a label
 * (yann.lecun.com/exdb/mnist). Both files are held in memory.
 */
public final class IdxImages implements Dataset {
    /** The four files of MNIST and everything made in its likeness; {@code .gz} may follow, the second hyphen may be a dot. */
    static final List<String> STANDARD_NAMES = List.of(
            "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte");

    private static final int IMAGES_MAGIC = 0x0803;
    private static final int LABELS_MAGIC = 0x0801;
    private static final long LARGEST = 1L << 30;

    private final Content images;
    private final Content labels;
    private final Size size;
    private final List<String> classes;
    private final List<Annotation> annotationOfClass;

    private IdxImages(Content images, Content labels, List<String> classes) {
        this.images = images;
        this.labels = labels;
        size = new Size(images.dimension(1), images.dimension(2));
        this.classes = List.copyOf(classes);
        annotationOfClass = ClassNames.annotations(classes);
    }

    /** The bytes of a checked IDX file. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Content(Path file, byte[] bytes, int dimensions) {
        int headerLength() {
            return 4 + 4 * dimensions;
        }

        int dimension(int i) {
            return ByteBuffer.wrap(bytes).getInt(4 + 4 * i);
        }
    }

    /** Images and labels of one part; classes are named by their numbers, {@code "0"} to the highest label. */
    public static IdxImages open(Path images, Path labels) throws IOException {
        return open(images, labels, List.of());
    }

    /**
     * Images and labels of one part.
     *
     * @param classes names by number; if empty, the numbers themselves up to the highest label
     * @throws DatasetException if a file is not IDX, its size differs from what its header says, the counts differ or a
     *     label is beyond the classes
     */
    public static IdxImages open(Path images, Path labels, List<String> classes) throws IOException {
        Content pixels = read(images, IMAGES_MAGIC, 3, "images");
        Content numbers = read(labels, LABELS_MAGIC, 1, "labels");
        if (pixels.dimension(0) != numbers.dimension(0)) {
            throw new DatasetException(images + " holds " + pixels.dimension(0) + " images but " + labels + " holds "
                    + numbers.dimension(0) + " labels; use the two files of one part");
        }
        int highest = 0;
        for (int i = numbers.headerLength(); i < numbers.bytes.length; i++) {
            highest = Math.max(highest, numbers.bytes[i] & 0xff);
        }
        return new IdxImages(pixels, numbers, names(labels, highest, classes));
    }

    private static List<String> names(Path labels, int highest, List<String> classes) throws DatasetException {
        if (classes.isEmpty()) {
            return IntStream.rangeClosed(0, highest).mapToObj(Integer::toString).toList();
        }
        if (highest >= classes.size()) {
            throw new DatasetException(labels + " has label " + highest + ", but there are only " + classes.size()
                    + " class names; name all classes in classes.txt or remove it");
        }
        return classes;
    }

    /** Finds one of the standard files in a folder, under any of its usual spellings. */
    static Optional<Path> find(Path folder, String standardName) {
        String dotted = standardName.replace("-idx", ".idx");
        return List.of(standardName, standardName + ".gz", dotted, dotted + ".gz").stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /** The same part with other class names, at least as many as before. */
    IdxImages withClasses(List<String> names) {
        return new IdxImages(images, labels, names);
    }

    private static Content read(Path file, int magic, int dimensions, String what) throws IOException {
        int headerLength = 4 + 4 * dimensions;
        try (InputStream in = open(file)) {
            ByteBuffer header = ByteBuffer.wrap(in.readNBytes(headerLength));
            if (header.limit() < headerLength || header.getInt(0) != magic) {
                throw new DatasetException(file + " is not an IDX file of " + what + " (magic "
                        + String.format("0x%08x", magic) + " expected); check which file it is");
            }
            long length = 1;
            for (int i = 0; i < dimensions; i++) {
                int n = header.getInt(4 + 4 * i);
                if (n < 1 || length * n > LARGEST) {
                    throw new DatasetException(file + ": its header states " + describe(header, dimensions)
                            + ", which is " + (n < 1 ? "empty" : "more than the limit of 1 GiB")
                            + "; check whether the file is damaged");
                }
                length *= n;
            }
            byte[] body = readBody(in, length);
            if (body.length != length) {
                throw new DatasetException(file + " has the wrong size: its header states "
                        + describe(header, dimensions) + ", " + (headerLength + length) + " bytes, but it holds "
                        + (body.length > length ? "more" : "only " + (headerLength + body.length))
                        + "; fetch or copy the file again");
            }
            byte[] all = Arrays.copyOf(header.array(), headerLength + body.length);
            System.arraycopy(body, 0, all, headerLength, body.length);
            return new Content(file, all, dimensions);
        } catch (ZipException | EOFException e) {
            throw new DatasetException(
                    file + " is a damaged gzip file (" + e.getMessage() + "); fetch or copy the file again", e);
        }
    }

    /** What follows the header: {@code length} bytes, fewer if the file is short, one more if it is too long. */
    private static byte[] readBody(InputStream in, long length) throws IOException {
        try {
            return Bytes.readAll(in, length);
        } catch (Bytes.TooLong e) {
            return new byte[Math.toIntExact(length + 1)];
        }
    }

    private static String describe(ByteBuffer header, int dimensions) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < dimensions; i++) {
            text.append(i == 0 ? "" : "x").append(header.getInt(4 + 4 * i));
        }
        return text + (dimensions == 1 ? " labels" : " values");
    }

    private static InputStream open(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new DatasetException(file + ": no such file");
        }
        var in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
        in.mark(2);
        byte[] start = in.readNBytes(2);
        in.reset();
        boolean gzip = start.length == 2 && start[0] == (byte) 0x1f && start[1] == (byte) 0x8b;
        return gzip ? new GZIPInputStream(in, 1 << 16) : in;
    }

    @Override
    public int size() {
        return labels.dimension(0);
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Annotation annotation(int index) {
        return annotationOfClass.get(labels.bytes[labels.headerLength() + index] & 0xff);
    }

    @Override
    public String source(int index) {
        return images.file + "#" + index;
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) {
        int length = Math.toIntExact(size.area());
        int from = images.headerLength() + Math.multiplyExact(index, length);
        return Image.wrap(size.width(), size.height(), 1, Arrays.copyOfRange(images.bytes, from, from + length));
    }
}
