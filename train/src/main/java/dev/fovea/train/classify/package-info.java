/**
 * Classification of whole images, one class or several each.
 *
 * <p>Start with {@link dev.fovea.train.classify.ClassifyTask}; {@code ClassifyEvaluation} holds the figures, {@code ClassifyRun} makes a
 * whole run of a recipe.
 */
package dev.fovea.train.classify;
