package dev.fovea.nn.checkpoint;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files as torch.save does around pickles that tests make up byte by byte. */
final class PickleFile {
    private static final byte[] MAGIC = latin("\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019.");
    private static final byte[] VERSION = latin("\u0080\u0002M\u00e9\u0003.");
    private static final byte[] MACHINE = latin("\u0080\u0002}X\r\u0000\u0000\u0000little_endian\u0088s.");

    private PickleFile() {}

    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Pickle text of a tensor of {@code numel} float32 in storage {@code key}, with the given shape and strides as pickle text. */
    static String tensor(String key, int numel, int offset, String shape, String strides) {
        return "ctorch._utils\n_rebuild_tensor_v2\n((U\u0007storagectorch\nFloatStorage\nU" + (char) key.length() + key
                + "U\u0003cpuI" + numel + "\ntQI" + offset + "\n" + shape + strides + "\u0089NtR";
    }

    static Path zip(Path file, String pickle, Map<String, byte[]> storages) throws IOException {
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            stored(zip, "a/data.pkl", latin(pickle));
            for (var storage : storages.entrySet()) {
                stored(zip, "a/data/" + storage.getKey(), storage.getValue());
            }
        }
        return file;
    }

    static void stored(ZipOutputStream zip, String name, byte[] content) throws IOException {
        var entry = new ZipEntry(name);
        var crc = new CRC32();
        crc.update(content);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    static Path legacy(Path file, String pickle, String keys, byte[] data) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(legacy(pickle, keys, data));
        }
        return file;
    }

    private static byte[] legacy(String pickle, String keys, byte[] data) throws IOException {
        var out = new ByteArrayOutputStream();
        out.write(MAGIC);
        out.write(VERSION);
        out.write(MACHINE);
        out.write(latin(pickle));
        out.write(latin(keys));
        out.write(data);
        return out.toByteArray();
    }
}
