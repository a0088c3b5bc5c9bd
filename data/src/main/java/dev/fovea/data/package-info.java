/**
 * Data sets in the formats people have, generated scenes, and the loader that turns them into prepared pictures.
 *
 * <p>Start with {@link dev.fovea.data.Dataset}; {@code ImageFolder} is the format most people bring.
 */
package dev.fovea.data;
