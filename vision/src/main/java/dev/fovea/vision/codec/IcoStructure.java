package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import java.util.Arrays;

/** Windows icons: the largest of the pictures inside, each a PNG file or a bitmap without file header. */
final class IcoStructure {
    private static final int DIRECTORY = 6;
    private static final int ENTRY = 16;

    private IcoStructure() {}

    /** The bytes of the largest picture, of those of equal size the one with most colours. */
    private static Bytes largest(Bytes bytes) throws ImageFormatException {
        int count = bytes.u16le(4);
        long best = -1;
        long bestRank = -1;
        for (int i = 0; i < count; i++) {
            long at = DIRECTORY + (long) ENTRY * i;
            int width = (bytes.u8(at) + 255) % 256 + 1; // 0 means 256
            int height = (bytes.u8(at + 1) + 255) % 256 + 1;
            long rank = (long) width * height * 64 + Math.min(bytes.u16le(at + 6), 63);
            if (rank > bestRank) {
                bestRank = rank;
                best = at;
            }
        }
        if (best < 0) {
            throw bytes.corrupt("it holds no picture");
        }
        long length = bytes.u32le(best + 8);
        long from = bytes.u32le(best + 12);
        if (!bytes.has(from, length)) {
            throw bytes.truncated("its picture lies beyond its end");
        }
        byte[] picture = Arrays.copyOfRange(bytes.data(), (int) from, (int) (from + length));
        boolean png =
                ImageFormat.sniff(picture).filter(f -> f == ImageFormat.PNG).isPresent();
        return new Bytes(picture, bytes.source(), png ? ImageFormat.PNG : ImageFormat.ICO);
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        Bytes picture = largest(bytes);
        ImageHeader header = picture.format() == ImageFormat.PNG
                ? PngStructure.header(picture)
                : BmpDecoder.inIcon(picture, 0).header();
        return new ImageHeader(ImageFormat.ICO, header.size(), header.channels(), header.bitDepth(), 1);
    }

    static Image decode(Bytes bytes) throws ImageFormatException {
        Bytes picture = largest(bytes);
        if (picture.format() == ImageFormat.PNG) {
            ImageHeader header = PngStructure.header(picture);
            byte[] clean = PngStructure.verified(picture, header);
            return NativeDecoder.decode(new Bytes(clean, bytes.source(), ImageFormat.PNG), header, 1);
        }
        return BmpDecoder.inIcon(picture, 0).decode();
    }
}
