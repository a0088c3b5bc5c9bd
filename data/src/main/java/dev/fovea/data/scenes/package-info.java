/**
 * The embedded data: small generated pictures of textured, lit, overlapping objects, annotated exactly for every task.
 *
 * <p>Start with {@link dev.fovea.data.scenes.Scenes}. A picture is made in two steps. {@code SceneComposer} draws a
 * {@code Scene} from a seed: a backdrop, a light and items (class objects and clutter) in coordinates where the shorter
 * side of the picture is 1, so the same scene can be had at any resolution. {@code Painter} turns it into pixels,
 * {@code Annotator} into boxes, masks, key points and outlines. The shapes of the classes are in
 * {@code GeometricFigures} and {@code NaturalFigures}. No fonts, no native code, no platform-dependent mathematics: the
 * pixels are the same everywhere. {@code ScenesTest} shows it at work.
 */
package dev.fovea.data.scenes;
