package dev.fovea.vision.transform;

import dev.fovea.vision.Size;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of resize policies. */
final class ResizeText {
    private static final String SIZE = "\\d{1,6}(?:x\\d{1,6})?";
    private static final Pattern FORM = Pattern.compile("(?:resize(?<resize>\\d{1,6})-crop(?<crop>" + SIZE
            + ")|stretch(?<stretch>" + SIZE + ")|letterbox(?<box>" + SIZE
            + ")-fill(?<fill>\\d{1,3}))(?:-(?<filter>[a-z]+))?");

    private static final Pattern CORNER =
            Pattern.compile("corner(?<box>" + SIZE + ")-fill(?<fill>\\d{1,3})(?<antialias>-antialias)?");

    private static final Pattern SIDES =
            Pattern.compile("sides(?<shortest>\\d{1,6})-(?<longest>\\d{1,6})-corner(?<box>" + SIZE + ")");

    private ResizeText() {}

    static ResizePolicy parse(String text) {
        Matcher corner = CORNER.matcher(text.strip());
        if (corner.matches()) {
            return new ResizePolicy.CornerLetterbox(
                    size(corner.group("box")),
                    Integer.parseInt(corner.group("fill")),
                    corner.group("antialias") != null);
        }
        Matcher sides = SIDES.matcher(text.strip());
        if (sides.matches()) {
            return new ResizePolicy.WithinSides(
                    Integer.parseInt(sides.group("shortest")),
                    Integer.parseInt(sides.group("longest")),
                    size(sides.group("box")));
        }
        Matcher m = FORM.matcher(text.strip());
        if (!m.matches()) {
            throw new IllegalArgumentException(
                    "unknown resize policy '" + text
                            + "'; write resize256-crop224-bilinear, stretch224-bilinear, letterbox224-fill114-bilinear, corner224-fill114 or sides800-1333-corner1344");
        }
        Interpolation interpolation =
                m.group("filter") == null ? Interpolation.BILINEAR : Interpolation.parse(m.group("filter"));
        if (m.group("resize") != null) {
            int resize = Integer.parseInt(m.group("resize"));
            return new ResizePolicy.ShortestSideCrop(resize, size(m.group("crop")), interpolation);
        }
        if (m.group("stretch") != null) {
            return new ResizePolicy.Stretch(size(m.group("stretch")), interpolation);
        }
        return new ResizePolicy.Letterbox(size(m.group("box")), Integer.parseInt(m.group("fill")), interpolation);
    }

    private static Size size(String text) {
        int x = text.indexOf('x');
        int width = Integer.parseInt(x < 0 ? text : text.substring(0, x));
        return new Size(x < 0 ? width : Integer.parseInt(text.substring(x + 1)), width);
    }

    /** One number for a square, width x height otherwise. */
    static String of(Size size) {
        return size.width() == size.height() ? Integer.toString(size.width()) : size.toString();
    }
}
