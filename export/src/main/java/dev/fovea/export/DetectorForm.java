package dev.fovea.export;

import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Selection;
import dev.fovea.vision.Size;

/**
 * What the graph of a network that finds objects takes and gives.
 *
 * @param size of the pictures it takes
 * @param chooses whether it gives the boxes of a selection, or boxes and scores of all places
 * @param selection which boxes are kept, by the graph or by who reads its outputs
 */
public record DetectorForm(Size size, boolean chooses, Selection selection) {
    /** Boxes and scores of all places, for pictures of the network's own size. */
    public static DetectorForm dense(Detector<?> network) {
        return new DetectorForm(DetectorExport.usualSize(network), false, network.selection());
    }

    /** The graph itself chooses, for pictures of the network's own size. */
    public static DetectorForm choosing(Detector<?> network) {
        return new DetectorForm(DetectorExport.usualSize(network), true, network.selection());
    }

    public DetectorForm withSize(Size other) {
        return new DetectorForm(other, chooses, selection);
    }

    public DetectorForm withSelection(Selection other) {
        return new DetectorForm(size, chooses, other);
    }
}
