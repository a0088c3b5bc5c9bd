/** Networks drawn from what they are and do: {@link dev.fovea.models.picture.ArchitecturePicture}. */
package dev.fovea.models.picture;
