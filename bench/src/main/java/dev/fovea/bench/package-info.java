/**
 * Fovea against its peers, side by side. Each contender runs in a process of its own and answers a protocol of one line a turn
 * ({@link dev.fovea.bench.ContenderProcess}); {@link dev.fovea.bench.Race} lets them take turns, so that whatever else the machine does
 * meets all of them alike, and {@link dev.fovea.bench.ResultTable} quotes ratios of medians.
 *
 * <p>Start with {@link dev.fovea.bench.Main}, the command line. What is measured lies in {@code step} (training steps), {@code loading}
 * (from files to tensors, and training from files), {@code inference} (exported networks), {@code load} (the server) and {@code quality}.
 */
package dev.fovea.bench;
