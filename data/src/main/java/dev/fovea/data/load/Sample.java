package dev.fovea.data.load;

import dev.fovea.vision.Picture;

/**
 * One prepared picture on its way into a batch.
 *
 * @param index its place in the dataset
 * @param source where it came from, for messages and reports
 * @param picture the image and its annotation after the transform
 */
public record Sample(int index, String source, Picture picture) {}
