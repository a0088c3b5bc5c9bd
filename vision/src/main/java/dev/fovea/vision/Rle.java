package dev.fovea.vision;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A mask as the lengths of its runs, column by column from the left, the first run outside: the form of COCO files. Masks
 * of any number of pixels take little room, and areas and overlaps need no pixels.
 */
public final class Rle {
    private static final long MOST_PIXELS = 1L << 28;
    private static final int MOST_DIGITS = 6;

    private final Size size;
    private final int[] counts;

    private Rle(Size size, int[] counts) {
        this.size = size;
        this.counts = counts;
    }

    /**
     * A mask from its run lengths.
     *
     * @throws IllegalArgumentException if a length is negative or their sum is not the number of pixels
     */
    public static Rle of(Size size, int... counts) {
        requireReasonable(size);
        long sum = 0;
        for (int count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("a run of a mask cannot have the length " + count);
            }
            sum += count;
        }
        if (sum != size.area()) {
            throw new IllegalArgumentException(
                    "the runs of a mask of " + size + " must add up to " + size.area() + " pixels, got " + sum);
        }
        return new Rle(size, counts.clone());
    }

    /**
     * A mask from COCO's compressed text: numbers in digits of 5 bits, from the third run on less than two places before.
     *
     * @throws IllegalArgumentException if the text is damaged or does not fit the size
     */
    public static Rle parse(Size size, String text) {
        requireReasonable(size);
        int[] counts = new int[text.length()];
        int n = 0;
        for (int at = 0; at < text.length(); n++) {
            long value = 0;
            int digits = 0;
            boolean more = true;
            while (more) {
                int digit = at < text.length() ? text.charAt(at++) - 48 : -1;
                if (digit < 0 || digit > 63 || digits == MOST_DIGITS + 1) {
                    throw new IllegalArgumentException("the compressed mask is damaged near character " + at);
                }
                value |= (long) (digit & 31) << (5 * digits++);
                more = (digit & 32) != 0;
                if (!more && (digit & 16) != 0) {
                    value |= -1L << (5 * digits);
                }
            }
            value += n > 2 ? counts[n - 2] : 0;
            if (value < 0 || value > size.area()) {
                throw new IllegalArgumentException(
                        "the compressed mask is damaged: a run of " + value + " pixels in a mask of " + size);
            }
            counts[n] = (int) value;
        }
        return of(size, Arrays.copyOf(counts, n));
    }

    private static void requireReasonable(Size size) {
        if (size.area() > MOST_PIXELS) {
            throw new IllegalArgumentException(
                    "a mask of " + size + " is larger than the limit of " + MOST_PIXELS + " pixels");
        }
    }

    /** The runs of a mask. */
    public static Rle of(Mask mask) {
        Size size = mask.size();
        BitSet columns = new BitSet();
        BitSet rows = mask.bits();
        for (int i = rows.nextSetBit(0); i >= 0; i = rows.nextSetBit(i + 1)) {
            columns.set(i % size.width() * size.height() + i / size.width());
        }
        return ofColumns(size, columns);
    }

    private static Rle ofColumns(Size size, BitSet columns) {
        int end = Math.toIntExact(size.area());
        int[] counts = new int[16];
        int n = 0;
        boolean inside = false;
        for (int at = 0; at < end; inside = !inside) {
            int next = inside ? columns.nextClearBit(at) : columns.nextSetBit(at);
            next = next < 0 ? end : Math.min(end, next);
            counts = n == counts.length ? Arrays.copyOf(counts, 2 * n) : counts;
            counts[n++] = next - at;
            at = next;
        }
        return new Rle(size, Arrays.copyOf(counts, n));
    }

    /**
     * The pixels inside any of some polygons, to the pixel as the COCO tools find them: borders are followed in steps of a
     * fifth of a pixel.
     *
     * @param polygons each {@code x0, y0, x1, y1, ...}, at least three points; what lies outside the image is cut off
     */
    public static Rle ofPolygons(Size size, List<double[]> polygons) {
        requireReasonable(size);
        if (polygons.size() == 1) {
            return PolygonRuns.of(size, polygons.get(0));
        }
        BitSet union = new BitSet();
        polygons.forEach(polygon -> PolygonRuns.of(size, polygon).fill(union));
        return ofColumns(size, union);
    }

    /** The pixels inside an outline, see {@link #ofPolygons}. */
    public static Rle of(Size size, Outline outline) {
        return ofPolygons(size, outline.polygons().stream().map(Rle::decimals).toList());
    }

    /** As the decimals that were read: 0.7 as float is not 0.7, and half of a fifth of a pixel decides. */
    private static double[] decimals(float[] polygon) {
        double[] exact = new double[polygon.length];
        for (int i = 0; i < exact.length; i++) {
            exact[i] = Double.parseDouble(Float.toString(polygon[i]));
        }
        return exact;
    }

    /** A mask from the places, column by column, at which it changes between outside and inside; two at one place cancel. */
    static Rle ofChanges(Size size, int[] places) {
        int[] sorted = places.clone();
        Arrays.sort(sorted);
        int[] counts = new int[sorted.length + 1];
        int n = 0;
        int last = 0;
        int end = Math.toIntExact(size.area());
        for (int i = 0; i < sorted.length; i++) {
            if (i + 1 < sorted.length && sorted[i] == sorted[i + 1]) {
                i++;
            } else if (sorted[i] < end) {
                counts[n++] = sorted[i] - last;
                last = sorted[i];
            }
        }
        counts[n++] = end - last;
        return new Rle(size, Arrays.copyOf(counts, n));
    }

    public Size size() {
        return size;
    }

    /** A copy of the run lengths. */
    public int[] counts() {
        return counts.clone();
    }

    /** The number of pixels inside. */
    public long area() {
        long area = 0;
        for (int i = 1; i < counts.length; i += 2) {
            area += counts[i];
        }
        return area;
    }

    /** The smallest box around the pixels inside; at the origin, without area, if there are none. */
    public Box bounds() {
        int h = size.height();
        int left = size.width();
        int right = 0;
        int top = h;
        int bottom = 0;
        int at = 0;
        for (int i = 0; i < counts.length; at += counts[i++]) {
            if (i % 2 == 1 && counts[i] > 0) {
                int last = at + counts[i] - 1;
                left = Math.min(left, at / h);
                right = Math.max(right, last / h + 1);
                boolean wraps = at / h != last / h;
                top = Math.min(top, wraps ? 0 : at % h);
                bottom = Math.max(bottom, wraps ? h : last % h + 1);
            }
        }
        return right == 0 ? new Box(0, 0, 0, 0) : new Box(left, top, right, bottom);
    }

    /** The number of pixels inside both. */
    public long intersection(Rle other) {
        if (!size.equals(other.size)) {
            throw new IllegalArgumentException("masks of " + size + " and " + other.size + " cannot be compared");
        }
        long common = 0;
        int i = 0;
        int j = 0;
        int endI = counts.length == 0 ? 0 : counts[0];
        int endJ = other.counts.length == 0 ? 0 : other.counts[0];
        int at = 0;
        while (i < counts.length && j < other.counts.length) {
            int end = Math.min(endI, endJ);
            common += (i & j & 1) == 1 ? end - at : 0;
            at = end;
            if (endI == end && ++i < counts.length) {
                endI += counts[i];
            }
            if (endJ == end && ++j < other.counts.length) {
                endJ += other.counts[j];
            }
        }
        return common;
    }

    /** Intersection over union in pixels, 0-1; 0 where both are empty. */
    public double iou(Rle other) {
        long common = intersection(other);
        long union = area() + other.area() - common;
        return union > 0 ? (double) common / union : 0;
    }

    public Mask toMask() {
        BitSet columns = new BitSet();
        fill(columns);
        BitSet rows = new BitSet();
        for (int i = columns.nextSetBit(0); i >= 0; i = columns.nextSetBit(i + 1)) {
            rows.set(i % size.height() * size.width() + i / size.height());
        }
        return new Mask(size, rows);
    }

    private void fill(BitSet columns) {
        int at = 0;
        for (int i = 0; i < counts.length; at += counts[i++]) {
            if (i % 2 == 1) {
                columns.set(at, at + counts[i]);
            }
        }
    }

    /** COCO's compressed text, which {@link #parse} reads. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < counts.length; i++) {
            int value = counts[i] - (i > 2 ? counts[i - 2] : 0);
            boolean more = true;
            while (more) {
                int digit = value & 31;
                value >>= 5;
                more = value != ((digit & 16) != 0 ? -1 : 0);
                text.append((char) ((more ? digit | 32 : digit) + 48));
            }
        }
        return text.toString();
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Rle other && size.equals(other.size) && Arrays.equals(counts, other.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }
}
