package dev.fovea.vision;

import java.util.BitSet;

/**
 * A binary mask over a whole image: one bit a pixel, row by row. Immutable.
 *
 * @param size the image's size
 * @param bits bit {@code y * width + x} is set where the pixel belongs to the object
 */
public record Mask(Size size, BitSet bits) {
    public Mask {
        if (bits.length() > size.area()) {
            throw new IllegalArgumentException("mask has bits outside its size " + size);
        }
        bits = (BitSet) bits.clone();
    }

    public boolean get(int x, int y) {
        return bits.get(y * size.width() + x);
    }

    /** The number of pixels inside. */
    public int area() {
        return bits.cardinality();
    }

    /** A copy of the bits. */
    @Override
    public BitSet bits() {
        return (BitSet) bits.clone();
    }
}
