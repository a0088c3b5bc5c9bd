package dev.fovea.vision.statistics;

import static org.bytedeco.openblas.global.openblas.LAPACKE_dsyevd;
import static org.bytedeco.openblas.global.openblas.LAPACK_ROW_MAJOR;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasNoTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasRowMajor;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasTrans;
import static org.bytedeco.openblas.global.openblas_nolapack.CblasUpper;
import static org.bytedeco.openblas.global.openblas_nolapack.cblas_dsyrk;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import java.util.ArrayList;
import java.util.List;

/**
 * How many directions images vary in (principal component analysis, Pearson 1901): each image is stretched to one small
 * size and taken as a vector, and the variance along the best axes is given as shares of the whole. Few components for
 * most of the variance mean that the images are much alike.
 *
 * @param size the size that the images were brought to
 * @param channels 1 grey or 3 RGB
 * @param samples the number of images
 * @param explained share of the variance along each axis, 0-1, largest first, at most {@code min(samples, values)} of them;
 *     all 0 if the images are equal
 */
public record PrincipalComponents(Size size, int channels, int samples, List<Double> explained) {
    /** Vectors of more values than this take minutes and gigabytes. */
    private static final int MOST = 4096;

    public PrincipalComponents {
        explained = List.copyOf(explained);
    }

    /**
     * Analyses images; for a large data set a sample of about 2,000 is plenty.
     *
     * @param size at most 4096 values with all channels, for example 32x32 RGB
     * @throws IllegalArgumentException if there are fewer than two images
     */
    public static PrincipalComponents of(Iterable<Image> images, Size size, int channels) {
        int values = Math.toIntExact(Math.min(Integer.MAX_VALUE, size.area() * channels));
        if (values > MOST) {
            throw new IllegalArgumentException("principal components of " + size + " with " + channels
                    + " channels are " + values + " values an image; shrink to at most " + MOST);
        }
        var rows = new ArrayList<double[]>();
        for (Image image : images) {
            rows.add(vector(Resample.resize(image, size, Interpolation.BILINEAR).withChannels(channels)));
        }
        if (rows.size() < 2) {
            throw new IllegalArgumentException("principal components need at least 2 images, got " + rows.size());
        }
        return new PrincipalComponents(size, channels, rows.size(), shares(rows, values));
    }

    private static double[] vector(Image image) {
        byte[] pixels = image.pixels();
        double[] vector = new double[pixels.length];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (pixels[i] & 0xff) / 255.0;
        }
        return vector;
    }

    private static List<Double> shares(List<double[]> rows, int values) {
        int n = rows.size();
        double[] centred = new double[Math.multiplyExact(n, values)];
        for (int j = 0; j < values; j++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[j] / n;
            }
            for (int i = 0; i < n; i++) {
                centred[i * values + j] = rows.get(i)[j] - mean;
            }
        }
        // X'X and XX' have the same non-zero eigenvalues; the smaller one is decomposed.
        int side = Math.min(n, values);
        double[] product = new double[Math.multiplyExact(side, side)];
        int transposed = values <= n ? CblasTrans : CblasNoTrans;
        cblas_dsyrk(
                CblasRowMajor, CblasUpper, transposed, side, Math.max(n, values), 1, centred, values, 0, product, side);
        double[] eigenvalues = new double[side];
        int status = LAPACKE_dsyevd(LAPACK_ROW_MAJOR, (byte) 'N', (byte) 'U', side, product, side, eigenvalues);
        if (status != 0) {
            throw new IllegalStateException("the eigenvalues did not converge (LAPACK dsyevd " + status + ")");
        }
        double total = 0;
        for (double value : eigenvalues) {
            total += Math.max(0, value);
        }
        var shares = new ArrayList<Double>(side);
        for (int i = side - 1; i >= 0; i--) {
            shares.add(total > 0 ? Math.max(0, eigenvalues[i]) / total : 0.0);
        }
        return shares;
    }

    /** The number of components that together hold at least this share (0-1) of the variance. */
    public int needed(double share) {
        double sum = 0;
        for (int i = 0; i < explained.size(); i++) {
            sum += explained.get(i);
            // The shares are rounded sums of squares: 1 would otherwise never be reached.
            if (sum >= share - 1e-9) {
                return i + 1;
            }
        }
        return explained.size();
    }
}
