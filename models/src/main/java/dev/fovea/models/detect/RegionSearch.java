package dev.fovea.models.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.SelectiveSearch;
import dev.fovea.vision.Size;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where objects may be in prepared pictures, from {@link SelectiveSearch}. Regions of pictures seen before are remembered, so that
 * training searches each picture, in each form that augmentation gives it, once; the oldest are forgotten.
 */
final class RegionSearch {
    private static final int REMEMBERED = 20_000;

    private final Preparation preparation;
    private final SelectiveSearch search;
    private final Map<ByteBuffer, float[]> seen = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, float[]> eldest) {
            return size() > REMEMBERED;
        }
    };

    RegionSearch(Preparation preparation, SelectiveSearch search) {
        this.preparation = preparation;
        this.search = search;
    }

    /** The regions of each picture {@code [R_i, 4]} in prepared pixels, at least one: the whole picture. */
    List<Tensor> of(Pictures pictures) {
        var regions = new ArrayList<Tensor>();
        var device = pictures.pixels().device();
        for (int i = 0; i < pictures.count(); i++) {
            var size = pictures.sizes().get(i);
            var corners = corners(image(pictures.pixels().select(0, i), size));
            regions.add(Tensor.of(corners, corners.length / 4, 4).to(device));
        }
        return regions;
    }

    private float[] corners(Image image) {
        var key = ByteBuffer.wrap(digest(image));
        synchronized (seen) {
            var known = seen.get(key);
            if (known != null) {
                return known;
            }
        }
        var boxes = search.regions(image);
        var corners = new float[4 * boxes.size() + 4];
        for (int i = 0; i < boxes.size(); i++) {
            var box = boxes.get(i);
            corners[4 * i] = box.x1();
            corners[4 * i + 1] = box.y1();
            corners[4 * i + 2] = box.x2();
            corners[4 * i + 3] = box.y2();
        }
        corners[corners.length - 2] = image.width();
        corners[corners.length - 1] = image.height();
        synchronized (seen) {
            seen.put(key, corners);
        }
        return corners;
    }

    private static byte[] digest(Image image) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(8)
                    .putInt(image.width())
                    .putInt(image.height())
                    .array());
            return sha.digest(image.pixels());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java has SHA-256
        }
    }

    /** The picture as it was before it was normalised, {@code [3, H, W]} cut to its size. */
    private Image image(Tensor prepared, Size size) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var values = prepared.narrow(1, 0, size.height())
                    .narrow(2, 0, size.width())
                    .to(DType.FLOAT32)
                    .to(Device.CPU)
                    .contiguous()
                    .toFloatArray();
            int plane = size.height() * size.width();
            var pixels = new byte[3 * plane];
            for (int c = 0; c < 3; c++) {
                double std = preparation.std().get(c);
                double mean = preparation.mean().get(c);
                int channel = preparation.bgr() ? 2 - c : c;
                for (int p = 0; p < plane; p++) {
                    double value = (values[c * plane + p] * std + mean) / preparation.scale();
                    pixels[3 * p + channel] = (byte) Math.min(Math.max(Math.round(value), 0), 255);
                }
            }
            return Image.wrap(size.width(), size.height(), 3, pixels);
        }
    }
}
