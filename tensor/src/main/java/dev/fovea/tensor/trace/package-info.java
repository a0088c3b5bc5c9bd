/**
 * Listening to operations as they run: what an exporter needs to turn a run into a graph.
 *
 * <p>Start with {@link dev.fovea.tensor.trace.Recorder} and {@link dev.fovea.tensor.trace.Trace}.
 */
package dev.fovea.tensor.trace;
