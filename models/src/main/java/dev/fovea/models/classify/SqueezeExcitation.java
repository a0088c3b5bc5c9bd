package dev.fovea.models.classify;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.tensor.Tensor;

/**
 * Scales each channel of {@code [N, C, H, W]} by a weight computed from the means of all channels: "Squeeze-and-Excitation Networks",
 * Hu et al. 2017, arXiv 1709.01507. Names as torchvision's {@code SqueezeExcitation}.
 */
public final class SqueezeExcitation extends Layer {
    private final AdaptiveAvgPool2d avgpool;
    private final Conv2d fc1;
    private final Conv2d fc2;
    private final Layer activation;
    private final Layer scaleActivation;

    private SqueezeExcitation(
            int channels, int squeezed, LayerSpec<? extends Layer> activation, LayerSpec<? extends Layer> scale) {
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        fc1 = child("fc1", Conv2d.of(channels, squeezed, 1));
        fc2 = child("fc2", Conv2d.of(squeezed, channels, 1));
        this.activation = child("activation", activation.build());
        scaleActivation = child("scale_activation", scale.build());
    }

    /**
     * Squeeze and excitation of maps with this many channels.
     *
     * @param squeezed channels in the middle
     * @param activation after the first layer
     * @param scale gives the factors, for example a sigmoid
     */
    public static LayerSpec<SqueezeExcitation> of(
            int channels, int squeezed, LayerSpec<? extends Layer> activation, LayerSpec<? extends Layer> scale) {
        return () -> new SqueezeExcitation(channels, squeezed, activation, scale);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return chain(x, avgpool, fc1, activation, fc2, scaleActivation).mul(x);
    }
}
