package dev.fovea.models.neck;

import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Weighted bi-directional feature pyramid (BiFPN): "EfficientDet: Scalable and Efficient Object Detection", Tan et al. 2019, arXiv
 * 1911.09070, section 3: several times from the coarsest map to the finest and back, each result a sum of maps with learned weights that
 * are not negative and add up to one (fast normalised fusion), then SiLU, a separable convolution and batch normalisation. Names are our
 * own.
 */
public final class BiFpn extends Module implements Neck {
    /** Keeps the sum of weights from being zero. */
    private static final double EPSILON = 1e-4;

    private static final double NORM_EPS = 1e-3;
    private static final double NORM_MOMENTUM = 0.01;

    private static LayerSpec<Sequential> projection(int in, int out) {
        return Sequential.of(Conv2d.of(in, out, 1), norm(out));
    }

    private static LayerSpec<BatchNorm2d> norm(int channels) {
        return BatchNorm2d.of(channels).eps(NORM_EPS).momentum(NORM_MOMENTUM);
    }

    /** A weighted sum of maps of one size, and what is made of it. */
    private static final class Fusion extends Module {
        private final Parameter weights;
        private final Sequential conv;

        Fusion(int inputs, int channels) {
            weights = parameter("weights", Tensor.ones(inputs));
            conv = child(
                    "conv",
                    Sequential.of(
                            Conv2d.of(channels, channels, 3)
                                    .padding(1)
                                    .groups(channels)
                                    .noBias(),
                            Conv2d.of(channels, channels, 1),
                            norm(channels)));
        }

        Tensor call(List<Tensor> maps) {
            return run(() -> {
                var positive = weights.value().relu();
                var shares = positive.div(positive.sum().add(EPSILON));
                var sum = maps.get(0).mul(shares.select(0, 0));
                for (int i = 1; i < maps.size(); i++) {
                    sum = sum.add(maps.get(i).mul(shares.select(0, i)));
                }
                return conv.call(sum.silu());
            });
        }
    }

    /** Once down and once up. */
    private static final class Round extends Module {
        /** From the second coarsest map to the finest: the map and the one above it. */
        private final ModuleList<Fusion> down;

        /** From the second finest map to the coarsest: the map, what came down (but at the last), and the one below it. */
        private final ModuleList<Fusion> up;

        Round(int levels, int channels) {
            down = child("down", fusions(Collections.nCopies(levels - 1, 2), channels));
            var inputs = new ArrayList<>(Collections.nCopies(levels - 2, 3));
            inputs.add(2);
            up = child("up", fusions(inputs, channels));
        }

        private static LayerSpec<ModuleList<Fusion>> fusions(List<Integer> inputs, int channels) {
            return ModuleList.of(inputs.stream()
                    .map(count -> (LayerSpec<Fusion>) () -> new Fusion(count, channels))
                    .toList());
        }

        List<Tensor> call(List<Tensor> maps) {
            return run(() -> {
                int last = maps.size() - 1;
                var middle = new ArrayList<>(maps);
                for (int i = last - 1; i >= 0; i--) {
                    middle.set(
                            i,
                            down.get(last - 1 - i)
                                    .call(List.of(maps.get(i), enlarged(middle.get(i + 1), maps.get(i)))));
                }
                var results = new ArrayList<>(middle);
                for (int i = 1; i <= last; i++) {
                    var below = shrunk(results.get(i - 1));
                    var inputs = i < last ? List.of(maps.get(i), middle.get(i), below) : List.of(maps.get(i), below);
                    results.set(i, up.get(i - 1).call(inputs));
                }
                return results;
            });
        }
    }

    private final int wanted;
    private final ModuleList<Sequential> inputs;
    private final ModuleList<Round> rounds;

    /**
     * @param in channels of each map, finest first
     * @param out channels of all results
     * @param coarser how many coarser maps are added, each half as large as the one before
     * @param times how often information goes down and up
     */
    public BiFpn(List<Integer> in, int out, int coarser, int times) {
        if (in.size() + coarser < 2 || times < 1) {
            throw new IllegalArgumentException("BiFPN mixes two maps or more at least once, got " + in.size() + " and "
                    + coarser + " coarser ones, " + times + " times");
        }
        wanted = in.size() + coarser;
        var projections = new ArrayList<LayerSpec<Sequential>>();
        in.forEach(channels -> projections.add(projection(channels, out)));
        if (coarser > 0) {
            projections.add(projection(in.get(in.size() - 1), out));
        }
        inputs = child("inputs", ModuleList.of(projections));
        rounds = child(
                "rounds", ModuleList.of(Collections.nCopies(times, (LayerSpec<Round>) () -> new Round(wanted, out))));
    }

    @Override
    public List<Tensor> call(List<Tensor> maps) {
        return run(() -> {
            var mixed = new ArrayList<Tensor>();
            for (int i = 0; i < maps.size(); i++) {
                mixed.add(inputs.get(i).call(maps.get(i)));
            }
            while (mixed.size() < wanted) {
                boolean first = mixed.size() == maps.size();
                mixed.add(shrunk(
                        first ? inputs.get(maps.size()).call(maps.get(maps.size() - 1)) : mixed.get(mixed.size() - 1)));
            }
            List<Tensor> results = mixed;
            for (var round : rounds) {
                results = round.call(results);
            }
            return results;
        });
    }

    private static Tensor enlarged(Tensor coarse, Tensor like) {
        return coarse.interpolate(like.dim(2), like.dim(3), Tensor.Interpolation.NEAREST, false, false);
    }

    /** The largest values of windows of 3 at every second place. */
    private static Tensor shrunk(Tensor x) {
        return x.maxPool2d(new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
    }
}
