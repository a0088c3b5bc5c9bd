package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * Reads picture files: JPEG (baseline, progressive, CMYK, grey), PNG, GIF and animated formats (first frame), BMP, WebP,
 * TIFF, PNM, ICO. Gives an upright {@link Image}, grey where the file is grey and RGB otherwise. Alpha is dropped, as the
 * reference of our models does (Pillow's {@code convert("RGB")}); of 16-bit samples the upper eight bits stay.
 *
 * <p>A file that is empty, truncated, corrupt, too large or of a format not read gives an {@link ImageFormatException},
 * never half a picture. Damage inside compressed data that leaves the structure whole (a flipped bit in a JPEG) cannot be
 * told from a picture; the native decoders may then write a line to the console. Immutable and safe for many threads.
 *
 * <pre>{@code
 * Image cat = new ImageReader().read(Path.of("cat.jpg"));
 * Image small = new ImageReader().read(Path.of("large.jpg"), Optional.of(Size.square(256)));
 * }</pre>
 */
public final class ImageReader {
    /** Enough for the header of nearly every file; the others are read whole. */
    private static final int HEAD_BYTES = 64 << 10;

    private final Limits limits;

    /** A reader with {@link Limits#DEFAULT}. */
    public ImageReader() {
        this(Limits.DEFAULT);
    }

    public ImageReader(Limits limits) {
        this.limits = Objects.requireNonNull(limits, "limits");
    }

    /**
     * Reads a file at its full size.
     *
     * @throws ImageFormatException if it is no picture that can be used
     * @throws IOException if it cannot be read
     */
    public Image read(Path file) throws IOException {
        return read(file, Optional.empty());
    }

    /** Reads a file, see {@link #read(byte[], String, Optional)}. */
    public Image read(Path file, Optional<Size> atLeast) throws IOException {
        return read(bytes(file, limits.maxBytes() + 1), file.toString(), atLeast);
    }

    /** Decodes a file in memory at its full size; {@code source} names it in messages. */
    public Image read(byte[] data, String source) throws ImageFormatException {
        return read(data, source, Optional.empty());
    }

    /**
     * Decodes a file in memory.
     *
     * @param source names it in messages
     * @param atLeast if present, the picture will be shrunk to about this size: a JPEG may then be decoded at 1/2, 1/4 or
     *     1/8, which is several times faster, and still has at least this width and height. The pixels are those of a
     *     slightly different filter, so leave it empty where results must equal the reference's exactly.
     */
    public Image read(byte[] data, String source, Optional<Size> atLeast) throws ImageFormatException {
        Bytes bytes = open(data, source);
        ImageHeader header = headerOf(bytes);
        checkPixels(header, source);
        int reduction = bytes.format() == ImageFormat.JPEG ? reduction(header, atLeast) : 1;
        Image stored =
                switch (bytes.format()) {
                    case JPEG -> decode(bytes, JpegStructure.verified(bytes), header, reduction);
                    case PNG -> decode(bytes, PngStructure.verified(bytes, header), header, 1);
                    case GIF -> GifDecoder.decode(bytes);
                    case WEBP -> decode(bytes, WebpStructure.verified(bytes), header, 1);
                    case TIFF -> decode(bytes, TiffStructure.verified(bytes), header, 1);
                    case BMP -> BmpDecoder.decode(bytes);
                    case PNM -> PnmDecoder.decode(bytes);
                    case ICO -> IcoStructure.decode(bytes);
                };
        Size size = header.size();
        if (stored.width() != ceilDiv(size.width(), reduction)
                || stored.height() != ceilDiv(size.height(), reduction)) {
            throw bytes.corrupt("its header says " + size + ", its pixels are " + stored.size());
        }
        return Orientation.apply(stored, header.orientation());
    }

    /** What a file says of its picture; only its beginning is read where that is enough. */
    public ImageHeader header(Path file) throws IOException {
        byte[] head = bytes(file, HEAD_BYTES);
        if (head.length == HEAD_BYTES) {
            try {
                return header(head, file.toString());
            } catch (ImageFormatException e) {
                head = bytes(file, limits.maxBytes() + 1);
            }
        }
        return header(head, file.toString());
    }

    /** What a file in memory says of its picture. */
    public ImageHeader header(byte[] data, String source) throws ImageFormatException {
        return headerOf(open(data, source));
    }

    private static byte[] bytes(Path file, long most) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes((int) Math.min(most, Integer.MAX_VALUE - 8));
        }
    }

    private Bytes open(byte[] data, String source) throws ImageFormatException {
        if (data.length == 0) {
            throw new ImageFormatException(source, "the file is empty");
        }
        if (data.length > limits.maxBytes()) {
            throw new ImageFormatException(
                    source, "the file is larger than the limit of " + limits.maxBytes() + " bytes");
        }
        Optional<ImageFormat> format = ImageFormat.sniff(data);
        if (format.isEmpty()) {
            throw new ImageFormatException(
                    source,
                    "not a picture that can be read: it is " + ImageFormat.describe(data)
                            + "; supported are JPEG, PNG, WebP, GIF, BMP, TIFF, PNM and ICO");
        }
        return new Bytes(data, source, format.get());
    }

    private static ImageHeader headerOf(Bytes bytes) throws ImageFormatException {
        return switch (bytes.format()) {
            case JPEG -> JpegStructure.header(bytes);
            case PNG -> PngStructure.header(bytes);
            case GIF -> GifDecoder.header(bytes);
            case BMP -> BmpDecoder.header(bytes);
            case WEBP -> WebpStructure.header(bytes);
            case TIFF -> TiffStructure.header(bytes);
            case PNM -> PnmDecoder.header(bytes);
            case ICO -> IcoStructure.header(bytes);
        };
    }

    private void checkPixels(ImageHeader header, String source) throws ImageFormatException {
        long pixels = header.size().area();
        if (pixels > limits.maxPixels() || pixels * header.channels() > Integer.MAX_VALUE - 8) {
            throw new ImageFormatException(
                    source,
                    "its header asks for " + header.size() + " = " + pixels + " pixels, the limit is "
                            + limits.maxPixels() + "; shrink the picture or raise the limit if you trust its source");
        }
    }

    private static Image decode(Bytes bytes, byte[] verified, ImageHeader header, int reduction)
            throws ImageFormatException {
        return NativeDecoder.decode(new Bytes(verified, bytes.source(), bytes.format()), header, reduction);
    }

    private static int reduction(ImageHeader header, Optional<Size> atLeast) {
        if (atLeast.isEmpty()) {
            return 1;
        }
        Size upright = header.uprightSize();
        for (int reduction = 8; reduction > 1; reduction /= 2) {
            if (ceilDiv(upright.width(), reduction) >= atLeast.get().width()
                    && ceilDiv(upright.height(), reduction) >= atLeast.get().height()) {
                return reduction;
            }
        }
        return 1;
    }

    private static int ceilDiv(int a, int b) {
        return (a + b - 1) / b;
    }
}
