package dev.fovea.nn.layer;

import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention of queries to a few places around a reference in maps of several scales (Zhu et al. 2020, arXiv 2010.04159): each head looks
 * at {@code points} places of each map, at offsets and with weights that the query gives.
 *
 * <p>Parameters {@code sampling_offsets}, {@code attention_weights}, {@code value_proj} and {@code output_proj}; with {@link Spec#scaled} a
 * table {@code num_points_scale} before them, as RT-DETR v2 has it.
 */
public final class DeformableAttention extends Module {
    private final Spec spec;
    private final Linear samplingOffsets;
    private final Linear attentionWeights;
    private final Linear valueProjection;
    private final Linear outputProjection;

    private DeformableAttention(Spec spec) {
        this.spec = spec;
        int all = spec.heads * spec.total();
        if (spec.scaled) {
            buffer("num_points_scale", spec.scale());
        }
        samplingOffsets = child("sampling_offsets", Linear.of(spec.width, all * 2));
        attentionWeights = child("attention_weights", Linear.of(spec.width, all));
        valueProjection = child("value_proj", Linear.of(spec.width, spec.width));
        outputProjection = child("output_proj", Linear.of(spec.width, spec.width));
        initialise();
    }

    /** Heads begin by looking into different directions, points at growing distances, all weighing the same. */
    private void initialise() {
        Init.zeros(samplingOffsets.weight());
        var start = new float[spec.heads * spec.total() * 2];
        int i = 0;
        for (int head = 0; head < spec.heads; head++) {
            double angle = 2 * Math.PI * head / spec.heads;
            double largest = Math.max(Math.abs(Math.cos(angle)), Math.abs(Math.sin(angle)));
            for (int points : spec.points) {
                for (int p = 1; p <= points; p++) {
                    start[i++] = (float) (Math.cos(angle) / largest * p);
                    start[i++] = (float) (Math.sin(angle) / largest * p);
                }
            }
        }
        try (var off = Grad.off();
                var values = Tensor.of(start, start.length)) {
            samplingOffsets.bias().value().copyFrom(values);
        }
        Init.zeros(attentionWeights.weight());
        Init.zeros(attentionWeights.bias());
        for (var linear : List.of(valueProjection, outputProjection)) {
            Init.xavierUniform(linear.weight(), Init.LINEAR);
            Init.zeros(linear.bias());
        }
    }

    /** Attention over vectors of {@code width}, which {@code heads} must divide, to so many places of each map. */
    public static Spec of(int width, int heads, List<Integer> points) {
        return new Spec(width, heads, points, false, false);
    }

    public Spec spec() {
        return spec;
    }

    /**
     * What the queries find.
     *
     * @param queries {@code [N, Q, width]}
     * @param references {@code [N, Q, L, 2]}: places (x, y) in each map, or {@code [N, Q, L, 4]}: boxes (centre, width, height), all as parts
     *     of the map; L may be 1 for all maps
     * @param values {@code [N, S, width]}: the maps one after another, row by row
     * @param sizes height and width of each map, S places together
     * @param padding {@code [N, S]}, bool, true for places without a picture; or null
     */
    public Tensor call(Tensor queries, Tensor references, Tensor values, List<long[]> sizes, Tensor padding) {
        return run(() -> {
            long n = queries.dim(0);
            long q = queries.dim(1);
            int heads = spec.heads;
            var projected = valueProjection.call(values);
            if (padding != null) {
                projected = projected.maskedFill(padding.unsqueeze(2), 0);
            }
            projected = projected.reshape(n, values.dim(1), heads, spec.width / heads);
            var offsets = samplingOffsets.call(queries).reshape(n, q, heads, spec.total(), 2);
            var weights = attentionWeights
                    .call(queries)
                    .reshape(n, q, heads, spec.total())
                    .softmax(-1);
            var places = places(references.unsqueeze(2), offsets, sizes);
            return outputProjection.call(sample(projected, sizes, spec.points, places, weights, spec.discrete));
        });
    }

    /** Places {@code [N, Q, heads, P, 2]} of references {@code [N, Q, 1, L, 2 or 4]}. */
    private Tensor places(Tensor references, Tensor offsets, List<long[]> sizes) {
        var ofPoints = references.dim(3) == 1 ? references : references.indexSelect(3, spec.levels(references));
        if (references.dim(4) == 2) {
            var extent = new float[spec.total() * 2];
            int i = 0;
            for (int level = 0; level < sizes.size(); level++) {
                for (int p = 0; p < spec.points.get(level); p++) {
                    extent[i++] = sizes.get(level)[1];
                    extent[i++] = sizes.get(level)[0];
                }
            }
            var unit = Tensor.of(extent, spec.total(), 2).to(offsets.device());
            return ofPoints.add(offsets.div(unit));
        }
        var scale = spec.scale().to(offsets.device()).unsqueeze(1);
        return ofPoints.narrow(4, 0, 2)
                .add(offsets.mul(scale).mul(ofPoints.narrow(4, 2, 2)).mul(0.5));
    }

    /**
     * The weighted sum of values at places.
     *
     * @param values {@code [N, S, heads, D]}
     * @param points places in each map
     * @param places {@code [N, Q, heads, P, 2]}: (x, y) as parts of the map, P places together; outside 0-1 there are zeros
     * @param weights {@code [N, Q, heads, P]}
     * @param discrete whether the nearest value is taken instead of interpolating, the nearest inside where a place is outside (of square maps)
     * @return {@code [N, Q, heads D]}
     */
    static Tensor sample(
            Tensor values, List<long[]> sizes, List<Integer> points, Tensor places, Tensor weights, boolean discrete) {
        long n = values.dim(0);
        long heads = values.dim(2);
        long width = values.dim(3);
        long q = places.dim(1);
        var lengths = sizes.stream().mapToLong(s -> s[0] * s[1]).toArray();
        var maps = values.permute(0, 2, 3, 1).reshape(n * heads, width, -1).split(2, lengths);
        var ofLevels = places.permute(0, 2, 1, 3, 4)
                .flatten(0, 1)
                .split(2, points.stream().mapToLong(Integer::longValue).toArray());
        var sampled = new ArrayList<Tensor>();
        for (int level = 0; level < sizes.size(); level++) {
            var size = sizes.get(level);
            sampled.add(
                    discrete
                            ? nearest(maps.get(level), ofLevels.get(level), size)
                            : maps.get(level)
                                    .reshape(n * heads, width, size[0], size[1])
                                    .gridSample(
                                            ofLevels.get(level).mul(2).sub(1),
                                            Tensor.Interpolation.BILINEAR,
                                            Tensor.GridPadding.ZEROS,
                                            false));
        }
        var shares = weights.permute(0, 2, 1, 3).flatten(0, 1).unsqueeze(1); // [N heads, 1, Q, P]
        return Tensor.cat(sampled, 3) // [N heads, D, Q, P]
                .mul(shares)
                .sum(false, 3)
                .reshape(n, heads * width, q)
                .transpose(1, 2)
                .contiguous();
    }

    private static Tensor nearest(Tensor map, Tensor places, long[] size) {
        // Columns too end at the height, as in the reference, which was written for square maps.
        var x = places.select(3, 0)
                .mul((double) size[1])
                .add(0.5)
                .floor()
                .clamp(0, size[0] - 1.0)
                .clampMax(size[1] - 1.0);
        var y = places.select(3, 1).mul((double) size[0]).add(0.5).floor().clamp(0, size[0] - 1.0);
        var index = y.mul((double) size[1]).add(x).to(DType.INT64); // [N heads, Q, P]
        return map.gather(2, index.flatten(1, 2).unsqueeze(1).expand(map.dim(0), map.dim(1), -1))
                .reshape(map.dim(0), map.dim(1), index.dim(1), index.dim(2));
    }

    /**
     * All options; immutable.
     *
     * @param points how many places of each map a head looks at
     * @param discrete whether the nearest value is taken instead of interpolating
     * @param scaled whether one over the number of points is kept as a table in files
     */
    public record Spec(int width, int heads, List<Integer> points, boolean discrete, boolean scaled)
            implements LayerSpec<DeformableAttention> {
        public Spec {
            points = List.copyOf(points);
            if (width < 1 || heads < 1 || width % heads != 0) {
                throw new IllegalArgumentException(
                        "the number of heads must divide the width; got width=" + width + ", heads=" + heads);
            }
            if (points.isEmpty() || points.stream().anyMatch(p -> p < 1)) {
                throw new IllegalArgumentException("each map needs at least 1 point, got " + points);
            }
        }

        public Spec discrete(boolean on) {
            return new Spec(width, heads, points, on, scaled);
        }

        public Spec scaled(boolean on) {
            return new Spec(width, heads, points, discrete, on);
        }

        int total() {
            return points.stream().mapToInt(Integer::intValue).sum();
        }

        /** One over the number of points of its map, for each point. */
        private Tensor scale() {
            var scale = new float[total()];
            int i = 0;
            for (int count : points) {
                for (int p = 0; p < count; p++) {
                    scale[i++] = 1f / count;
                }
            }
            return Tensor.of(scale, scale.length);
        }

        /** The map of each point. */
        private Tensor levels(Tensor like) {
            var levels = new long[total()];
            int i = 0;
            for (int level = 0; level < points.size(); level++) {
                for (int p = 0; p < points.get(level); p++) {
                    levels[i++] = level;
                }
            }
            return Tensor.of(levels, levels.length).to(like.device());
        }

        @Override
        public DeformableAttention build() {
            return new DeformableAttention(this);
        }
    }
}
