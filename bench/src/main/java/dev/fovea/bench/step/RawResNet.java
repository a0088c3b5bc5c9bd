package dev.fovea.bench.step;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** ResNet-18 or ResNet-50 in training, on the presets' functions alone. */
final class RawResNet {
    private static final double BATCH_NORM_MOMENTUM = 0.1;
    private static final double EPS = 1e-5;

    private final List<Tensor> parameters = new ArrayList<>();
    private final ConvNorm stem;
    private final List<Block> blocks = new ArrayList<>();
    private final Tensor fcWeight;
    private final Tensor fcBias;

    /** A convolution without bias and the normalisation after it. */
    private final class ConvNorm {
        private final Tensor weight;
        private final long[] stride;
        private final long[] padding;
        private final TensorOptional scale;
        private final TensorOptional shift;
        private final TensorOptional mean;
        private final TensorOptional variance;

        ConvNorm(long in, long out, long kernel, long stride) {
            double deviation = Math.sqrt(2.0 / (out * kernel * kernel));
            weight = parameter(torch.randn(out, in, kernel, kernel)
                    .mul_(new Scalar(deviation))
                    .contiguous(torch.MemoryFormat.ChannelsLast));
            this.stride = new long[] {stride, stride};
            padding = new long[] {kernel / 2, kernel / 2};
            scale = state(parameter(torch.ones(out)));
            shift = state(parameter(torch.zeros(out)));
            mean = state(torch.zeros(out));
            variance = state(torch.ones(out));
        }

        Tensor forward(Tensor x) {
            var y = torch.conv2d(x, weight, new TensorOptional(), stride, padding, new long[] {1, 1}, 1);
            return torch.batch_norm(y, scale, shift, mean, variance, true, BATCH_NORM_MOMENTUM, EPS, true);
        }
    }

    private record Block(List<ConvNorm> path, ConvNorm shortcut) {
        Tensor forward(Tensor x) {
            var y = x;
            for (int i = 0; i < path.size(); i++) {
                y = path.get(i).forward(y);
                if (i < path.size() - 1) {
                    y = torch.relu_(y);
                }
            }
            return torch.relu_(y.add_(shortcut == null ? x : shortcut.forward(x)));
        }
    }

    /** @param bottleneck ResNet-50 if true, else ResNet-18 */
    RawResNet(boolean bottleneck, int classes) {
        try (var temporaries = new PointerScope()) {
            stem = new ConvNorm(3, 64, 7, 2);
            int[] depths = bottleneck ? new int[] {3, 4, 6, 3} : new int[] {2, 2, 2, 2};
            int in = 64;
            for (int stage = 0; stage < depths.length; stage++) {
                int planes = 64 << stage;
                int out = bottleneck ? planes * 4 : planes;
                for (int i = 0; i < depths[stage]; i++) {
                    int stride = i == 0 && stage > 0 ? 2 : 1;
                    blocks.add(block(bottleneck, in, planes, out, stride));
                    in = out;
                }
            }
            double bound = 1 / Math.sqrt(in);
            fcWeight = parameter(
                    torch.rand(classes, in).mul_(new Scalar(2 * bound)).sub_(new Scalar(bound)));
            fcBias = parameter(torch.zeros(classes));
        }
    }

    private Block block(boolean bottleneck, int in, int planes, int out, int stride) {
        var path = bottleneck
                ? List.of(
                        new ConvNorm(in, planes, 1, 1),
                        new ConvNorm(planes, planes, 3, stride),
                        new ConvNorm(planes, out, 1, 1))
                : List.of(new ConvNorm(in, planes, 3, stride), new ConvNorm(planes, out, 3, 1));
        return new Block(path, stride != 1 || in != out ? new ConvNorm(in, out, 1, stride) : null);
    }

    private Tensor parameter(Tensor value) {
        var leaf = value.detach();
        leaf.retainReference();
        leaf.set_requires_grad(true);
        parameters.add(leaf);
        return leaf;
    }

    private static TensorOptional state(Tensor value) {
        var optional = new TensorOptional(value);
        optional.retainReference();
        return optional;
    }

    /** All parameters. */
    List<Tensor> parameters() {
        return parameters;
    }

    /** Pictures {@code [N, 3, H, W]} to logits. */
    Tensor forward(Tensor images) {
        var x = torch.relu_(stem.forward(images));
        x = torch.max_pool2d(x, new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
        for (var block : blocks) {
            x = block.forward(x);
        }
        x = torch.flatten(torch.adaptive_avg_pool2d(x, 1, 1), 1, -1);
        return torch.linear(x, fcWeight, new TensorOptional(fcBias));
    }
}
