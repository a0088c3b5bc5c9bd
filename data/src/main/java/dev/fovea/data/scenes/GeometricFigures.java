package dev.fovea.data.scenes;

import static dev.fovea.data.scenes.Point.at;

import dev.fovea.data.scenes.Figure.Ink;
import dev.fovea.data.scenes.Figure.Relief;

/** The made things: ball, cube, cup, heart, house, key, star. Every method draws one exemplar of its class. */
final class GeometricFigures {
    private static final double PI = StrictMath.PI;

    private GeometricFigures() {}

    static Figure ball() {
        return Figure.of(Contour.ellipse(0, 0, 1, 1))
                .relief(Relief.SPHERE)
                .keypoints(at(0, 0), at(0, -1), at(1, 0), at(0, 1), at(-1, 0));
    }

    /** A cube seen from above, one vertical edge towards the viewer. */
    static Figure cube(SplitMix random, boolean lightFromLeft) {
        double yaw = random.uniform(-0.42, 0.42);
        double pitch = random.uniform(0.42, 0.7);
        double side = 0.6;
        double rise = side * StrictMath.cos(pitch); // half the height, as seen from above
        var tops = new Point[4]; // near, right, back, left
        var feet = new Point[4];
        for (int i = 0; i < 4; i++) {
            double angle = yaw + i * PI / 2;
            double x = side * Math.sqrt(2) * StrictMath.sin(angle);
            double y = side * Math.sqrt(2) * StrictMath.cos(angle) * StrictMath.sin(pitch);
            tops[i] = at(x, y - rise);
            feet[i] = at(x * 0.93, y + rise); // what is farther below looks smaller
        }
        var near = tops[0];
        double left = lightFromLeft ? 0.8 : 0.45;
        double right = lightFromLeft ? 0.45 : 0.8;
        return Figure.of(Contour.through(tops[2], tops[1], feet[1], feet[0], feet[3], tops[3]))
                .relief(Relief.FLAT)
                .face(Contour.through(tops[2], tops[1], near, tops[3]), 1.1, Frame.of(tops[3], near, tops[2]))
                .face(Contour.through(tops[3], near, feet[0], feet[3]), left, Frame.of(tops[3], near, feet[3]))
                .face(Contour.through(near, tops[1], feet[1], feet[0]), right, Frame.of(near, tops[1], feet[0]))
                .detail(Contour.bar(near, tops[1], 0.05, 0.05), Ink.BASE, 1.3)
                .detail(Contour.bar(near, tops[3], 0.05, 0.05), Ink.BASE, 1.3)
                .detail(Contour.bar(near, feet[0], 0.05, 0.05), Ink.BASE, 1.3)
                .keypoints(near, tops[2], tops[1], feet[0], tops[3]);
    }

    /** A mug, its handle to the right. */
    static Figure cup(SplitMix random) {
        double top = random.uniform(0.58, 0.68);
        double base = top * random.uniform(0.68, 0.98);
        double height = random.uniform(0.66, 0.82);
        double lip = random.uniform(0.13, 0.2);
        double shift = -0.24;
        double grip = random.uniform(0.34, 0.44); // half the height of the handle
        double reach = random.uniform(0.44, 0.52); // how far the handle stands out
        double wall = 0.13;
        double upper = side(top, base, height, -grip);
        double lower = side(top, base, height, grip);
        double middle = side(top, base, height, 0);
        var outside = Contour.empty()
                .arc(shift, -height, top, lip, PI, 2 * PI)
                .line(shift + upper, -grip)
                .cubic(
                        shift + middle + reach * 1.25,
                        -grip * 1.25,
                        shift + middle + reach * 1.25,
                        grip * 1.25,
                        shift + lower,
                        grip)
                .arc(shift, height, base, lip * 0.7, 0, PI);
        double inner = grip - wall;
        var hole = Contour.from(shift + side(top, base, height, -inner) + 0.03, -inner)
                .cubic(
                        shift + middle + (reach - wall) * 1.22, -inner * 1.15,
                        shift + middle + (reach - wall) * 1.22, inner * 1.15,
                        shift + side(top, base, height, inner) + 0.03, inner);
        return Figure.of(outside)
                .hole(hole)
                .detail(Contour.ellipse(shift, -height, top * 0.95, lip * 0.9), Ink.BASE, 1.25)
                .detail(Contour.ellipse(shift, -height + 0.02, top * 0.86, lip * 0.74), Ink.ACCENT, 0.35)
                .keypoints(
                        at(shift + middle + reach * 0.9, 0),
                        at(shift + top, -height),
                        at(shift + base, height),
                        at(shift - top, -height),
                        at(shift - base, height));
    }

    /** Half the width of a cup's body at a height. */
    private static double side(double top, double base, double height, double y) {
        return top + (base - top) * (y + height) / (2 * height);
    }

    static Figure heart(SplitMix random) {
        double width = random.uniform(0.88, 1.0);
        double notch = random.uniform(-0.5, -0.36);
        var outside = Contour.from(0, notch)
                .cubic(width * 0.12, -0.98, width * 1.08, -1.0, width, -0.28)
                .cubic(width * 0.96, 0.15, width * 0.42, 0.5, 0, 0.95)
                .mirrored();
        double lobe = width * 0.55;
        return Figure.of(outside)
                .detail(Contour.ellipse(-lobe * 0.95, -0.42, 0.13, 0.17), Ink.WHITE, 1)
                .keypoints(at(0, notch), at(lobe, -0.78), at(0, 0.9), at(-lobe, -0.78), at(0, 0));
    }

    static Figure house(SplitMix random) {
        double wall = random.uniform(0.62, 0.74);
        double eave = wall + random.uniform(0.12, 0.2);
        double apex = random.uniform(-0.95, -0.78);
        double edge = random.uniform(-0.12, 0.04); // where the roof ends
        double base = random.uniform(0.72, 0.84);
        double door = random.uniform(-0.3, 0.3);
        boolean chimneyRight = random.chance(0.5);
        double chimney = chimneyRight ? 0.42 : -0.42;
        double slope = (edge - apex) / eave;
        double inner = Math.abs(chimney) - 0.11;
        double outer = Math.abs(chimney) + 0.11;
        double chimneyTop = apex + 0.02;
        var outside = Contour.from(0, apex);
        if (chimneyRight) {
            outside.line(inner, apex + slope * inner).line(inner, chimneyTop).line(outer, chimneyTop);
            outside.line(outer, apex + slope * outer);
        }
        outside.line(eave, edge).line(wall, edge).line(wall, base);
        outside.line(-wall, base).line(-wall, edge).line(-eave, edge);
        if (!chimneyRight) {
            outside.line(-outer, apex + slope * outer).line(-outer, chimneyTop).line(-inner, chimneyTop);
            outside.line(-inner, apex + slope * inner);
        }
        double window = door > 0 ? door - 0.52 : door + 0.52;
        double middle = (edge + base) / 2;
        return Figure.of(outside)
                .relief(Relief.FLAT)
                .detail(Contour.polygon(0, apex, eave, edge, -eave, edge), Ink.ACCENT, 0.75)
                .detail(
                        Contour.polygon(
                                chimney - 0.11,
                                chimneyTop,
                                chimney + 0.11,
                                chimneyTop,
                                chimney + 0.11,
                                apex + slope * outer,
                                chimney - 0.11,
                                apex + slope * outer),
                        Ink.ACCENT,
                        0.55)
                .detail(
                        Contour.polygon(
                                door - 0.15,
                                base,
                                door - 0.15,
                                middle - 0.08,
                                door + 0.15,
                                middle - 0.08,
                                door + 0.15,
                                base),
                        Ink.BASE,
                        0.3)
                .detail(
                        Contour.polygon(
                                window - 0.15,
                                middle + 0.1,
                                window - 0.15,
                                middle - 0.18,
                                window + 0.15,
                                middle - 0.18,
                                window + 0.15,
                                middle + 0.1),
                        Ink.WHITE,
                        0.9)
                .keypoints(
                        at(0, apex),
                        at(eave * 0.95, edge - 0.02),
                        at(wall, base),
                        at(-wall, base),
                        at(-eave * 0.95, edge - 0.02));
    }

    /** A key lying along the x axis, its bow at the left, its teeth down. */
    static Figure key(SplitMix random) {
        double bow = random.uniform(0.36, 0.44);
        double stretch = random.uniform(0.85, 1.15);
        double centre = -0.98 + bow;
        double half = random.uniform(0.095, 0.125); // half the thickness of the shaft
        double end = random.uniform(0.9, 1.0);
        double tooth = random.uniform(0.13, 0.17);
        double gap = random.uniform(0.1, 0.14);
        double drop = random.uniform(0.26, 0.36);
        int teeth = random.chance(0.35) ? 3 : 2;
        double open = StrictMath.asin(half / (bow * stretch));
        var outside = Contour.empty().arc(centre, 0, bow, bow * stretch, open, 2 * PI - open);
        outside.line(end, -half);
        double x = end - 0.03;
        outside.line(end, half);
        double bit = x - tooth / 2;
        for (int i = 0; i < teeth; i++) {
            double length = half + drop * (i == 1 ? 0.75 : 1);
            outside.line(x, half).line(x, length).line(x - tooth, length).line(x - tooth, half);
            x -= tooth + gap;
        }
        double hole = bow * random.uniform(0.45, 0.58);
        return Figure.of(outside)
                .hole(Contour.ellipse(centre, 0, hole, hole * stretch))
                .keypoints(
                        at(-0.98, 0),
                        at(centre + bow, 0),
                        at((centre + bow + end) / 2, 0),
                        at(bit, half + drop),
                        at(end, 0));
    }

    /** A five-pointed star, flat or folded into facets. */
    static Figure star(SplitMix random, boolean lightFromLeft) {
        double inner = random.uniform(0.4, 0.52);
        boolean facets = random.chance(0.6);
        double[] x = new double[10];
        double[] y = new double[10];
        var outside = Contour.empty();
        for (int i = 0; i < 10; i++) {
            double angle = i * PI / 5 - PI / 2;
            double radius = i % 2 == 0 ? 1 : inner;
            x[i] = radius * StrictMath.cos(angle);
            y[i] = radius * StrictMath.sin(angle);
            outside.line(x[i], y[i]);
        }
        double tip = 0.93; // within what is left of a point when it has pixels
        var figure = Figure.of(outside);
        for (int i = 0; facets && i < 10; i++) {
            int next = (i + 1) % 10;
            boolean lit = i % 2 == (lightFromLeft ? 1 : 0);
            figure.detail(Contour.polygon(0, 0, x[i], y[i], x[next], y[next]), Ink.BASE, lit ? 1.12 : 0.62);
        }
        return figure.relief(facets ? Relief.FLAT : Relief.PILLOW)
                .keypoints(
                        at(x[0] * tip, y[0] * tip),
                        at(x[2] * tip, y[2] * tip),
                        at(x[4] * tip, y[4] * tip),
                        at(x[6] * tip, y[6] * tip),
                        at(x[8] * tip, y[8] * tip));
    }
}
