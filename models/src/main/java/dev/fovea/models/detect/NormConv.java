package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Identity;
import dev.fovea.tensor.Tensor;

/** The unit of RT-DETR: convolution without bias that keeps the size up to the stride, batch normalisation, and perhaps an activation. */
final class NormConv extends Layer {
    private final Conv2d conv;
    private final BatchNorm2d norm;
    private final Layer act;

    private NormConv(int in, int out, int kernel, int stride, LayerSpec<? extends Layer> activation) {
        conv = child(
                "conv",
                Conv2d.of(in, out, kernel)
                        .stride(stride)
                        .padding((kernel - 1) / 2)
                        .noBias());
        norm = child("norm", BatchNorm2d.of(out));
        act = child("act", activation.build());
    }

    static LayerSpec<Layer> of(int in, int out, int kernel, int stride, LayerSpec<? extends Layer> activation) {
        return () -> new NormConv(in, out, kernel, stride, activation);
    }

    static LayerSpec<Layer> plain(int in, int out, int kernel, int stride) {
        return of(in, out, kernel, stride, Identity.of());
    }

    @Override
    protected Tensor forward(Tensor x) {
        return chain(x, conv, norm, act);
    }
}
