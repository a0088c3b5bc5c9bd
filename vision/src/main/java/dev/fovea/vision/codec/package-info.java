/**
 * Picture files to {@link dev.fovea.vision.Image}s and back.
 *
 * <p>Start with {@link dev.fovea.vision.codec.ImageReader} and {@link dev.fovea.vision.codec.ImageWriter}. Reading goes in
 * three steps, each of which distrusts the file: {@link dev.fovea.vision.codec.ImageHeader} is parsed without decoding and
 * held against the {@link dev.fovea.vision.codec.Limits}; the structure is walked to its end, so that truncated files are
 * refused and whatever the decoder does not need is left out; then the pixels are decoded, by OpenCV or (BMP, PNM) here,
 * and turned upright. What is wrong with a file is one {@link dev.fovea.vision.codec.ImageFormatException}.
 */
package dev.fovea.vision.codec;
