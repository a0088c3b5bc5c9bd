package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Resizing, cropping, padding and normalising against stored results of the reference, bit for bit. */
class GoldenResizeTest {
    private static final Map<String, Function<Image, byte[]>> OPERATIONS = new TreeMap<>();

    static {
        for (String image : new String[] {"noise", "smooth"}) {
            for (Interpolation filter : new Interpolation[] {Interpolation.BILINEAR, Interpolation.BICUBIC}) {
                if (image.equals("noise") || filter == Interpolation.BILINEAR) {
                    resize("resize_" + filter + "_24x32/" + image, new Size(24, 32), filter);
                    resize("resize_" + filter + "_64x80/" + image, new Size(64, 80), filter);
                }
            }
        }
        resize("resize_nearest_24x32/noise", new Size(24, 32), Interpolation.NEAREST);
        resize("resize_nearest_64x80/noise", new Size(64, 80), Interpolation.NEAREST);
        resize("resize_lanczos/noise", new Size(24, 32), Interpolation.LANCZOS);
        resize("resize_box/noise", new Size(24, 32), Interpolation.BOX);
        var shortSide = new ResizePolicy.ShortestSideCrop(20, new Size(20, 28), Interpolation.BILINEAR);
        pixels("resize_short_side/smooth/pil", shortSide::apply);
        transform("center_crop/noise/tensor", new CentreCrop(new Size(20, 31)));
        transform("center_crop_larger/noise/tensor", new CentreCrop(new Size(48, 60)));
        transform("crop/noise/tensor", new Crop(7, 5, 20, 16));
        transform(
                "resized_crop/noise/pil",
                new Crop(6, 4, 30, 20).then(new ResizePolicy.Stretch(Size.square(24), Interpolation.BILINEAR)));
        for (Pad.Mode mode : Pad.Mode.values()) {
            String name = "pad_" + mode.name().toLowerCase(Locale.ROOT) + "/ramp/tensor";
            transform(name, new Pad(3, 2, 5, 4, mode, mode == Pad.Mode.CONSTANT ? 7 : 0));
        }
        pixels("grayscale/noise/pil", Image::toGrey);
        OPERATIONS.put("normalize/noise/tensor", GoldenResizeTest::normalized);
        var preset = ResizePolicy.parse("resize30-crop24");
        OPERATIONS.put("classification_preset/smooth/pil", image -> normalized(preset.apply(image)));
        OPERATIONS.put("classification_preset/smooth/tensor", image -> {
            Image resized = TensorResample.resize(image, new Size(30, 42), Interpolation.BILINEAR, false);
            return normalized(Frame.centre(resized.size(), Size.square(24)).cut(resized, 0));
        });
    }

    private static void resize(String name, Size size, Interpolation filter) {
        pixels(name + "/pil", image -> Resample.resize(image, size, filter));
    }

    private static void transform(String name, Transform transform) {
        pixels(name, image -> transform
                .apply(Picture.of(image, Annotation.NONE), new Random(0))
                .image());
    }

    private static void pixels(String name, Function<Image, Image> operation) {
        OPERATIONS.put(name, image -> operation.apply(image).pixels());
    }

    /** The planes of the result put back into the order of the stored file. */
    private static byte[] normalized(Image image) {
        float[] planes = Normalize.IMAGENET.apply(image);
        var bytes = ByteBuffer.allocate(planes.length * 4).order(ByteOrder.LITTLE_ENDIAN);
        int plane = planes.length / 3;
        for (int i = 0; i < planes.length; i++) {
            bytes.putFloat(planes[i % 3 * plane + i / 3]);
        }
        return bytes.array();
    }

    @TestFactory
    Stream<DynamicTest> equals_the_reference() throws IOException {
        var stored = stored();
        assertThat(stored).containsOnlyKeys(OPERATIONS.keySet());
        return stored.entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    Image image = GoldenOperations.image(e.getKey().split("/", -1)[1]);
                    assertThat(sha256(OPERATIONS.get(e.getKey()).apply(image))).isEqualTo(e.getValue());
                }));
    }

    private static Map<String, String> stored() throws IOException {
        var cases = new TreeMap<String, String>();
        try (var in = GoldenResizeTest.class.getResourceAsStream("golden-resize.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList()) {
                if (!line.startsWith("#")) {
                    String[] parts = line.split(" ", -1);
                    cases.put(parts[0], parts[1]);
                }
            }
        }
        return cases;
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
