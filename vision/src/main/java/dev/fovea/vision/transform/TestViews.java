package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.ResizePolicy.Letterbox;
import dev.fovea.vision.transform.ResizePolicy.ShortestSideCrop;
import dev.fovea.vision.transform.ResizePolicy.Stretch;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Test-time augmentation: several views of one picture, whose probabilities are averaged (Krizhevsky et al. 2012, section 4.1). Every view
 * has the network's input size.
 *
 * <pre>{@code
 * TestViews.parse("flip")                      // as it is, and mirrored
 * TestViews.parse("five-crop")                 // the centre and the four corners
 * TestViews.parse("ten-crop")                  // the same, and all of them mirrored
 * TestViews.parse("flip+scales(0.9,1,1.15)")   // the centre at three sizes, each also mirrored
 * }</pre>
 *
 * <p>Crops are taken from the picture before the centre is cut out; where a resize policy leaves no margin to move in, the picture is
 * enlarged to 8/7 of the input size for them.
 *
 * @param places where views lie: fractions of the margin from the left and from the top
 * @param scales by which the picture is enlarged before its views are cut out; below 1 they get black (or the letterbox's grey) rims
 * @param mirrored whether every view is also taken with left and right swapped
 */
public record TestViews(List<Place> places, List<Double> scales, boolean mirrored) {
    /** A place, 0-1 in both directions. */
    public record Place(double x, double y) {}

    private static final List<Place> CENTRE = List.of(new Place(0.5, 0.5));
    private static final List<Place> FIVE =
            List.of(new Place(0, 0), new Place(1, 0), new Place(0, 1), new Place(1, 1), new Place(0.5, 0.5));
    private static final double MARGIN = 8.0 / 7;
    private static final double LARGEST_SCALE = 4;
    private static final int MOST = 100;

    /** The picture as it always is. */
    public static final TestViews NONE = new TestViews(CENTRE, List.of(1.0), false);

    public TestViews {
        places = List.copyOf(places);
        scales = List.copyOf(scales);
        if (places.isEmpty() || scales.isEmpty() || places.size() * scales.size() > MOST) {
            throw new IllegalArgumentException("test-time augmentation takes 1 to " + MOST + " views a picture");
        }
        for (double scale : scales) {
            if (!(scale >= 1 / LARGEST_SCALE && scale <= LARGEST_SCALE)) {
                throw new IllegalArgumentException("test-time augmentation: a scale is 0.25 to 4, got " + scale
                        + "; use numbers such as 0.9 or 1.15");
            }
        }
    }

    /**
     * Views from their text: {@code none}, {@code flip}, {@code five-crop}, {@code ten-crop}, {@code scales(A,B,…)}, or several of them
     * joined by {@code +}.
     *
     * @throws IllegalArgumentException if a word is unknown
     */
    public static TestViews parse(String text) {
        var views = NONE;
        for (String part : text.strip().toLowerCase(Locale.ROOT).split("\\+", -1)) {
            views = switch (part.strip()) {
                case "none" -> views;
                case "flip" -> new TestViews(views.places, views.scales, true);
                case "five-crop" -> new TestViews(FIVE, views.scales, views.mirrored);
                case "ten-crop" -> new TestViews(FIVE, views.scales, true);
                default -> new TestViews(views.places, scales(part.strip(), text), views.mirrored);
            };
        }
        return views;
    }

    private static List<Double> scales(String part, String text) {
        if (!part.matches("scales\\([0-9.]+(\\s*,\\s*[0-9.]+)*\\)")) {
            throw new IllegalArgumentException("test-time augmentation '" + text
                    + "' is not known; use flip, five-crop, ten-crop or scales(0.9,1,1.15), or several joined by +");
        }
        var scales = new ArrayList<Double>();
        for (String number :
                part.substring("scales(".length(), part.length() - 1).split(",", -1)) {
            try {
                scales.add(Double.parseDouble(number.strip()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("test-time augmentation: '" + number + "' is no number", e);
            }
        }
        return scales;
    }

    /** The number of views of a picture. */
    public int count() {
        return places.size() * scales.size() * (mirrored ? 2 : 1);
    }

    /** The views of an image of any size, in the channels and the size that the network takes. */
    public List<Image> of(Image image, Preprocessing preprocessing) {
        var coloured = image.withChannels(preprocessing.channels());
        var views = new ArrayList<Image>(count());
        for (double scale : scales) {
            for (var place : places) {
                var view = view(coloured, preprocessing.resize(), scale, place);
                views.add(view);
                if (mirrored) {
                    views.add(HorizontalFlip.flip(view));
                }
            }
        }
        return views;
    }

    private Image view(Image image, ResizePolicy policy, double scale, Place place) {
        if (scale == 1 && places.size() == 1) {
            return policy.apply(image);
        }
        var size = policy.size();
        double enlarged = scale * (places.size() > 1 ? margin(policy) : 1);
        var whole = whole(image, policy, enlarged);
        var centre = Frame.centre(whole.size(), size);
        var frame = new Frame(
                along(place.x(), whole.width() - size.width(), centre.x()),
                along(place.y(), whole.height() - size.height(), centre.y()),
                size);
        return frame.cut(whole, policy instanceof Letterbox box ? box.fill() : 0);
    }

    /** By how much a policy's picture is enlarged, so that crops have room to move. */
    private static double margin(ResizePolicy policy) {
        if (policy instanceof ShortestSideCrop crop) {
            double side = Math.max(crop.size().width(), crop.size().height());
            return Math.max(1, MARGIN * side / crop.resize());
        }
        return MARGIN;
    }

    /** The whole picture as a policy makes it before a crop, enlarged. */
    private static Image whole(Image image, ResizePolicy policy, double by) {
        if (policy instanceof ShortestSideCrop crop) {
            int side = Math.max(1, (int) Math.round(crop.resize() * by));
            var resized = new ShortestSideCrop(side, crop.size(), crop.interpolation()).resized(image.size());
            return Resample.resize(image, resized, crop.interpolation());
        }
        var size =
                new Size(times(policy.size().height(), by), times(policy.size().width(), by));
        return policy instanceof Letterbox box
                ? new Letterbox(size, box.fill(), box.interpolation()).apply(image)
                : new Stretch(size, policy.interpolation()).apply(image);
    }

    private static int times(int pixels, double by) {
        return Math.max(1, (int) Math.round(pixels * by));
    }

    /** An edge that lies at a fraction of the room; where there is no room, the picture lies in the middle. */
    private static int along(double fraction, int room, int centre) {
        return fraction == 0.5 || room <= 0 ? centre : (int) Math.round(fraction * room);
    }
}
