package dev.fovea.nn.layer;

/** What every pooling window must keep to. */
final class PoolingWindow {
    private PoolingWindow() {}

    static void check(int kernel, int stride, int padding) {
        if (kernel < 1 || stride < 1) {
            throw new IllegalArgumentException(
                    "a pooling window and its stride must be at least 1, got kernel=" + kernel + ", stride=" + stride);
        }
        if (padding < 0 || padding > kernel / 2) {
            throw new IllegalArgumentException("the padding of a pooling window of " + kernel + " must be 0 to "
                    + kernel / 2 + ", got " + padding);
        }
    }
}
