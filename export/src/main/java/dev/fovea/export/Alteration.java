package dev.fovea.export;

import dev.fovea.export.graph.Graph;

/** What is done to a graph after it was found equal to its network: it is put into eight bits, or takes over preparing pictures. */
public interface Alteration {
    /**
     * Gives the changed graph, with the entries of metadata that the change calls for.
     *
     * @throws IllegalStateException if the graph cannot be changed as asked
     */
    Graph apply(Graph graph);

    /**
     * Compares the file as it was written with what {@link #apply} was given.
     *
     * @return how far they are apart
     * @throws IllegalStateException if that is more than the change explains
     */
    Deviation check(Session written);
}
