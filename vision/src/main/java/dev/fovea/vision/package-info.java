/**
 * Images, their annotations and predictions, in plain Java data.
 *
 * <p>Start with {@link dev.fovea.vision.Image} (pixels), {@link dev.fovea.vision.Annotation} (what is known of them) and
 * {@link dev.fovea.vision.Prediction} (what a network says of them). Files become images in {@code codec}, images become
 * other images in {@code transform}, and {@code draw} shows what was found.
 */
package dev.fovea.vision;
