/**
 * Networks against their references' own numbers. Start with {@link dev.fovea.models.verify.Verification}: it takes golden files, in which a
 * reference implementation wrote the outputs for weights and inputs that {@link dev.fovea.models.verify.GoldenFill} regenerates from
 * names, and gives a {@link dev.fovea.models.verify.VerificationReport}.
 */
package dev.fovea.models.verify;
