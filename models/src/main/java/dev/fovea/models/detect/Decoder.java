package dev.fovea.models.detect;

import java.util.List;

/**
 * Makes boxes of raw outputs.
 *
 * @param <R> raw outputs of a {@link Detector}
 */
public interface Decoder<R> {
    /** What was found in each picture, after whatever suppression the network needs; called without gradients. */
    List<FoundBoxes> decode(R outputs, Pictures pictures, Selection selection);
}
