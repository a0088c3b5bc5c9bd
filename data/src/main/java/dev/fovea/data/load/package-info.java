/**
 * The loader: decode, augment and collate in parallel, in an order that a seed fixes.
 *
 * <p>Start with {@link dev.fovea.data.load.Loader}. {@link dev.fovea.data.load.Order} says which samples an epoch visits,
 * {@link dev.fovea.data.load.Batches} hands them out. {@code LoaderTest} shows it at work.
 */
package dev.fovea.data.load;
