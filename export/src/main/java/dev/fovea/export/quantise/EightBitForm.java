package dev.fovea.export.quantise;

import dev.fovea.export.graph.Graph;
import java.util.List;
import java.util.Set;

/** A way to put the layers of one graph into eight bits, all of them or some. */
public interface EightBitForm {
    /** The names of the nodes that can be in eight bits: convolutions and linear layers, in their order. */
    List<String> layers();

    /**
     * The graph in eight bits.
     *
     * @param left names of layers that stay in float32
     */
    Graph graph(Set<String> left);
}
