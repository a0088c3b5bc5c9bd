package dev.fovea.bench.step;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.ParallelBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.BatchNorm;
import ai.djl.nn.pooling.Pool;
import java.util.List;

/**
 * ResNet-18 or ResNet-50 of DJL's blocks, layer for layer as torchvision's. DJL's own {@code ResNetV1} is not used: version 0.35.0 makes
 * narrow bottlenecks for 18 layers too, a network of 1.4 million parameters instead of 11.7.
 */
final class DjlResNet {
    private DjlResNet() {}

    static SequentialBlock of(boolean bottleneck, int classes) {
        var network = new SequentialBlock();
        convNorm(network, 64, 7, 2);
        network.add(Activation.reluBlock());
        network.add(Pool.maxPool2dBlock(new Shape(3, 3), new Shape(2, 2), new Shape(1, 1)));
        int[] depths = bottleneck ? new int[] {3, 4, 6, 3} : new int[] {2, 2, 2, 2};
        int in = 64;
        for (int stage = 0; stage < depths.length; stage++) {
            int planes = 64 << stage;
            int out = bottleneck ? planes * 4 : planes;
            for (int i = 0; i < depths[stage]; i++) {
                int stride = i == 0 && stage > 0 ? 2 : 1;
                network.add(residual(bottleneck, planes, out, stride, stride != 1 || in != out));
                in = out;
            }
        }
        network.add(Pool.globalAvgPool2dBlock());
        network.add(Blocks.batchFlattenBlock());
        network.add(Linear.builder().setUnits(classes).build());
        return network;
    }

    private static Block residual(boolean bottleneck, int planes, int out, int stride, boolean downsample) {
        var path = new SequentialBlock();
        if (bottleneck) {
            convNorm(path, planes, 1, 1);
            path.add(Activation.reluBlock());
            convNorm(path, planes, 3, stride);
            path.add(Activation.reluBlock());
            convNorm(path, out, 1, 1);
        } else {
            convNorm(path, planes, 3, stride);
            path.add(Activation.reluBlock());
            convNorm(path, out, 3, 1);
        }
        var shortcut = new SequentialBlock();
        if (downsample) {
            convNorm(shortcut, out, 1, stride);
        } else {
            shortcut.add(Blocks.identityBlock());
        }
        return new ParallelBlock(
                list -> new NDList(Activation.relu(
                        list.get(0).singletonOrThrow().add(list.get(1).singletonOrThrow()))),
                List.of(path, shortcut));
    }

    private static void convNorm(SequentialBlock to, int out, int kernel, int stride) {
        to.add(Conv2d.builder()
                .setKernelShape(new Shape(kernel, kernel))
                .setFilters(out)
                .optStride(new Shape(stride, stride))
                .optPadding(new Shape(kernel / 2, kernel / 2))
                .optBias(false)
                .build());
        to.add(BatchNorm.builder().optEpsilon(1e-5f).optMomentum(0.9f).build());
    }
}
