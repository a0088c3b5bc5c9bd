/**
 * From JPEG files to normalised tensors: Fovea's loader ({@link dev.fovea.bench.loading.LoaderLoading}) and what the JDK offers
 * ({@link dev.fovea.bench.loading.ImageIoLoading}); and training from files ({@link dev.fovea.bench.loading.TrainingFromFiles}).
 */
package dev.fovea.bench.loading;
