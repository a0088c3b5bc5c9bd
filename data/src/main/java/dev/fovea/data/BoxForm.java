package dev.fovea.data;

import java.util.Locale;

/** The forms in which pictures with boxes can be written. */
public enum BoxForm {
    /** {@code annotations/instances_train.json} beside {@code train/}; has boxes, areas, crowds and outlines. */
    COCO,
    /** {@code Annotations/}, {@code JPEGImages/} and {@code ImageSets/Main/}; has no crowds, areas and outlines. */
    VOC,
    /** {@code images/train/} beside {@code labels/train/} and {@code data.yaml}; has boxes and classes only. */
    YOLO,
    /** {@code boxes.csv} beside {@code images/}; has no outlines. */
    CSV;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
