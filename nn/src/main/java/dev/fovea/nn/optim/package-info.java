/**
 * Optimisers: how gradients change parameters.
 *
 * <p>Start with a spec ({@link dev.fovea.nn.optim.Sgd}, {@link dev.fovea.nn.optim.Adam}, {@link dev.fovea.nn.optim.AdamW},
 * {@link dev.fovea.nn.optim.RmsProp}); {@code build} makes the {@link dev.fovea.nn.optim.Optimizer} for
 * {@linkplain dev.fovea.nn.optim.ParameterGroup groups of parameters}. {@link dev.fovea.nn.optim.GradientClip} and
 * {@link dev.fovea.nn.optim.Ema} stand beside it. All of them work on lists of tensors, never on one parameter at a time.
 */
package dev.fovea.nn.optim;
