/**
 * Data sets in the formats people have, generated scenes, and the loader that turns them into prepared pictures.
 *
 * <p>Start with {@link dev.fovea.data.Datasets#open}, which recognises what a path is and returns its parts as
 * {@link dev.fovea.data.Dataset}s; {@link dev.fovea.data.ImageFolder} is the format most people bring. The loader lives in
 * {@code load}, the inspection of data in {@code inspect}, generated data in {@code scenes}. {@code DatasetsTest} shows all
 * formats.
 */
package dev.fovea.data;
