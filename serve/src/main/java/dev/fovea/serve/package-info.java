/**
 * Exported networks behind an HTTP port: {@link dev.fovea.serve.Server} with an API of its own, the Open Inference Protocol, metrics and a
 * page for people.
 */
package dev.fovea.serve;
