package dev.fovea.data.scenes;

import static dev.fovea.data.scenes.Point.at;

import dev.fovea.data.scenes.Figure.Ink;
import dev.fovea.data.scenes.Figure.Relief;

/** The grown things: fish, leaf, two kinds of tree; and the clutter, which belongs to no class. */
final class NaturalFigures {
    private static final double PI = StrictMath.PI;

    private NaturalFigures() {}

    /** A fish swimming to the left. */
    static Figure fish(SplitMix random) {
        double belly = random.uniform(0.42, 0.6);
        double back = random.uniform(0.42, 0.58);
        double root = random.uniform(0.36, 0.48); // where the tail begins
        double spread = random.uniform(0.4, 0.56);
        double fork = random.uniform(0.1, 0.24);
        double fin = random.uniform(0.16, 0.28);
        double thin = 0.1;
        double finX = -0.28;
        var outside = Contour.from(-1, 0.02)
                .cubic(-0.86, -back * 0.7, -0.6, -back, finX, -back)
                .quad(finX + 0.1, -back - fin, finX + 0.42, -back - fin * 0.9)
                .quad(finX + 0.36, -back * 0.9, finX + 0.44, -back * 0.72)
                .cubic(0.25, -back * 0.5, root - 0.12, -thin * 1.2, root, -thin)
                .quad(0.72, -spread * 0.85, 1, -spread)
                .quad(1 - fork, -spread * 0.3, 1 - fork, 0)
                .quad(1 - fork, spread * 0.3, 1, spread)
                .quad(0.72, spread * 0.85, root, thin)
                .cubic(root - 0.2, thin * 1.5, 0.15, belly * 0.6, -0.05, belly * 0.82)
                .quad(-0.02, belly + 0.12, 0.1, belly + 0.14)
                .quad(-0.14, belly + 0.16, -0.26, belly * 0.97)
                .cubic(-0.62, belly * 1.02, -0.88, belly * 0.6, -1, 0.02);
        var tail = Contour.from(root, -thin)
                .quad(0.72, -spread * 0.85, 1, -spread)
                .quad(1 - fork, -spread * 0.3, 1 - fork, 0)
                .quad(1 - fork, spread * 0.3, 1, spread)
                .quad(0.72, spread * 0.85, root, thin);
        double eyeX = -0.68;
        double eyeY = -0.1;
        return Figure.of(outside)
                .detail(tail, Ink.ACCENT, 0.85)
                .detail(
                        Contour.from(-0.46, -back * 0.66)
                                .quad(-0.3, 0, -0.46, belly * 0.66)
                                .quad(-0.4, 0, -0.46, -back * 0.66),
                        Ink.BASE,
                        0.45)
                .detail(Contour.ellipse(eyeX, eyeY, 0.13, 0.13), Ink.WHITE, 1)
                .detail(Contour.ellipse(eyeX - 0.02, eyeY, 0.07, 0.07), Ink.WHITE, 0.06)
                .keypoints(at(-1, 0.02), at(eyeX, eyeY), at(finX, -back), at(-0.26, belly * 0.97), at(1 - fork, 0));
    }

    /** A leaf with its tip up, its veins and its stalk. */
    static Figure leaf(SplitMix random) {
        double width = random.uniform(0.44, 0.6);
        double fullest = random.uniform(-0.3, 0.05); // height of the widest place
        double base = 0.58;
        double stalk = random.uniform(0.045, 0.06);
        double bend = random.uniform(0.16, 0.3) * (random.chance(0.5) ? 1 : -1);
        double tipX = -bend * 0.7;
        var outside = Contour.from(tipX, -1)
                .cubic(tipX * 0.5 + width * 0.3, -0.72, width, fullest - 0.3, width, fullest)
                .cubic(width, fullest + 0.32, width * 0.36, base - 0.12, stalk, base)
                .quad(stalk, 0.8, bend + stalk * 0.8, 1)
                .line(bend - stalk * 0.8, 1)
                .quad(-stalk, 0.85, -stalk, base)
                .cubic(-width * 0.36, base - 0.12, -width, fullest + 0.32, -width, fullest)
                .cubic(-width, fullest - 0.3, tipX * 0.5 - width * 0.3, -0.72, tipX, -1);
        double tone = random.chance(0.5) ? 0.45 : 1.8;
        var figure =
                Figure.of(outside).detail(Contour.bar(at(0, base), at(tipX * 0.8, -0.86), 0.09, 0.02), Ink.BASE, tone);
        int veins = 2 + random.below(2);
        for (int i = 0; i < veins; i++) {
            double y = base - 0.2 - i * 0.85 / veins;
            double reach = width * (i == 0 ? 0.6 : 0.74) * (1 - 0.15 * i);
            figure.detail(Contour.bar(at(0, y), at(reach, y - 0.3), 0.055, 0.02), Ink.BASE, tone);
            figure.detail(Contour.bar(at(0, y), at(-reach, y - 0.3), 0.055, 0.02), Ink.BASE, tone);
        }
        return figure.keypoints(
                at(tipX * 0.9, -0.93), at(width, fullest), at(0, base), at(-width, fullest), at(bend * 0.95, 0.97));
    }

    /** A needle tree of stacked skirts. */
    static Figure spruce(SplitMix random) {
        int tiers = 3 + random.below(2);
        double width = random.uniform(0.58, 0.74);
        double foot = 0.62; // lower end of the crown
        double trunk = random.uniform(0.09, 0.14);
        double height = foot + 1;
        var outside = Contour.from(0, -1);
        for (int i = 1; i <= tiers; i++) {
            double y = -1 + height * i / tiers;
            double out = width * (0.32 + 0.68 * i / tiers);
            outside.line(out, y);
            outside.line(i == tiers ? trunk : out * 0.48, i == tiers ? foot : y - 0.05);
        }
        outside.line(trunk, 1).mirrored();
        return Figure.of(outside)
                .detail(trunk(trunk, foot), Ink.ACCENT, 0.5)
                .keypoints(
                        at(0, -0.88),
                        at(width * 0.93, foot - 0.04),
                        at(0, foot),
                        at(-width * 0.93, foot - 0.04),
                        at(0, 1));
    }

    /** A tree with a crown of round lobes. */
    static Figure broadleaf(SplitMix random) {
        int lobes = 6 + random.below(3);
        double crownX = random.uniform(0.66, 0.82);
        double crownY = random.uniform(0.58, 0.7);
        double centre = -1 + crownY;
        double trunk = random.uniform(0.1, 0.14);
        double depth = random.uniform(0.12, 0.2);
        double foot = centre + crownY * 0.88;
        double open = StrictMath.asin(trunk / crownX);
        var outside = Contour.empty();
        int steps = 72;
        for (int i = 0; i <= steps; i++) {
            double angle = open + (2 * PI - 2 * open) * i / steps; // from the trunk's right side, up and around
            double radius = lobed(angle, open, lobes, depth);
            outside.line(crownX * radius * StrictMath.sin(angle), centre + crownY * radius * StrictMath.cos(angle));
        }
        double side = crownX * lobed(PI / 2, open, lobes, depth);
        double top = centre - crownY * lobed(PI, open, lobes, depth);
        outside.line(-trunk, foot).line(-trunk * 1.25, 1).line(trunk * 1.25, 1).line(trunk, foot);
        return Figure.of(outside)
                .detail(Contour.ellipse(crownX * 0.4, centre + crownY * 0.25, 0.2, 0.15), Ink.BASE, 0.8)
                .detail(Contour.ellipse(-crownX * 0.36, centre + crownY * 0.34, 0.2, 0.14), Ink.BASE, 0.8)
                .detail(Contour.ellipse(-crownX * 0.12, centre - crownY * 0.32, 0.24, 0.17), Ink.BASE, 1.15)
                .detail(Contour.polygon(-trunk, foot, -trunk * 1.25, 1, trunk * 1.25, 1, trunk, foot), Ink.ACCENT, 0.5)
                .keypoints(at(0, top), at(side, centre), at(0, foot), at(-side, centre), at(0, 1));
    }

    /** The radius of a crown at an angle from its trunk, relative to that of the lobes' tops. */
    private static double lobed(double angle, double open, int lobes, double depth) {
        double wave = Math.abs(StrictMath.sin(lobes * (angle - open) * PI / (2 * PI - 2 * open)));
        return 1 - depth * (1 - wave);
    }

    private static Contour trunk(double half, double top) {
        return Contour.polygon(-half, top, half, top, half, 1, -half, 1);
    }

    /** A splinter: an irregular convex polygon. */
    static Figure shard(SplitMix random) {
        int corners = 3 + random.below(3);
        double turn = random.uniform(0, 2 * PI);
        var outside = Contour.empty();
        for (int i = 0; i < corners; i++) {
            double angle = turn + 2 * PI * (i + random.uniform(-0.3, 0.3)) / corners;
            outside.line(
                    random.uniform(0.8, 1) * StrictMath.cos(angle), random.uniform(0.3, 0.6) * StrictMath.sin(angle));
        }
        return Figure.of(outside).relief(Relief.FLAT).keypoints();
    }

    /** A smooth patch of irregular form. */
    static Figure blob(SplitMix random) {
        double a2 = random.uniform(0.25, 0.45);
        double a3 = random.uniform(0, 0.08); // more would look like a heart
        double p2 = random.uniform(0, 2 * PI);
        double p3 = random.uniform(0, 2 * PI);
        var outside = Contour.empty();
        for (int i = 0; i < 40; i++) {
            double angle = 2 * PI * i / 40;
            double radius = 0.62 * (1 + a2 * StrictMath.cos(2 * angle + p2) + a3 * StrictMath.cos(3 * angle + p3));
            outside.line(radius * StrictMath.cos(angle), radius * StrictMath.sin(angle));
        }
        return Figure.of(outside).keypoints();
    }

    /** A bent stick of the given half thickness. */
    static Figure stroke(SplitMix random, double half) {
        double sag = random.uniform(-0.7, 0.7);
        int steps = 16;
        var outside = Contour.empty();
        for (int i = 0; i <= steps; i++) {
            double t = 2.0 * i / steps - 1;
            outside.line(t, sag * (t * t - 0.5) - half);
        }
        for (int i = steps; i >= 0; i--) {
            double t = 2.0 * i / steps - 1;
            outside.line(t, sag * (t * t - 0.5) + half);
        }
        return Figure.of(outside).relief(Relief.FLAT).keypoints();
    }
}
