package dev.fovea.data.inspect;

import dev.fovea.data.DroppedBox;
import dev.fovea.vision.Image;
import java.util.List;
import java.util.Optional;

/**
 * What was found out about the boxes of a data set, all its parts together.
 *
 * @param perClass in the order of the classes
 * @param dropped boxes without area, which the reader left out
 * @param outOfFrame boxes that reach more than a pixel over the edge of their picture, one sentence each
 * @param duplicates pairs of boxes of one class and picture that are nearly the same, one sentence each
 * @param withoutObjects pictures in which there is nothing
 * @param mostInPicture the largest number of objects in one picture
 * @param sheet some pictures with their boxes; empty if none with boxes can be read
 */
public record BoxFacts(
        List<ClassBoxes> perClass,
        int crowds,
        int difficult,
        List<DroppedBox> dropped,
        List<String> outOfFrame,
        List<String> duplicates,
        int withoutObjects,
        int mostInPicture,
        Optional<Image> sheet) {
    public BoxFacts {
        perClass = List.copyOf(perClass);
        dropped = List.copyOf(dropped);
        outOfFrame = List.copyOf(outOfFrame);
        duplicates = List.copyOf(duplicates);
    }

    /** Objects of a class by area: small below 32x32 pixels, large above 96x96. */
    public record ClassBoxes(String name, int small, int medium, int large) {
        public int all() {
            return small + medium + large;
        }
    }

    /** The number of objects. */
    public int objects() {
        return perClass.stream().mapToInt(ClassBoxes::all).sum();
    }
}
