package dev.fovea.vision.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The picture formats that are read, told apart by their first bytes and never by a file's name. */
public enum ImageFormat {
    JPEG,
    PNG,
    GIF,
    BMP,
    WEBP,
    TIFF,
    PNM,
    ICO;

    /** First bytes of files that people try and that are not read, with the name to refuse them by. */
    private static final Map<String, String> OTHERS = Map.ofEntries(
            Map.entry("8BPS", "a Photoshop file"),
            Map.entry("%PDF", "a PDF document"),
            Map.entry("%!PS", "a PostScript file"),
            Map.entry("\0\0\0\fjP  ", "JPEG 2000"),
            Map.entry("\u00ffO\u00ffQ", "JPEG 2000"),
            Map.entry("\u00ff\n", "JPEG XL"),
            Map.entry("\0\0\0\fJXL ", "JPEG XL"),
            Map.entry("v/1\u0001", "OpenEXR"),
            Map.entry("#?RADIANCE", "Radiance HDR"),
            Map.entry("P7", "PAM"),
            Map.entry("PK\u0003\u0004", "a ZIP archive"),
            Map.entry("\u001f\u008b", "a gzip file"));

    /** The format of a file that begins with these bytes; empty for all others. */
    public static Optional<ImageFormat> sniff(byte[] data) {
        String head = head(data, 12);
        if (head.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (head.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) {
            return Optional.of(GIF);
        }
        if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) {
            return Optional.of(WEBP);
        }
        if (head.startsWith("II*\0")
                || head.startsWith("MM\0*")
                || head.startsWith("II+\0")
                || head.startsWith("MM\0+")) {
            return Optional.of(TIFF);
        }
        if (head.startsWith("BM")) {
            return Optional.of(BMP);
        }
        if (head.startsWith("\0\0\u0001\0")) {
            return Optional.of(ICO);
        }
        return isPnm(head) ? Optional.of(PNM) : Optional.empty();
    }

    private static boolean isPnm(String head) {
        return head.length() > 2
                && head.charAt(0) == 'P'
                && head.charAt(1) >= '1'
                && head.charAt(1) <= '6'
                && (Character.isWhitespace(head.charAt(2)) || head.charAt(2) == '#');
    }

    /** A name for what these bytes are, for refusing them. */
    static String describe(byte[] data) {
        String head = head(data, 512);
        for (var other : OTHERS.entrySet()) {
            if (head.startsWith(other.getKey())) {
                return other.getValue();
            }
        }
        if (head.startsWith("ftyp", 4)) {
            String brand = head.substring(8, Math.min(12, head.length()));
            return brand.startsWith("avi") ? "AVIF" : brand.matches("(he|mi|ms).*") ? "HEIC" : "a video";
        }
        String text = head.toLowerCase(Locale.ROOT);
        if (text.contains("<svg")) {
            return "SVG";
        }
        if (text.contains("<html") || text.contains("<!doctype html")) {
            return "a web page";
        }
        return "no known picture format";
    }

    private static String head(byte[] data, int length) {
        return new String(data, 0, Math.min(length, data.length), ISO_8859_1);
    }
}
