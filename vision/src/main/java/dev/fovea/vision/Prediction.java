package dev.fovea.vision;

/** What a network says of one image: immutable plain Java data in pixels of the original image, never tensors. */
public sealed interface Prediction permits Classification, Detections {}
