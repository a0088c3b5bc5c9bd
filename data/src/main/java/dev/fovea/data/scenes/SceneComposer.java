package dev.fovea.data.scenes;

import dev.fovea.data.scenes.Scene.Camera;
import dev.fovea.data.scenes.Scene.Item;
import dev.fovea.data.scenes.Scene.Light;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/** Draws scenes: which objects, how they look, where they stand. A pure function of its numbers. */
final class SceneComposer {
    private static final SceneClass[] CLASSES = SceneClass.values();
    private final SplitMix random;
    private final Scenes.Options options;
    private final double width;
    private final double height;
    private final Backdrop backdrop;
    private final Light light;
    private final EnumSet<Colour.Named> used = EnumSet.noneOf(Colour.Named.class);
    private final List<Item> items = new ArrayList<>();

    private SceneComposer(SplitMix random, Scenes.Options options) {
        this.random = random;
        this.options = options;
        double shorter = Math.min(options.size().width(), options.size().height());
        width = options.size().width() / shorter;
        height = options.size().height() / shorter;
        backdrop = Backdrop.draw(random, options.difficulty());
        double angle = random.uniform(-0.9, 0.9);
        light = new Light(StrictMath.sin(angle), -StrictMath.cos(angle), random.uniform(0.55, 1));
    }

    /** The scene of a sample. */
    static Scene compose(Scenes.Options options, Scenes.Split split, int index) {
        long key = SplitMix.key(options.seed(), split.stream, options.flavour().stream, index);
        var composer = new SceneComposer(new SplitMix(key), options);
        switch (options.flavour()) {
            case CLASSIFY -> composer.portrait(mainClass(options.seed(), split, index));
            case SCENE -> composer.group();
        }
        double hard = options.difficulty();
        var camera = new Camera(
                composer.random.uniform(0, 0.04 + 0.14 * hard), composer.random.uniform(0, 0.01 + 0.06 * hard));
        return new Scene(composer.backdrop, composer.items, composer.light, camera, key);
    }

    /** The class of a classification sample: each run of as many samples as there are classes has every class once. */
    static SceneClass mainClass(long seed, Scenes.Split split, int index) {
        int block = index / CLASSES.length;
        var random = new SplitMix(SplitMix.key(seed, split.stream, -1, block));
        var order = CLASSES.clone();
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.below(i + 1);
            var swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order[index % CLASSES.length];
    }

    /** One large object among clutter. */
    private void portrait(SceneClass kind) {
        double hard = options.difficulty();
        double radius = random.uniform(0.4 - 0.16 * hard, 0.44);
        double margin = radius * (1 - 0.16 * hard);
        double cx = random.uniform(margin, width - margin);
        double cy = random.uniform(margin, height - margin);
        int behind = 1 + random.below(2 + (int) Math.round(5 * hard));
        for (int i = 0; i < behind; i++) {
            clutter(radius * random.uniform(0.25, 0.5));
        }
        items.add(object(kind, cx, cy, radius));
        if (random.chance(0.6 * hard)) {
            double angle = random.uniform(0, 2 * StrictMath.PI);
            double away = radius * random.uniform(0.45, 1.1);
            items.add(stroke(
                    cx + away * StrictMath.cos(angle),
                    cy + away * StrictMath.sin(angle),
                    radius * random.uniform(0.4, 0.7)));
        }
    }

    /** Several objects that may hide each other in part. */
    private void group() {
        double hard = options.difficulty();
        int wanted = 1 + random.below(options.maxObjects());
        int behind = random.below(2 + (int) Math.round(4 * hard));
        for (int i = 0; i < behind; i++) {
            clutter(random.uniform(0.05, 0.12));
        }
        double room = Math.sqrt(width * height);
        double largest = Math.min(0.34, 0.42 * room / Math.sqrt(wanted) + 0.04);
        var placed = new ArrayList<double[]>();
        for (int i = 0; i < wanted; i++) {
            double radius = largest * random.uniform(0.6, 1);
            double[] place = place(radius, placed);
            if (place.length > 0) {
                placed.add(place);
                items.add(object(random.pick(CLASSES), place[0], place[1], radius));
                if (random.chance(0.15 * hard)) {
                    items.add(stroke(place[0], place[1] + radius, radius * random.uniform(0.3, 0.6)));
                }
            }
        }
    }

    /** A centre at which nothing is hidden too far, with its radius; empty if none was found. */
    private double[] place(double radius, List<double[]> placed) {
        double margin = radius * 0.75;
        for (int attempt = 0; attempt < 40; attempt++) {
            double cx = random.uniform(margin, width - margin);
            double cy = random.uniform(margin, height - margin);
            boolean free = true;
            for (double[] other : placed) {
                double dx = cx - other[0];
                double dy = cy - other[1];
                // at 0.85 of the sum of the radii, two discs hide about a tenth of each other
                double apart = (radius + other[2]) * (0.85 - 0.2 * options.difficulty());
                free &= dx * dx + dy * dy >= apart * apart;
            }
            if (free) {
                return new double[] {cx, cy, radius};
            }
        }
        return new double[0];
    }

    private Item object(SceneClass kind, double cx, double cy, double radius) {
        double hard = options.difficulty();
        double turn = kind.turnsFreely() ? StrictMath.PI : Math.min(0.15 + 0.75 * hard, 0.6);
        double angle = random.uniform(-turn, turn);
        boolean mirror = random.chance(0.5) && kind.hasMirrorImage();
        double shear = random.uniform(-0.3, 0.3) * hard;
        double tilt = 0.3 * hard;
        var pose = Pose.of(
                cx,
                cy,
                kind == SceneClass.BALL ? radius * 0.88 : radius,
                kind == SceneClass.BALL ? 0 : angle,
                mirror,
                kind == SceneClass.BALL ? shear * 0.3 : shear,
                random.uniform(-tilt, tilt),
                random.uniform(-tilt, tilt));
        return new Item(Optional.of(kind), kind.draw(random, light.x() < 0), pose, material(true));
    }

    private void clutter(double radius) {
        double cx = random.uniform(0, width);
        double cy = random.uniform(0, height);
        int kind = random.below(4);
        if (kind == 0) {
            items.add(stroke(cx, cy, radius * 1.4));
            return;
        }
        var figure = kind == 1 ? NaturalFigures.blob(random) : NaturalFigures.shard(random);
        items.add(new Item(Optional.empty(), figure, anyPose(cx, cy, radius), material(false)));
    }

    private Item stroke(double cx, double cy, double radius) {
        var figure = NaturalFigures.stroke(random, random.uniform(0.05, 0.1));
        return new Item(Optional.empty(), figure, anyPose(cx, cy, radius), material(false));
    }

    private Pose anyPose(double cx, double cy, double radius) {
        return Pose.of(cx, cy, radius, random.uniform(0, 2 * StrictMath.PI), false, 0, 0, 0);
    }

    /** A surface; that of an object stands out from the backdrop and from the objects before it. */
    private Material material(boolean standsOut) {
        double enough = 0.3 - 0.14 * options.difficulty();
        var name = random.pick(Colour.Named.values());
        var colour = name.draw(random);
        double best = standsOut && !used.contains(name) ? backdrop.distance(colour) : 0;
        for (int attempt = 0; standsOut && attempt < 16 && best < enough; attempt++) {
            var otherName = random.pick(Colour.Named.values());
            var other = otherName.draw(random);
            double distance = used.contains(otherName) ? 0 : backdrop.distance(other);
            if (distance > best) {
                best = distance;
                name = otherName;
                colour = other;
            }
        }
        if (standsOut) {
            used.add(name);
        }
        return Material.draw(random, name, colour);
    }
}
