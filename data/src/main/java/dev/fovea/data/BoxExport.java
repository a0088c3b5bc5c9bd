package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageFormatException;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Writes pictures with boxes in another form. Files of pictures are copied as they are; pictures without a file become
 * PNG. What was written is read back by {@link Datasets#open} with the same boxes, classes and parts.
 */
public final class BoxExport {
    private static final ImageReader READER = new ImageReader();

    /**
     * What was written.
     *
     * @param unreadable pictures that were left out, with the reason
     * @param crowds boxes of groups, which VOC and YOLO have no word for
     */
    public record Written(int pictures, int boxes, int crowds, List<String> unreadable) {
        public Written {
            unreadable = List.copyOf(unreadable);
        }
    }

    /** A picture on its way: its new name without folder, its size, its part and what is known of it. */
    record Item(String part, String name, Size size, Annotation annotation) {
        String stem() {
            return PictureIndex.stem(name);
        }
    }

    private final BoxForm form;
    private final Path folder;
    private final Set<String> stems = new HashSet<>();
    private final List<Item> items = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    private BoxExport(BoxForm form, Path folder) {
        this.form = form;
        this.folder = folder;
    }

    /**
     * Writes all parts.
     *
     * @param parts as of {@link Datasets#parts}: {@code train}, {@code validation}, {@code test}, with the same classes
     * @param folder must be empty or not exist
     * @throws IOException if something cannot be written; the message names it
     */
    public static Written write(Map<String, Dataset> parts, BoxForm form, Path folder) throws IOException {
        if (Files.exists(folder)) {
            if (!Files.isDirectory(folder)) {
                throw new FileAlreadyExistsException(folder + " is a file; choose another folder");
            }
            try (var inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new FileAlreadyExistsException(folder + " is not empty; choose another folder");
                }
            }
        }
        List<String> classes = parts.values().iterator().next().classes();
        var export = new BoxExport(form, folder);
        for (var part : parts.entrySet()) {
            for (int i = 0; i < part.getValue().size(); i++) {
                export.picture(part.getKey().equals("validation") ? "val" : part.getKey(), part.getValue(), i);
            }
        }
        BoxFiles files = new BoxFiles(folder, classes, export.items);
        switch (form) {
            case COCO -> files.coco();
            case VOC -> files.voc();
            case YOLO -> files.yolo();
            case CSV -> files.csv();
        }
        List<Instance> all = export.items.stream()
                .flatMap(i -> i.annotation().instances().stream())
                .toList();
        int crowds = (int) all.stream().filter(Instance::crowd).count();
        return new Written(export.items.size(), all.size(), crowds, export.unreadable);
    }

    private void picture(String part, Dataset data, int index) throws IOException {
        Optional<EncodedPicture> encoded;
        Size size;
        byte[] bytes;
        try {
            encoded = data.encoded(index);
            if (encoded.isPresent()) {
                bytes = encoded.get().bytes();
                size = READER.header(bytes, data.source(index)).uprightSize();
            } else {
                var image = data.image(index, Optional.empty());
                bytes = ImageWriter.png(image);
                size = image.size();
            }
        } catch (ImageFormatException | DatasetException e) {
            unreadable.add(e.getMessage());
            return;
        }
        String path = encoded.map(EncodedPicture::path).orElse(String.format(Locale.ROOT, "%s_%06d.png", part, index));
        String name = free(path);
        Path file = folder.resolve(folderOf(part)).resolve(name);
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        items.add(new Item(part, name, size, data.annotation(index)));
    }

    private String folderOf(String part) {
        return switch (form) {
            case COCO -> part;
            case VOC -> "JPEGImages";
            case YOLO, CSV -> "images/" + part;
        };
    }

    /** The file's own name, where it is taken with those of its folders before it, else with a number. */
    private String free(String path) {
        String name = PictureIndex.name(path);
        String stem = PictureIndex.stem(name);
        String extension = name.substring(stem.length());
        if (!stems.add(stem)) {
            stem = PictureIndex.folder(path).replace('/', '_') + stem;
            for (int n = 2; !stems.add(stem); n++) {
                stem = stem.replaceAll("~\\d+$", "") + "~" + n;
            }
        }
        return stem + extension;
    }
}
