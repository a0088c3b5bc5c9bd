package dev.fovea.train.metric;

/**
 * What becomes of finds and objects, counted. Every find is right, of the wrong class, badly placed, a duplicate or
 * background; every object is found, spoilt by a find of the wrong class or place, or missed (after Bolya et al. 2020,
 * arXiv 2008.08115).
 *
 * @param objects that ought to be found
 * @param right finds of the right class on an object that no better find had taken
 * @param wrongClass finds that lie well on an object of another class
 * @param badBox finds of the right class that lie on an object, but not well
 * @param duplicate finds that lie well on an object of their class that a better find had taken
 * @param background finds where there is nothing, or nothing of their class nearby
 * @param missed objects on which there is neither a right find nor one of the wrong class or place
 */
public record DetectionErrors(
        long objects, long right, long wrongClass, long badBox, long duplicate, long background, long missed) {
    public static final DetectionErrors NONE = new DetectionErrors(0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public DetectionErrors plus(DetectionErrors o) {
        return new DetectionErrors(
                objects + o.objects,
                right + o.right,
                wrongClass + o.wrongClass,
                badBox + o.badBox,
                duplicate + o.duplicate,
                background + o.background,
                missed + o.missed);
    }

    /** All that is wrong: how bad a picture is. */
    public long errors() {
        return wrongClass + badBox + duplicate + background + missed;
    }
}
