package dev.fovea.data;

/**
 * A picture as it is stored.
 *
 * @param path within the data, with {@code /} between names
 * @param bytes of the file; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EncodedPicture(String path, byte[] bytes) {}
