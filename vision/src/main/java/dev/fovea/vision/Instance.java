package dev.fovea.vision;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One object in an image: its class and its box, and what else is known of it.
 *
 * @param statedArea its area in square pixels where the data states one (COCO: of the segment, which decides whether the
 *     object counts as small or large); {@link #area} is never empty
 * @param crowd whether the box is around a group whose members were not marked one by one (COCO {@code iscrowd}); metrics
 *     neither ask for it nor count what is found in it as wrong
 * @param difficult whether it is hard to recognise (Pascal VOC {@code difficult}); VOC metrics leave it out
 */
public record Instance(
        Label label,
        Box box,
        Optional<Mask> mask,
        Optional<Keypoints> keypoints,
        Optional<Outline> outline,
        OptionalDouble statedArea,
        boolean crowd,
        boolean difficult) {
    public Instance {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(box, "box");
        if (statedArea.isPresent() && !(statedArea.getAsDouble() >= 0)) {
            throw new IllegalArgumentException("the area of an object must be 0 or more, got "
                    + statedArea.getAsDouble() + " for '" + label + "'");
        }
    }

    /** An ordinary object, neither a crowd nor difficult, without a stated area. */
    public Instance(
            Label label, Box box, Optional<Mask> mask, Optional<Keypoints> keypoints, Optional<Outline> outline) {
        this(label, box, mask, keypoints, outline, OptionalDouble.empty(), false, false);
    }

    /** An object of which only class and box are known. */
    public static Instance of(Label label, Box box) {
        return new Instance(label, box, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** The area in square pixels: as stated, else of the mask, else of the box. */
    public double area() {
        return statedArea.orElseGet(() -> mask.map(m -> (double) m.area()).orElseGet(box::area));
    }

    public Instance withLabel(Label newLabel) {
        return new Instance(newLabel, box, mask, keypoints, outline, statedArea, crowd, difficult);
    }

    /** The same object with another shape: box, mask, key points, outline and stated area change together. */
    public Instance withShape(
            Box newBox,
            Optional<Mask> newMask,
            Optional<Keypoints> newKeypoints,
            Optional<Outline> newOutline,
            OptionalDouble newArea) {
        return new Instance(label, newBox, newMask, newKeypoints, newOutline, newArea, crowd, difficult);
    }

    public Instance withKeypoints(Optional<Keypoints> newKeypoints) {
        return new Instance(label, box, mask, newKeypoints, outline, statedArea, crowd, difficult);
    }

    public Instance withMask(Optional<Mask> newMask) {
        return new Instance(label, box, newMask, keypoints, outline, statedArea, crowd, difficult);
    }

    public Instance withStatedArea(double newArea) {
        return new Instance(label, box, mask, keypoints, outline, OptionalDouble.of(newArea), crowd, difficult);
    }

    public Instance withCrowd(boolean newCrowd) {
        return new Instance(label, box, mask, keypoints, outline, statedArea, newCrowd, difficult);
    }

    public Instance withDifficult(boolean newDifficult) {
        return new Instance(label, box, mask, keypoints, outline, statedArea, crowd, newDifficult);
    }
}
