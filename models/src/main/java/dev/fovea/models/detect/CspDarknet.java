package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The backbone of YOLOX: Darknet whose residual stages run on half of the channels (cross-stage partial, Wang et al. 2019, arXiv
 * 1911.11929), behind a stem that stacks the four pixels of each 2x2 square instead of convolving at full size.
 */
final class CspDarknet extends Module {
    private final Focus stem;
    private final Sequential dark2;
    private final Sequential dark3;
    private final Sequential dark4;
    private final Sequential dark5;

    /**
     * @param depth factor on 3, 9, 9 and 3 residual blocks, of which at least one and three remain
     * @param width factor on 64 to 1024 channels
     */
    CspDarknet(double depth, double width, boolean depthwise) {
        int base = (int) (width * 64);
        int blocks = Math.max((int) Math.rint(depth * 3), 1);
        stem = child("stem", new Focus(base));
        dark2 = child("dark2", stage(base, blocks, depthwise));
        dark3 = child("dark3", stage(base * 2, blocks * 3, depthwise));
        dark4 = child("dark4", stage(base * 4, blocks * 3, depthwise));
        dark5 = child(
                "dark5",
                Sequential.of(
                        ConvUnit.of(base * 8, base * 16, 3, 2, depthwise),
                        () -> new SpatialPyramid(base * 16),
                        CspLayer.of(base * 16, base * 16, blocks, false, depthwise)));
    }

    /** Half the size, twice the channels, residual blocks. */
    private static LayerSpec<Sequential> stage(int in, int blocks, boolean depthwise) {
        return Sequential.of(
                ConvUnit.of(in, in * 2, 3, 2, depthwise), CspLayer.of(in * 2, in * 2, blocks, true, depthwise));
    }

    /** Pictures {@code [N, 3, H, W]} to the maps of strides 8, 16 and 32, of 256, 512 and 1024 channels times the width. */
    List<Tensor> call(Tensor image) {
        return run(() -> {
            var c3 = dark3.call(dark2.call(stem.call(image)));
            var c4 = dark4.call(c3);
            return List.of(c3, c4, dark5.call(c4));
        });
    }

    /** {@code [N, 3, H, W]} to {@code [N, 12, H/2, W/2]}, the pixel phases in the order of the published weights, and a unit. */
    private static final class Focus extends Layer {
        private final Layer conv;

        Focus(int out) {
            conv = child("conv", ConvUnit.of(12, out, 3, 1));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return conv.call(Tensor.cat(List.of(phase(x, 0, 0), phase(x, 1, 0), phase(x, 0, 1), phase(x, 1, 1)), 1));
        }

        private static Tensor phase(Tensor x, int row, int column) {
            return x.slice(2, row, x.dim(2), 2).slice(3, column, x.dim(3), 2);
        }
    }

    /** Largest values in windows of 5, 9 and 13 beside the map itself (SPP, He et al. 2014). */
    private static final class SpatialPyramid extends Layer {
        private final Layer conv1;
        private final Layer conv2;
        private final List<MaxPool2d> pools = new ArrayList<>();

        SpatialPyramid(int channels) {
            conv1 = child("conv1", ConvUnit.of(channels, channels / 2, 1, 1));
            for (int kernel : new int[] {5, 9, 13}) {
                pools.add(MaxPool2d.of(kernel).stride(1).padding(kernel / 2).build());
            }
            conv2 = child("conv2", ConvUnit.of(channels / 2 * 4, channels, 1, 1));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var narrow = conv1.call(x);
            var maps = new ArrayList<>(List.of(narrow));
            pools.forEach(pool -> maps.add(pool.call(narrow)));
            return conv2.call(Tensor.cat(List.copyOf(maps), 1));
        }
    }

    /** Half of the channels go through residual blocks, half around them. */
    static final class CspLayer extends Layer {
        private final Layer conv1;
        private final Layer conv2;
        private final Layer conv3;
        private final Sequential m;

        private CspLayer(int in, int out, int blocks, boolean shortcut, boolean depthwise) {
            int half = out / 2;
            conv1 = child("conv1", ConvUnit.of(in, half, 1, 1));
            conv2 = child("conv2", ConvUnit.of(in, half, 1, 1));
            conv3 = child("conv3", ConvUnit.of(2 * half, out, 1, 1));
            var inner = new ArrayList<LayerSpec<Layer>>();
            for (int i = 0; i < blocks; i++) {
                inner.add(() -> new Bottleneck(half, shortcut, depthwise));
            }
            m = child("m", Sequential.of(inner));
        }

        static LayerSpec<Layer> of(int in, int out, int blocks, boolean shortcut, boolean depthwise) {
            return () -> new CspLayer(in, out, blocks, shortcut, depthwise);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return conv3.call(Tensor.cat(List.of(chain(x, conv1, m), conv2.call(x)), 1));
        }
    }

    private static final class Bottleneck extends Layer {
        private final Layer conv1;
        private final Layer conv2;
        private final boolean shortcut;

        Bottleneck(int channels, boolean shortcut, boolean depthwise) {
            this.shortcut = shortcut;
            conv1 = child("conv1", ConvUnit.of(channels, channels, 1, 1));
            conv2 = child("conv2", ConvUnit.of(channels, channels, 3, 1, depthwise));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = chain(x, conv1, conv2);
            return shortcut ? residual.add(x) : residual;
        }
    }
}
