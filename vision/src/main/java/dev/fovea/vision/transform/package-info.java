/**
 * From pictures to prepared pictures: resize policies, colour and geometry, augmentation.
 *
 * <p>A {@link dev.fovea.vision.transform.Transform} acts on image and annotation together. Start with {@code Resize} for
 * evaluation and {@code RandomAffine} for augmentation.
 */
package dev.fovea.vision.transform;
