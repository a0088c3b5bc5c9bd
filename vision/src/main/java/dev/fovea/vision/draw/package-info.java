/**
 * Pictures to look at: annotations drawn on a copy of an image, and many images on one sheet.
 *
 * <p>Start with {@link dev.fovea.vision.draw.Overlay} and {@link dev.fovea.vision.draw.ContactSheet}. Both give a new
 * {@link dev.fovea.vision.Image}. Text is drawn in OpenCV's built-in Hershey letters, which know ASCII only: accents
 * are dropped, and other letters show as a question mark.
 */
package dev.fovea.vision.draw;
