package dev.fovea.models.classify;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The unit of the Inception networks: convolution without bias, batch normalisation with eps 1e-3, ReLU. */
final class BasicConv2d extends Layer {
    private static final double EPS = 1e-3;

    private final Conv2d conv;
    private final BatchNorm2d bn;

    private BasicConv2d(Conv2d.Spec spec) {
        conv = child("conv", spec.noBias());
        bn = child("bn", BatchNorm2d.of(spec.out()).eps(EPS));
    }

    static LayerSpec<BasicConv2d> of(Conv2d.Spec spec) {
        return () -> new BasicConv2d(spec);
    }

    /** A square kernel that keeps the size. */
    static LayerSpec<BasicConv2d> of(int in, int out, int kernel) {
        return of(Conv2d.of(in, out, kernel).padding(kernel / 2));
    }

    Conv2d conv() {
        return conv;
    }

    @Override
    protected Tensor forward(Tensor x) {
        var normalised = chain(x, conv, bn);
        return isObserved() ? normalised.relu() : normalised.reluInPlace();
    }

    /**
     * Turns pictures normalised by ImageNet's mean and deviation into pictures scaled to -1 to 1, as the published weights of the
     * Inception networks, which come from TensorFlow, ask for.
     */
    static Tensor fromImageNetStatistics(Tensor image) {
        double[] mean = {0.485, 0.456, 0.406};
        double[] deviation = {0.229, 0.224, 0.225};
        var channels = new ArrayList<Tensor>();
        for (int c = 0; c < 3; c++) {
            channels.add(image.narrow(1, c, 1).mul(deviation[c] / 0.5).add((mean[c] - 0.5) / 0.5));
        }
        return Tensor.cat(List.copyOf(channels), 1);
    }
}
