package dev.fovea.nn.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Reads files of weights of every format that Fovea knows. */
public final class Checkpoints {
    /** How other kinds of files begin, for a helpful refusal. */
    private static final String[][] STRANGERS = {
        {"\u0089HDF", "an HDF5 file, as Keras writes"},
        {"GGUF", "a GGUF file"},
        {"\u001f\u008b", "compressed with gzip; unpack it first"},
        {"\u00fd7zXZ", "compressed with xz; unpack it first"},
        {"7z\u00bc\u00af", "a 7z archive; unpack it first"},
        {"\u0093NUMPY", "a NumPy array"},
        {"\u0089PNG", "a PNG picture"},
        {"\u00ff\u00d8\u00ff", "a JPEG picture"},
        {"%PDF", "a PDF document"},
        {"version https://git-lfs", "a pointer of Git LFS, not the file itself; fetch it with 'git lfs pull'"},
        {"<", "a web page, so probably a download that failed"},
        {"{", "JSON text"},
    };

    private Checkpoints() {}

    /**
     * Reads a file of weights; the format is recognised by the content, not the name. The tensors are on the CPU and belong to the
     * innermost {@link dev.fovea.tensor.Scope}.
     *
     * @throws CheckpointException if the file is damaged, of another kind, or asks for anything but data
     */
    public static Checkpoint read(Path file) throws IOException {
        ByteBuffer head;
        long size;
        try (var input = FileBytes.open(file)) {
            size = input.size();
            if (input.size() == 0) {
                throw new CheckpointException(file, "is empty; copy or download it again");
            }
            head = input.read(0, (int) Math.min(input.size(), 512));
        }
        if (isZip(head)) {
            return PyTorchZip.read(file);
        }
        boolean hasBrace = head.limit() > 8 && head.get(8) == '{';
        // The length of a safetensors header may begin with the very byte that begins every pickle.
        boolean hasLength = hasBrace && head.getLong(0) >= 0 && head.getLong(0) <= size - Long.BYTES;
        if ((head.get(0) & 0xff) == 0x80 && !hasLength) {
            return PyTorchLegacy.read(file);
        }
        if (hasBrace) {
            return Safetensors.read(file);
        }
        throw new CheckpointException(
                file, "is no file of weights that Fovea knows (safetensors, PyTorch); it looks like " + guess(head));
    }

    private static boolean isZip(ByteBuffer head) {
        return head.limit() >= 4 && head.getInt(0) == 0x04034b50;
    }

    private static String guess(ByteBuffer head) {
        String text = StandardCharsets.ISO_8859_1.decode(head.duplicate()).toString();
        for (var stranger : STRANGERS) {
            if (text.stripLeading().startsWith(stranger[0])) {
                return stranger[1];
            }
        }
        if (text.startsWith("ustar", Math.min(257, text.length()))) {
            return "a tar archive (PyTorch before 0.1.11 wrote such; load and save it with a later one)";
        }
        if (text.charAt(0) == '\b' && text.length() > 1 && text.charAt(1) < 32) {
            return "an ONNX network";
        }
        return text.chars().allMatch(c -> c >= 9 && c < 127) ? "plain text" : "unknown binary data";
    }
}
