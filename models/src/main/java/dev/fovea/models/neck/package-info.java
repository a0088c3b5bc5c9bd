/**
 * What stands between a classifier and the heads of other tasks. A {@link dev.fovea.models.neck.Trunk} is a classifier without its head;
 * a {@link dev.fovea.models.neck.FeaturePyramid} mixes its maps; a {@link dev.fovea.models.neck.PyramidBackbone} is both.
 */
package dev.fovea.models.neck;
