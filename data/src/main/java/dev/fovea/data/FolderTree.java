package dev.fovea.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A folder of the file system. Links to files inside it are followed, links that lead out of it are refused. */
final class FolderTree implements FileTree {
    private final Path root;
    private final Path realRoot;
    private final String name;
    private List<String> files = List.of();
    private List<String> folders = List.of();
    private boolean scanned;

    FolderTree(Path root) throws IOException {
        this.root = root;
        realRoot = root.toRealPath();
        name = root.toString().isEmpty() ? "." : root.toString();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public synchronized List<String> files() throws IOException {
        scan();
        return files;
    }

    @Override
    public synchronized List<String> folders() throws IOException {
        scan();
        return folders;
    }

    @Override
    public boolean contains(String path) {
        return Files.isRegularFile(root.resolve(path));
    }

    @Override
    public byte[] read(String path) throws IOException {
        try (InputStream in = Files.newInputStream(readable(path))) {
            return Bytes.readAll(in, LARGEST_FILE);
        } catch (Bytes.TooLong e) {
            throw FileTree.tooLarge(source(path));
        } catch (DatasetException e) {
            throw e;
        } catch (IOException e) {
            throw new DatasetException(source(path) + " could not be read: " + e.getMessage(), e);
        }
    }

    @Override
    public InputStream open(String path, long most) throws IOException {
        return Bytes.bounded(Files.newInputStream(readable(path)), most);
    }

    private Path readable(String path) throws IOException {
        Path file = root.resolve(path);
        try {
            requireInside(file);
        } catch (NoSuchFileException e) {
            throw new DatasetException(source(path) + " does not exist (any more); restore or remove it", e);
        }
        if (!Files.isReadable(file)) {
            throw new DatasetException(source(path) + " may not be read; check its permissions");
        }
        return file;
    }

    private void requireInside(Path file) throws IOException {
        Path real = file.toRealPath();
        if (!real.startsWith(realRoot)) {
            throw new DatasetException(file + " is a link that leads out of " + name + ", to " + real
                    + "; put a copy of the file in its place");
        }
    }

    private void scan() throws IOException {
        if (scanned) {
            return;
        }
        List<String> foundFiles = new ArrayList<>();
        List<String> foundFolders = new ArrayList<>();
        Files.walkFileTree(realRoot, new Scan(foundFiles, foundFolders));
        Collections.sort(foundFiles);
        Collections.sort(foundFolders);
        files = List.copyOf(foundFiles);
        folders = List.copyOf(foundFolders);
        scanned = true;
    }

    private final class Scan extends SimpleFileVisitor<Path> {
        private final List<String> files;
        private final List<String> folders;

        Scan(List<String> files, List<String> folders) {
            this.files = files;
            this.folders = folders;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (folder.equals(realRoot)) {
                return FileVisitResult.CONTINUE;
            }
            if (FileTree.isHidden(folder.getFileName().toString())) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            folders.add(relative(folder));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            if (FileTree.isHidden(file.getFileName().toString())) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink() && Files.exists(file)) {
                requireInside(file);
                if (Files.isDirectory(file)) {
                    throw new DatasetException(
                            file + " is a link to a folder; put the folder itself in its place or remove the link");
                }
            }
            if (attributes.isRegularFile() || attributes.isSymbolicLink()) {
                files.add(relative(file));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            throw new DatasetException(
                    file + " may not be read (" + e.getClass().getSimpleName() + "); check the permissions", e);
        }

        private String relative(Path path) {
            return realRoot.relativize(path)
                    .toString()
                    .replace(path.getFileSystem().getSeparator(), "/");
        }
    }
}
