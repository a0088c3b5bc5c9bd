/**
 * How the learning rate changes while training goes on.
 *
 * <p>Start with {@link dev.fovea.nn.schedule.Schedule}: pure functions of the step, so that a resumed run needs nothing but the
 * step's number. Only {@link dev.fovea.nn.schedule.ReduceOnPlateau} remembers something, and can save it.
 */
package dev.fovea.nn.schedule;
