package dev.fovea.nn.checkpoint;

import dev.fovea.nn.checkpoint.Pickle.Refused;
import dev.fovea.nn.checkpoint.Pickle.Storage;
import dev.fovea.tensor.Tensor;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what {@code torch.save} wrote before PyTorch 1.6: five pickles (a magic number, a version, the machine, the content, the keys
 * of the storages), then for each key the number of elements (eight bytes) and the elements.
 */
final class PyTorchLegacy implements Storages.Source {
    private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
    private static final long VERSION = 1001;

    private final FileBytes input;
    private final Map<String, Place> places = new HashMap<>();

    /** Where a storage's elements lie in the file. */
    private record Place(long position, long bytes) {}

    private PyTorchLegacy(FileBytes input) {
        this.input = input;
    }

    static Checkpoint read(Path file) throws IOException {
        try (var input = FileBytes.open(file)) {
            var stream = new BufferedInputStream(Channels.newInputStream(input.channel()), 1 << 16);
            var pickles = new PickleInput(file, stream, input.size());
            checkHead(file, pickles);
            var storages = new HashMap<String, Storage>();
            var content = RestrictedUnpickler.read(pickles, storages);
            var keys = Pickle.sequence(RestrictedUnpickler.read(pickles, storages));
            var reader = new PyTorchLegacy(input);
            reader.locate(keys, storages, pickles.position());
            return new Checkpoint(
                    file, Checkpoint.Format.PYTORCH_LEGACY, new Storages(file, reader).materialise(content), Map.of());
        } catch (Refused e) {
            throw new CheckpointException(file, e.getMessage(), e);
        }
    }

    private static Object plain(PickleInput pickles) throws IOException {
        return RestrictedUnpickler.read(pickles, new HashMap<>());
    }

    /** The elements of the storages follow one another in the order of the keys, each behind its number. */
    private void locate(List<?> keys, Map<String, Storage> storages, long start) throws IOException {
        long at = start;
        for (Object key : keys) {
            var storage = storages.get(key);
            if (storage == null) {
                throw new CheckpointException(
                        input.file(), "lists a storage '" + Names.shorten("" + key) + "' that no tensor uses");
            }
            int width = storage.type() == null ? 1 : storage.type().bytes();
            if (input.size() - at < 8) {
                throw tooEarly();
            }
            long numel = input.read(at, 8).getLong();
            at += 8;
            if (numel < 0 || numel > (input.size() - at) / width) {
                throw tooEarly();
            }
            places.put(storage.key(), new Place(at, numel * width));
            at += numel * width;
        }
    }

    private CheckpointException tooEarly() {
        return new CheckpointException(
                input.file(), "ends too early, at byte " + input.size() + "; copy or download it again");
    }

    private Place place(String key) throws IOException {
        var place = places.get(key);
        if (place == null) {
            throw new CheckpointException(
                    input.file(), "lacks its storage '" + Names.shorten(key) + "'; copy or download it again");
        }
        return place;
    }

    @Override
    public long bytes(String key) throws IOException {
        return place(key).bytes;
    }

    @Override
    public void fill(String key, Tensor target) throws IOException {
        input.readInto(target, place(key).position);
    }

    private static void checkHead(Path file, PickleInput pickles) throws IOException {
        if (!MAGIC.equals(plain(pickles))) {
            throw new CheckpointException(file, "is a Python pickle that torch.save did not write");
        }
        Object version = plain(pickles);
        if (!(version instanceof Number n) || n.longValue() != VERSION) {
            throw new CheckpointException(
                    file, "has the unknown version " + Names.shorten("" + version) + " of PyTorch's old format");
        }
        Object machine = plain(pickles);
        if (!(machine instanceof Map<?, ?> facts) || !Boolean.TRUE.equals(facts.get("little_endian"))) {
            throw new CheckpointException(file, "was written on a big-endian machine, which Fovea does not read");
        }
    }
}
