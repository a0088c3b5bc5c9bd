package dev.fovea.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The safetensors format: eight bytes that give the header's length (little endian), a JSON header (name → type, shape, place),
 * then the tensors' bytes without gaps. Text can be stored beside the tensors.
 *
 * @see <a href="https://github.com/huggingface/safetensors">the format's description</a>
 */
public final class Safetensors {
    /** The reserved name of the text entries. */
    static final String METADATA = "__metadata__";

    private static final JsonFactory JSON = new JsonFactory();

    private Safetensors() {}

    /** Reads all tensors, in the order of the header. */
    public static Checkpoint read(Path file) throws IOException {
        try (var input = FileBytes.open(file);
                var scope = Scope.open();
                var mode = Grad.off()) {
            var header = SafetensorsHeader.read(input);
            var tensors = new LinkedHashMap<String, Object>();
            for (var entry : header.entries()) {
                var tensor =
                        FileBytes.allocate(file, entry.dtype(), entry.shape().toArray());
                input.readInto(tensor, header.dataStart() + entry.begin());
                tensors.put(entry.name(), tensor);
            }
            tensors.values().forEach(t -> scope.keep((Tensor) t));
            return new Checkpoint(
                    file, Checkpoint.Format.SAFETENSORS, Collections.unmodifiableMap(tensors), header.metadata());
        }
    }

    /** Reads only the text entries, without the tensors. */
    public static Map<String, String> readMetadata(Path file) throws IOException {
        try (var input = FileBytes.open(file)) {
            return SafetensorsHeader.read(input).metadata();
        }
    }

    /**
     * Writes tensors from any device and of any memory layout, row-major, atomically.
     *
     * @param metadata text to store with them; may be empty
     * @throws IOException if that fails, with the room that is needed; an old file is then unchanged
     */
    public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        // Large elements first: then every tensor begins at a multiple of its element's size without gaps.
        var order = new ArrayList<>(tensors.entrySet());
        order.sort(Comparator.comparing(e -> -e.getValue().dtype().bytes()));
        var begins = new LinkedHashMap<String, Long>();
        long size = 0;
        for (var entry : order) {
            begins.put(entry.getKey(), size);
            size = Math.addExact(size, bytes(entry.getValue()));
        }
        byte[] header = header(tensors, begins, metadata);
        AtomicFile.write(file, 8L + header.length + size, channel -> {
            writeFully(
                    channel,
                    ByteBuffer.allocate(8)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .flip());
            writeFully(channel, ByteBuffer.wrap(header));
            for (var entry : order) {
                writeTensor(channel, entry.getValue());
            }
        });
    }

    private static void writeTensor(FileChannel channel, Tensor tensor) throws IOException {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            TensorBytes.forEach(tensor.detach().to(Device.CPU).contiguous(), piece -> writeFully(channel, piece));
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static long bytes(Tensor tensor) {
        return Math.multiplyExact(tensor.numel(), tensor.dtype().bytes());
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, Long> begins, Map<String, String> metadata)
            throws IOException {
        var out = new ByteArrayOutputStream();
        try (var json = JSON.createGenerator(out)) {
            json.writeStartObject();
            if (!metadata.isEmpty()) {
                json.writeObjectFieldStart(METADATA);
                for (var entry : metadata.entrySet()) {
                    json.writeStringField(entry.getKey(), entry.getValue());
                }
                json.writeEndObject();
            }
            for (var entry : tensors.entrySet()) {
                if (entry.getKey().equals(METADATA)) {
                    throw new IllegalArgumentException(
                            "a tensor cannot be named " + METADATA + " in safetensors files");
                }
                var tensor = entry.getValue();
                long begin = begins.get(entry.getKey());
                json.writeObjectFieldStart(entry.getKey());
                json.writeStringField("dtype", tensor.dtype().safetensorsName());
                writeLongs(json, "shape", tensor.shape().toArray());
                writeLongs(json, "data_offsets", begin, begin + bytes(tensor));
                json.writeEndObject();
            }
            json.writeEndObject();
        }
        while (out.size() % 8 != 0) {
            out.write(' ');
        }
        if (out.size() > SafetensorsHeader.LIMIT) {
            throw new IllegalArgumentException("the header of " + tensors.size() + " tensors would be over "
                    + SafetensorsHeader.LIMIT + " bytes; shorten names or metadata");
        }
        return out.toByteArray();
    }

    private static void writeLongs(JsonGenerator json, String name, long... values) throws IOException {
        json.writeArrayFieldStart(name);
        for (long v : values) {
            json.writeNumber(v);
        }
        json.writeEndArray();
    }
}
