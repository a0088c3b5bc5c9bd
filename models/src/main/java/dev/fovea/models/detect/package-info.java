/**
 * Networks that find objects, one file each. A {@link dev.fovea.models.detect.Detector} gives raw outputs; its
 * {@link dev.fovea.models.detect.Criterion} compares them with what is in the pictures, its
 * {@link dev.fovea.models.detect.Decoder} makes boxes of them.
 */
package dev.fovea.models.detect;
