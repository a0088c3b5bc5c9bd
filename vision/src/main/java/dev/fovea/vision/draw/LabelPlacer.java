package dev.fovea.vision.draw;

import dev.fovea.vision.Box;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/** Writes names beside boxes, always inside the image, and where possible not over a name that is already there. */
final class LabelPlacer {
    private static final int MARGIN = 2;

    private final Size image;
    private final double scale;
    private final List<Box> taken = new ArrayList<>();

    LabelPlacer(Size image) {
        this.image = image;
        double side = Math.min(image.width(), image.height());
        this.scale = Math.max(0.35, Math.min(1.2, side / 900));
    }

    void draw(Canvas canvas, String text, Box box, Colour colour) {
        String shown = Canvas.fit(text.strip(), scale, image.width() - 2 * MARGIN);
        if (shown.isEmpty()) {
            return;
        }
        Size size = Canvas.textSize(shown, scale);
        int width = size.width() + 2 * MARGIN;
        int height = size.height() + MARGIN;
        if (height > image.height()) {
            return;
        }
        Box place = free(box, width, height);
        taken.add(place);
        canvas.fill((int) place.x1(), (int) place.y1(), width, height, colour);
        int baseline = (int) place.y2() - Canvas.descent(scale) - 1;
        canvas.text(shown, (int) place.x1() + MARGIN, baseline, scale, colour.ink());
    }

    /** Above the box, in its top, in its bottom or below it; then further down, line by line. */
    private Box free(Box box, int width, int height) {
        Box best = null;
        double least = Double.POSITIVE_INFINITY;
        float[] tops = {box.y1() - height, box.y1(), box.y2() - height, box.y2()};
        for (int attempt = 0; attempt < 12; attempt++) {
            float top = attempt < tops.length ? tops[attempt] : box.y1() + (attempt - 2) * (height + 1f);
            Box place = inside(box.x1(), top, width, height);
            double covered =
                    taken.stream().mapToDouble(t -> intersection(t, place)).sum();
            if (covered < least) {
                least = covered;
                best = place;
            }
            if (covered == 0) {
                break;
            }
        }
        return best;
    }

    private Box inside(float x, float y, int width, int height) {
        float left = Math.round(Math.max(0, Math.min(x, image.width() - width)));
        float top = Math.round(Math.max(0, Math.min(y, image.height() - height)));
        return Box.ofCorner(left, top, width, height);
    }

    private static double intersection(Box a, Box b) {
        double width = Math.min(a.x2(), b.x2()) - (double) Math.max(a.x1(), b.x1());
        double height = Math.min(a.y2(), b.y2()) - (double) Math.max(a.y1(), b.y1());
        return Math.max(0, width) * Math.max(0, height);
    }
}
