/** What eight bits gain: exported networks in float32 and in eight bits. */
package dev.fovea.bench.eightbit;
