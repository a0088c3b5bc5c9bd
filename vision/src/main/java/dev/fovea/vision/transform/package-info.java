/**
 * From pictures to prepared pictures: resize policies, colour and geometry, augmentation.
 *
 * <p>A {@link dev.fovea.vision.transform.Transform} acts on image and annotation together; whatever moves pixels
 * describes the movement with a {@link dev.fovea.vision.transform.Warp}. Start with {@link
 * dev.fovea.vision.transform.ResizePolicy} for evaluation and {@link dev.fovea.vision.transform.Augmentation} for
 * training. The operations below them, without chance and on pixels alone, are in {@code Resample}, {@code PixelWarp}
 * with {@code Maps}, {@code Photometric} and {@code Smoothing}; they give the pixels that Pillow and torchvision give.
 * {@code Mosaic} and {@code BoxMixUp} put several pictures with boxes into one. {@code MixUp} and {@code CutMix} mix whole batches.
 */
package dev.fovea.vision.transform;
