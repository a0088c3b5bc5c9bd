package dev.fovea.data.scenes;

import java.util.ArrayList;
import java.util.List;

/**
 * One exemplar of a class, or a piece of clutter, in its own frame.
 *
 * @param contours the boundary: the outside first, then holes with opposite orientation; none crosses another
 * @param details areas inside that are painted differently, in painting order
 * @param keypoints as many points as its class has names for
 * @param relief how its surface bends towards the light
 */
record Figure(List<Contour> contours, List<Detail> details, List<Point> keypoints, Relief relief) {
    /** A surface that bends only near its edge, or one that is a sphere of radius 1, or one that is flat. */
    enum Relief {
        PILLOW,
        SPHERE,
        FLAT
    }

    /** What a detail is painted with: what is there already, texture in a frame, the accent colour, or white. */
    enum Ink {
        BASE,
        TEXTURE,
        ACCENT,
        WHITE
    }

    /** An area painted with an ink whose brightness is multiplied by {@code tone}; texture is laid in a frame. */
    record Detail(Contour area, Ink ink, double tone, Frame frame) {}

    Figure {
        contours = List.copyOf(contours);
        details = List.copyOf(details);
        keypoints = List.copyOf(keypoints);
    }

    static Builder of(Contour outside) {
        return new Builder(outside);
    }

    /** Collects holes, details and key points. */
    static final class Builder {
        private final List<Contour> contours = new ArrayList<>();
        private final List<Detail> details = new ArrayList<>();
        private Relief relief = Relief.PILLOW;

        private Builder(Contour outside) {
            contours.add(outside.oriented(true));
        }

        Builder hole(Contour hole) {
            contours.add(hole.oriented(false));
            return this;
        }

        Builder detail(Contour area, Ink ink, double tone) {
            details.add(new Detail(area.oriented(true), ink, tone, Frame.OWN));
            return this;
        }

        Builder face(Contour area, double tone, Frame frame) {
            details.add(new Detail(area.oriented(true), Ink.TEXTURE, tone, frame));
            return this;
        }

        Builder relief(Relief wanted) {
            relief = wanted;
            return this;
        }

        Figure keypoints(Point... points) {
            return new Figure(contours, details, List.of(points), relief);
        }
    }
}
