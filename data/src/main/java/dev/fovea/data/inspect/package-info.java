/**
 * A look at data before training: counts, sizes, colours, corrupt files, near-duplicates, imbalance, and what to do about it.
 *
 * <p>Start with {@link dev.fovea.data.inspect.Inspection#of}; {@link dev.fovea.data.inspect.InspectionPage} shows the result
 * as one HTML file. {@code InspectionTest} shows it at work.
 */
package dev.fovea.data.inspect;
