package dev.fovea.nn;

/** How to make a module: an immutable description with chained options, built when it takes its place in a tree. */
@FunctionalInterface
public interface LayerSpec<M extends Module> {
    /** Makes the module, with parameters initialised as the reference implementation does. */
    M build();
}
