package dev.fovea.vision;

/** An image with all that is known of it and with where its pixels came from: what transforms take and give. */
public record Picture(Image image, Annotation annotation, Geometry geometry) {
    /** An image as it was read. */
    public static Picture of(Image image, Annotation annotation) {
        return new Picture(image, annotation, Geometry.identity(image.size()));
    }

    public Picture withImage(Image newImage) {
        return new Picture(newImage, annotation, geometry);
    }
}
