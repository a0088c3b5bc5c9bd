/**
 * What networks are built from and trained with.
 *
 * <p>Start with {@link dev.fovea.nn.Module} (a tree of parameters) and {@link dev.fovea.nn.Layer} (a module from tensor to tensor).
 * Layers live in {@code layer}, losses in {@code loss}, optimisers in {@code optim}, learning-rate schedules in {@code schedule},
 * files of weights in {@code checkpoint}.
 */
package dev.fovea.nn;
