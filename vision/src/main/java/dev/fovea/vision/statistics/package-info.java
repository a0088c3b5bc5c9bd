/**
 * What a collection of pictures looks like in numbers: for normalisation and for a report on a data set.
 *
 * <p>{@link dev.fovea.vision.statistics.ChannelStatistics} gives mean and standard deviation of each channel,
 * {@link dev.fovea.vision.statistics.MeanImage} the average picture,
 * {@link dev.fovea.vision.statistics.PrincipalComponents} how many directions the pictures vary in. The first two are
 * accumulators: one for each thread, merged at the end.
 */
package dev.fovea.vision.statistics;
