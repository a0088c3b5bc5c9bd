package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Figure.Ink;
import dev.fovea.data.scenes.Figure.Relief;

/** The made things: ball, cube, cup, heart, house, key, star. Every method draws one exemplar of its class. */
final class GeometricFigures {
    private static final double PI = StrictMath.PI;

    private GeometricFigures() {}

    static Figure ball() {
        return Figure.of(Contour.ellipse(0, 0, 1, 1))
                .relief(Relief.SPHERE)
                .keypoints(0.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0, 1.0, -1.0, 0.0);
    }

    /** A cube seen from above, one vertical edge towards the viewer. */
    static Figure cube(SplitMix random, boolean lightFromLeft) {
        double yaw = random.uniform(-0.42, 0.42);
        double pitch = random.uniform(0.42, 0.7);
        double side = 0.64;
        double reach = side * Math.sqrt(2);
        double rise = side * StrictMath.cos(pitch);
        double[] x = new double[4];
        double[] depth = new double[4]; // near, right, back, left
        for (int i = 0; i < 4; i++) {
            double angle = yaw + i * PI / 2;
            x[i] = reach * StrictMath.sin(angle);
            depth[i] = reach * StrictMath.cos(angle) * StrictMath.sin(pitch);
        }
        double low = 0.93; // what is farther below looks smaller
        double nearX = x[0];
        double nearY = depth[0] - rise;
        var outside = Contour.polygon(
                x[2],
                depth[2] - rise,
                x[1],
                depth[1] - rise,
                x[1] * low,
                depth[1] + rise,
                nearX * low,
                depth[0] + rise,
                x[3] * low,
                depth[3] + rise,
                x[3],
                depth[3] - rise);
        var top = Contour.polygon(x[2], depth[2] - rise, x[1], depth[1] - rise, nearX, nearY, x[3], depth[3] - rise);
        var left = Contour.polygon(
                x[3], depth[3] - rise, nearX, nearY, nearX * low, depth[0] + rise, x[3] * low, depth[3] + rise);
        var right = Contour.polygon(
                nearX, nearY, x[1], depth[1] - rise, x[1] * low, depth[1] + rise, nearX * low, depth[0] + rise);
        return Figure.of(outside)
                .relief(Relief.FLAT)
                .detail(top, Ink.BASE, 1.12)
                .detail(left, Ink.BASE, lightFromLeft ? 0.74 : 0.42)
                .detail(right, Ink.BASE, lightFromLeft ? 0.42 : 0.74)
                .keypoints(
                        nearX,
                        nearY,
                        x[2],
                        depth[2] - rise,
                        x[1],
                        depth[1] - rise,
                        nearX * low,
                        depth[0] + rise,
                        x[3],
                        depth[3] - rise);
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
                        shift + middle + reach * 0.9,
                        0.0,
                        shift + top,
                        -height,
                        shift + base,
                        height,
                        shift - top,
                        -height,
                        shift - base,
                        height);
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
                .keypoints(0.0, notch, lobe, -0.78, 0.0, 0.9, -lobe, -0.78, 0.0, 0.0);
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
                .keypoints(0.0, apex, eave, edge, wall, base, -wall, base, -eave, edge);
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
                .keypoints(-0.98, 0.0, centre + bow, 0.0, (centre + bow + end) / 2, 0.0, bit, half + drop, end, 0.0);
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
                        x[0] * tip,
                        y[0] * tip,
                        x[2] * tip,
                        y[2] * tip,
                        x[4] * tip,
                        y[4] * tip,
                        x[6] * tip,
                        y[6] * tip,
                        x[8] * tip,
                        y[8] * tip);
    }
}
