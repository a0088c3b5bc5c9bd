package dev.fovea.vision.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OrientationTest {
    /** 3x2 pixels a b c / d e f. */
    private static final Image STORED = Image.wrap(3, 2, 1, "abcdef".getBytes(StandardCharsets.US_ASCII));

    /** A PNG file with an eXIf chunk after its header. */
    private static byte[] png(byte[] exif) {
        byte[] plain = ImageWriter.png(STORED);
        var chunk = ByteBuffer.allocate(12 + exif.length);
        chunk.putInt(exif.length)
                .put("eXIf".getBytes(StandardCharsets.US_ASCII))
                .put(exif);
        var crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + exif.length);
        chunk.putInt((int) crc.getValue());
        int header = 8 + 25;
        return ByteBuffer.allocate(plain.length + chunk.capacity())
                .put(plain, 0, header)
                .put(chunk.array())
                .put(plain, header, plain.length - header)
                .array();
    }

    private static byte[] exif(ByteOrder order, int orientation) {
        var b = ByteBuffer.allocate(26).order(order);
        b.put((order == ByteOrder.LITTLE_ENDIAN ? "II" : "MM").getBytes(StandardCharsets.US_ASCII));
        b.putShort((short) 42).putInt(8).putShort((short) 1);
        b.putShort((short) 0x0112).putShort((short) 3).putInt(1).putShort((short) orientation);
        return b.array();
    }

    @ParameterizedTest
    @CsvSource({
        "1,3,abcdef",
        "2,3,cbafed",
        "3,3,fedcba",
        "4,3,defabc",
        "5,2,adbecf",
        "6,2,daebfc",
        "7,2,fcebda",
        "8,2,cfbead"
    })
    void pixels_are_turned_upright(int orientation, int width, String pixels) throws Exception {
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            byte[] file = png(exif(order, orientation));
            Image upright = new ImageReader().read(file, "x.png");
            assertThat(upright.width()).isEqualTo(width);
            assertThat(new String(upright.pixels(), StandardCharsets.US_ASCII)).isEqualTo(pixels);
            ImageHeader header = new ImageReader().header(file, "x.png");
            assertThat(header.size()).isEqualTo(STORED.size());
            assertThat(header.uprightSize()).isEqualTo(upright.size());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 9, 65535})
    void unknown_orientation_leaves_the_picture_as_it_is(int orientation) throws Exception {
        assertThat(new ImageReader().read(png(exif(ByteOrder.BIG_ENDIAN, orientation)), "x.png"))
                .isEqualTo(STORED);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 8, 12, 20})
    void exif_cut_off_anywhere_leaves_the_picture_as_it_is(int length) throws Exception {
        byte[] whole = exif(ByteOrder.LITTLE_ENDIAN, 1);
        whole[4] = (byte) 0xf0;
        whole[7] = (byte) 0x7f;
        byte[] cut = Arrays.copyOf(whole, length);
        assertThat(new ImageReader().read(png(cut), "x.png")).isEqualTo(STORED);
    }
}
