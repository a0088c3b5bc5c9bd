/** A server in a process of its own ({@link dev.fovea.bench.load.ServerProcess}) and the load on it ({@link dev.fovea.bench.load.Wrk}). */
package dev.fovea.bench.load;
