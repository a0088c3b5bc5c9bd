package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a network says about every anchor of a pyramid at once.
 *
 * @param maps the pyramid
 * @param classes logits {@code [N, A, C]}, with a column for the background where the network has one
 * @param boxes {@code [N, A, 4]}, coded against the anchors
 * @param centerness logits {@code [N, A, 1]}, or null where the network has none
 * @param anchors {@code [A, 4]}
 * @param levels how many anchors belong to each map
 */
public record DenseOutput(
        List<Tensor> maps, Tensor classes, Tensor boxes, Tensor centerness, Tensor anchors, List<Long> levels)
        implements TensorOutput {
    public DenseOutput {
        maps = List.copyOf(maps);
        levels = List.copyOf(levels);
    }

    @Override
    public List<Tensor> tensors() {
        var all = new ArrayList<>(maps);
        all.add(classes);
        all.add(boxes);
        if (centerness != null) {
            all.add(centerness);
        }
        all.add(anchors);
        return all;
    }

    /** Height and width of maps. */
    static List<long[]> sizes(List<Tensor> maps) {
        return maps.stream().map(m -> new long[] {m.dim(2), m.dim(3)}).toList();
    }

    /** How many of so many anchors for each cell belong to each map. */
    static List<Long> counts(List<Tensor> maps, List<Integer> perCell) {
        var counts = new ArrayList<Long>();
        for (int i = 0; i < maps.size(); i++) {
            counts.add(maps.get(i).dim(2) * maps.get(i).dim(3) * perCell.get(i));
        }
        return counts;
    }

    /** Its parts under the reference's names. */
    Map<String, Tensor> named(int pictures) {
        var named = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < maps.size(); i++) {
            named.put("backbone." + i, maps.get(i));
        }
        named.put("head.cls_logits", classes);
        named.put("head.bbox_regression", boxes);
        if (centerness != null) {
            named.put("head.bbox_ctrness", centerness);
        }
        for (int i = 0; i < pictures; i++) {
            named.put("anchor_generator." + i, anchors);
        }
        return named;
    }
}
