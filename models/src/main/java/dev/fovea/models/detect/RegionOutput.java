package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the first stage of a two-stage network gives: where objects might be. The second stage runs on regions that a decoder or a
 * criterion chooses.
 *
 * @param maps the pyramid
 * @param objectness for each map logits {@code [N, A, H, W]}
 * @param differences for each map boxes coded against the anchors {@code [N, 4 A, H, W]}
 * @param anchors of all maps {@code [K, 4]}
 */
public record RegionOutput(List<Tensor> maps, List<Tensor> objectness, List<Tensor> differences, Tensor anchors)
        implements TensorOutput {
    public RegionOutput {
        maps = List.copyOf(maps);
        objectness = List.copyOf(objectness);
        differences = List.copyOf(differences);
    }

    @Override
    public List<Tensor> tensors() {
        return Stream.of(maps, objectness, differences, List.of(anchors))
                .flatMap(List::stream)
                .toList();
    }

    /** How many anchors belong to each map. */
    List<Long> levels() {
        return objectness.stream().map(o -> o.dim(1) * o.dim(2) * o.dim(3)).toList();
    }

    /** Logits of all anchors {@code [N, K]}. */
    Tensor allObjectness() {
        return Tensor.cat(objectness.stream().map(o -> DenseHead.rows(o, 1)).toList(), 1)
                .squeeze(2);
    }

    /** Coded boxes of all anchors {@code [N, K, 4]}. */
    Tensor allDifferences() {
        return Tensor.cat(differences.stream().map(d -> DenseHead.rows(d, 4)).toList(), 1);
    }

    int pictures() {
        return (int) objectness.get(0).dim(0);
    }

    /** The level of each of {@code counts} anchors. */
    static Tensor levelOfEach(List<Long> counts) {
        var all = IntStream.range(0, counts.size())
                .mapToObj(level -> LongStream.generate(() -> level).limit(counts.get(level)))
                .flatMapToLong(s -> s)
                .toArray();
        return Tensor.of(all, all.length);
    }
}
