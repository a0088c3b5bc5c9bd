package dev.fovea.nn.checkpoint;

import dev.fovea.tensor.Tensor;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Reads what {@code torch.save} writes since PyTorch 1.6: a zip archive with the pickle {@code <name>/data.pkl} and one entry
 * {@code <name>/data/<key>} for each storage, stored without compression.
 */
final class PyTorchZip implements Storages.Source {
    private static final String PICKLE = "data.pkl";

    /** Files compressed again by hand are read, but not such that unpack to more than this times their size. */
    private static final long MAX_RATIO = 20;

    private final Path file;
    private final ZipFile zip;
    private final String prefix;
    private final long budget;
    private long unpacked;

    private PyTorchZip(Path file, ZipFile zip, String prefix) throws IOException {
        this.file = file;
        this.zip = zip;
        this.prefix = prefix;
        this.budget = Math.max(64L << 20, Math.multiplyExact(Files.size(file), MAX_RATIO));
    }

    static Checkpoint read(Path file) throws IOException {
        try (var zip = new ZipFile(file.toFile())) {
            var reader = new PyTorchZip(file, zip, prefix(file, zip));
            reader.checkByteOrder();
            byte[] pickle = reader.bytes(reader.entry(PICKLE), PickleInput.LIMIT);
            var content = RestrictedUnpickler.read(
                    new PickleInput(file, new ByteArrayInputStream(pickle), pickle.length), new HashMap<>());
            return new Checkpoint(
                    file, Checkpoint.Format.PYTORCH_ZIP, new Storages(file, reader).materialise(content), Map.of());
        } catch (ZipException | EOFException | IllegalArgumentException e) {
            String reason = e.getMessage() == null ? "it ends too early" : e.getMessage();
            throw new CheckpointException(
                    file, "is a damaged zip archive (" + reason + "); copy or download it again", e);
        }
    }

    /** The folder in the archive that holds everything. */
    private static String prefix(Path file, ZipFile zip) throws IOException {
        String found = null;
        for (var entries = zip.entries(); entries.hasMoreElements(); ) {
            String name = entries.nextElement().getName();
            if (name.endsWith("/" + PICKLE) && name.indexOf('/') == name.length() - PICKLE.length() - 1) {
                found = name.substring(0, name.length() - PICKLE.length());
            }
        }
        if (found == null) {
            throw new CheckpointException(
                    file, "is a zip archive without " + PICKLE + ", so torch.save did not write it");
        }
        if (zip.getEntry(found + "constants.pkl") != null) {
            throw new CheckpointException(
                    file, "is a TorchScript program, not a state dict; save model.state_dict() with torch.save");
        }
        return found;
    }

    private ZipEntry entry(String name) throws IOException {
        var entry = zip.getEntry(prefix + name);
        if (entry == null) {
            throw new CheckpointException(
                    file, "lacks its part '" + Names.shorten(name) + "'; copy or download it again");
        }
        return entry;
    }

    private void checkByteOrder() throws IOException {
        var entry = zip.getEntry(prefix + "byteorder");
        if (entry != null && !new String(bytes(entry, 16), StandardCharsets.US_ASCII).equals("little")) {
            throw new CheckpointException(file, "was written on a big-endian machine, which Fovea does not read");
        }
    }

    @Override
    public long bytes(String key) throws IOException {
        long size = entry("data/" + key).getSize();
        checkBudget(size);
        return size;
    }

    @Override
    public void fill(String key, Tensor target) throws IOException {
        var entry = entry("data/" + key);
        try (var input = open(entry)) {
            var crc = new CRC32();
            byte[] buffer = new byte[1 << 16];
            TensorBytes.forEach(target, piece -> {
                while (piece.hasRemaining()) {
                    int n = input.readNBytes(buffer, 0, Math.min(buffer.length, piece.remaining()));
                    if (n == 0) {
                        throw tooShort(entry);
                    }
                    crc.update(buffer, 0, n);
                    piece.put(buffer, 0, n);
                }
            });
            check(entry, crc);
        }
    }

    private byte[] bytes(ZipEntry entry, long limit) throws IOException {
        if (entry.getSize() < 0 || entry.getSize() > limit) {
            throw new CheckpointException(
                    file,
                    "its part '" + Names.shorten(entry.getName()) + "' has " + entry.getSize() + " bytes, over "
                            + limit);
        }
        try (var input = open(entry)) {
            var bytes = ByteBuffer.allocate((int) entry.getSize());
            int n = input.readNBytes(bytes.array(), 0, bytes.capacity());
            if (n < bytes.capacity()) {
                throw tooShort(entry);
            }
            var crc = new CRC32();
            crc.update(bytes);
            check(entry, crc);
            return bytes.array();
        }
    }

    /** Counts what is unpacked, so that neither compression nor parts that share bytes can blow a small file up. */
    private InputStream open(ZipEntry entry) throws IOException {
        checkBudget(entry.getSize());
        unpacked += Math.max(entry.getSize(), 0);
        return zip.getInputStream(entry);
    }

    private void checkBudget(long more) throws IOException {
        if (more > budget - unpacked) {
            throw new CheckpointException(
                    file, "unpacks to over " + MAX_RATIO + " times its size, as no real file of weights does");
        }
    }

    private void check(ZipEntry entry, CRC32 crc) throws IOException {
        if (entry.getCrc() != crc.getValue()) {
            throw new CheckpointException(
                    file,
                    "its part '" + Names.shorten(entry.getName())
                            + "' is damaged (wrong checksum); copy or download it again");
        }
    }

    private CheckpointException tooShort(ZipEntry entry) {
        return new CheckpointException(
                file, "its part '" + Names.shorten(entry.getName()) + "' ends too early; copy or download it again");
    }
}
