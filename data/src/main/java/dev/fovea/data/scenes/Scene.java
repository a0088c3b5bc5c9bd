package dev.fovea.data.scenes;

import java.util.List;
import java.util.Optional;

/**
 * One picture before it has pixels, in coordinates where its shorter side is 1.
 *
 * @param items from back to front
 * @param light where light comes from and how strong it is
 * @param camera what the sensor adds
 * @param key seeds the sensor's noise
 */
record Scene(Backdrop backdrop, List<Item> items, Light light, Camera camera, long key) {
    Scene {
        items = List.copyOf(items);
    }

    /** A thing in the scene: an object of a class, or clutter without one. */
    record Item(Optional<SceneClass> kind, Figure figure, Pose pose, Material material) {}

    /** The direction towards the light in the picture's plane (unit vector), and the strength of shading, 0-1. */
    record Light(double x, double y, double strength) {}

    /** Blur as the share that each neighbour gives in one direction, 0-0.25, and the deviation of the noise, 0-1. */
    record Camera(double blur, double noise) {}
}
