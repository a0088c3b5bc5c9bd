package dev.fovea.models.picture;

import dev.fovea.tensor.Shape;
import java.util.List;

/**
 * One box of the picture: a layer, a block, or several equal ones in a row.
 *
 * @param title what it is
 * @param times how many of it follow each other
 * @param lines what is inside
 * @param kind for its colour
 * @param output shape of its result, the batch first; null if it has none
 * @param parameters in all of it
 * @param multiplyAdds for one picture, in all of it
 */
record Card(
        String title, int times, List<String> lines, Work.Kind kind, Shape output, long parameters, long multiplyAdds) {
    Card {
        lines = List.copyOf(lines);
    }
}
