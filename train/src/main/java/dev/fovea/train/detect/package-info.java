/**
 * Detection: learning to find objects from pictures with boxes. {@link dev.fovea.train.detect.DetectRun} is a whole run,
 * {@link dev.fovea.train.detect.DetectTask} what the loop sees of it, {@link dev.fovea.train.detect.TrainedDetector} what comes out.
 */
package dev.fovea.train.detect;
