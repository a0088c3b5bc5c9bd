package dev.fovea.runtime;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Reads from an ONNX file what it is for, without its graph: only the lengths of the parts before its metadata are looked at. */
final class TaskOfFile {
    private static final String KEY = "fovea.task";
    /** The field of a model's metadata entries, and those of their key and value (onnx.proto). */
    private static final int METADATA = 14;

    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;
    private static final int LENGTH_DELIMITED = 2;
    private static final int MOST_TEXT = 1 << 16;

    private TaskOfFile() {}

    /** The task; empty where the file does not say it, or is no ONNX file. */
    static Optional<String> of(Path file) throws IOException {
        try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            while (true) {
                long tag = varint(in);
                if ((tag & 7) != LENGTH_DELIMITED) {
                    skip(in, tag);
                    continue;
                }
                long length = varint(in);
                if (tag >>> 3 != METADATA || length > MOST_TEXT) {
                    in.skipNBytes(length);
                    continue;
                }
                var task = entry(in.readNBytes((int) length));
                if (task.isPresent()) {
                    return task;
                }
            }
        } catch (EOFException | IllegalArgumentException e) {
            return Optional.empty(); // whoever loads the file tells what is wrong with it
        }
    }

    private static Optional<String> entry(byte[] bytes) throws IOException {
        String key = "";
        String value = "";
        var in = new DataInputStream(new ByteArrayInputStream(bytes));
        while (in.available() > 0) {
            long tag = varint(in);
            if ((tag & 7) != LENGTH_DELIMITED) {
                skip(in, tag);
                continue;
            }
            long length = varint(in);
            if (length > in.available()) {
                throw new EOFException();
            }
            String text = new String(in.readNBytes((int) length), StandardCharsets.UTF_8);
            if (tag >>> 3 == ENTRY_KEY) {
                key = text;
            } else if (tag >>> 3 == ENTRY_VALUE) {
                value = text;
            }
        }
        return key.equals(KEY) ? Optional.of(value) : Optional.empty();
    }

    /** A number of up to 64 bits, seven at a time, the lowest first. */
    private static long varint(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int next = in.readUnsignedByte();
            value |= (long) (next & 0x7f) << shift;
            if (next < 0x80) {
                if (value < 0) {
                    break;
                }
                return value;
            }
        }
        throw new IllegalArgumentException("no number of a protocol buffer");
    }

    private static void skip(DataInputStream in, long tag) throws IOException {
        switch ((int) (tag & 7)) {
            case 0 -> {
                long unused = varint(in);
            }
            case 1 -> in.skipNBytes(8);
            case 5 -> in.skipNBytes(4);
            default -> throw new IllegalArgumentException("no field of a protocol buffer");
        }
    }
}
