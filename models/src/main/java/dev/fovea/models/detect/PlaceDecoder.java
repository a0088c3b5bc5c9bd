package dev.fovea.models.detect;

/**
 * A decoder that scores places before it chooses among them, and can show the scores.
 *
 * @param <R> raw outputs of a {@link Detector}
 */
public interface PlaceDecoder<R> extends Decoder<R> {
    /** Boxes and scores of all places, by tensor operations alone; what {@link #decode} finds is chosen among them. */
    PlaceScores places(R outputs, Pictures pictures);

    /** Whether each class of a place has a box of its own, as after the second stage of a two-stage network. */
    default boolean hasBoxOfEachClass() {
        return false;
    }
}
