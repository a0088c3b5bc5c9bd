package dev.fovea.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * The files below one root, in a folder or in an archive. Paths are relative to the root, with {@code /} between names, and
 * never lead out of it. Hidden files (names with a leading dot, {@code __MACOSX}) do not exist here. Safe for many threads.
 */
sealed interface FileTree permits FolderTree, ZipTree {
    /** No picture, manifest or list of names is larger. */
    long LARGEST_FILE = 256L << 20;

    /** No file of annotations is larger; such files are read as a stream. */
    long LARGEST_LIST = 4L << 30;

    /** What is recognised as a picture; lower case. */
    Set<String> PICTURE_EXTENSIONS = Set.of(
            "jpg", "jpeg", "jpe", "jfif", "png", "webp", "gif", "bmp", "dib", "tif", "tiff", "ppm", "pgm", "pnm", "pbm",
            "ico");

    /** The root, as messages name it. */
    String name();

    /** All files, sorted. */
    List<String> files() throws IOException;

    /** All folders, sorted, as far as the form knows of empty ones. */
    List<String> folders() throws IOException;

    boolean contains(String path);

    /**
     * The bytes of a file.
     *
     * @throws DatasetException if it is missing, unreadable or larger than {@link #LARGEST_FILE}
     */
    byte[] read(String path) throws IOException;

    /**
     * A file as a stream that ends with an error after so many bytes.
     *
     * @throws DatasetException if it is missing or unreadable
     */
    InputStream open(String path, long most) throws IOException;

    /** A file as messages name it. */
    default String source(String path) {
        return name() + "/" + path;
    }

    static boolean isHidden(String fileName) {
        return fileName.startsWith(".") || fileName.equals("__MACOSX");
    }

    static boolean isPicture(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return PICTURE_EXTENSIONS.contains(extension);
    }

    static DatasetException tooLarge(String source) {
        return new DatasetException(source + " is larger than the limit of " + (LARGEST_FILE >> 20)
                + " MiB; store it smaller or remove it");
    }
}
