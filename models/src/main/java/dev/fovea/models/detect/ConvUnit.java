package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.tensor.Tensor;

/**
 * The unit of YOLOX: convolution without bias, batch normalisation (eps 1e-3, momentum 0.03), SiLU. Kernels of odd size keep the size of
 * a map, up to the stride.
 */
final class ConvUnit extends Layer {
    private static final double EPS = 1e-3;
    private static final double MOMENTUM = 0.03;

    private final Conv2d conv;
    private final BatchNorm2d bn;
    private final SiLU act;

    private ConvUnit(Conv2d.Spec spec) {
        conv = child("conv", spec.noBias());
        bn = child("bn", BatchNorm2d.of(spec.out()).eps(EPS).momentum(MOMENTUM));
        act = child("act", SiLU.of());
    }

    static LayerSpec<Layer> of(int in, int out, int kernel, int stride) {
        return () -> new ConvUnit(Conv2d.of(in, out, kernel).stride(stride).padding(kernel / 2));
    }

    /** A unit of its own for each channel, then a 1x1 unit over channels. */
    static LayerSpec<Layer> separable(int in, int out, int kernel, int stride) {
        return () -> new Separable(in, out, kernel, stride);
    }

    /** {@link #of} or {@link #separable}. */
    static LayerSpec<Layer> of(int in, int out, int kernel, int stride, boolean depthwise) {
        return depthwise ? separable(in, out, kernel, stride) : of(in, out, kernel, stride);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return chain(x, conv, bn, act);
    }

    private static final class Separable extends Layer {
        private final ConvUnit dconv;
        private final ConvUnit pconv;

        Separable(int in, int out, int kernel, int stride) {
            var each = Conv2d.of(in, in, kernel).stride(stride).padding(kernel / 2);
            dconv = child("dconv", new ConvUnit(each.groups(in)));
            pconv = child("pconv", new ConvUnit(Conv2d.of(in, out, 1)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, dconv, pconv);
        }
    }
}
