package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * CIFAR-10 and CIFAR-100 in their binary versions (cs.toronto.edu/~kriz/cifar.html): records of one label byte (CIFAR-100:
 * a coarse and a fine one) and 32x32 pixels, first all red values, then green, then blue. Files are held in memory.
 */
public final class CifarBinary implements Dataset {
    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final long LARGEST_FILE = 1L << 30;
    private static final List<String> CIFAR10 =
            List.of("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck");

    private final List<Path> files;
    private final List<byte[]> contents;
    private final int labelBytes;
    private final int[] firstOfFile;
    private final List<String> classes;
    private final List<Annotation> annotationOfClass;

    private CifarBinary(List<Path> files, int labelBytes, List<String> classes) throws IOException {
        this.files = files;
        this.labelBytes = labelBytes;
        this.classes = List.copyOf(classes);
        annotationOfClass = ClassNames.annotations(classes);
        contents = new ArrayList<>();
        firstOfFile = new int[files.size() + 1];
        for (int i = 0; i < files.size(); i++) {
            byte[] content = read(files.get(i));
            contents.add(content);
            firstOfFile[i + 1] = firstOfFile[i] + content.length / recordLength();
        }
    }

    /** CIFAR-10 records in the given files, in that order. */
    public static CifarBinary cifar10(List<Path> files) throws IOException {
        return new CifarBinary(List.copyOf(files), 1, CIFAR10);
    }

    /**
     * CIFAR-100 records in a file, with their fine labels.
     *
     * @param fineNames the 100 names, as {@code fine_label_names.txt} lists them
     */
    public static CifarBinary cifar100(Path file, List<String> fineNames) throws IOException {
        if (fineNames.size() != 100) {
            throw new DatasetException(
                    "CIFAR-100 has 100 fine classes, but " + fineNames.size() + " names were given for " + file);
        }
        return new CifarBinary(List.of(file), 2, fineNames);
    }

    private int recordLength() {
        return labelBytes + 3 * PLANE;
    }

    private byte[] read(Path file) throws IOException {
        byte[] content;
        try (InputStream in = Files.newInputStream(file)) {
            content = Bytes.readAll(in, LARGEST_FILE);
        } catch (Bytes.TooLong e) {
            throw new DatasetException(file + " is larger than the limit of 1 GiB; split it", e);
        }
        if (content.length == 0 || content.length % recordLength() != 0) {
            throw new DatasetException(file + " has the wrong size: " + content.length + " bytes is no multiple of "
                    + recordLength() + ", the length of a record; fetch or copy the file again");
        }
        for (int at = labelBytes - 1; at < content.length; at += recordLength()) {
            if ((content[at] & 0xff) >= classes.size()) {
                throw new DatasetException(file + " has label " + (content[at] & 0xff) + " in record "
                        + at / recordLength() + ", but there are " + classes.size()
                        + " classes; check which file it is");
            }
        }
        return content;
    }

    @Override
    public int size() {
        return firstOfFile[files.size()];
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Annotation annotation(int index) {
        int file = fileOf(index);
        return annotationOfClass.get(contents.get(file)[offset(index, file) + labelBytes - 1] & 0xff);
    }

    @Override
    public String source(int index) {
        int file = fileOf(index);
        return files.get(file) + "#" + (index - firstOfFile[file]);
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) {
        int file = fileOf(index);
        byte[] content = contents.get(file);
        int from = offset(index, file) + labelBytes;
        byte[] pixels = new byte[3 * PLANE];
        for (int i = 0, o = 0; i < PLANE; i++) {
            pixels[o++] = content[from + i];
            pixels[o++] = content[from + PLANE + i];
            pixels[o++] = content[from + 2 * PLANE + i];
        }
        return Image.wrap(SIDE, SIDE, 3, pixels);
    }

    private int fileOf(int index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException("sample " + index + " of " + size());
        }
        int file = 0;
        while (index >= firstOfFile[file + 1]) {
            file++;
        }
        return file;
    }

    private int offset(int index, int file) {
        return (index - firstOfFile[file]) * recordLength();
    }
}
